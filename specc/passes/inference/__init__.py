"""Shapes: how each op reads its inputs, what it makes of them, what it demands, and what does not fit."""
