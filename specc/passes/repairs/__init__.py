"""Repairs as edits of the text, for the pipeline to apply and check again."""
