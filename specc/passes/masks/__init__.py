"""Masks: which values have one, where one is lost, and how it is carried around what specc inserts."""
