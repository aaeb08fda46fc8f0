"""Which Keras models are built with: what check knows of its layers is measured on these versions."""

OLDEST = "3.15.0"
"""The oldest Keras that the oracle agrees with."""


def is_older(version: str, than: str) -> bool:
    """Whether a version of Keras is older than another."""
    return _numbers(version) < _numbers(than)


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split(".")[:3]
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in parts)
