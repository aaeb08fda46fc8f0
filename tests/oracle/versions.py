"""The Keras that is held against, and what it lacks of the newest."""

from importlib.metadata import version

from specc.backends.keras.versions import SINCE, is_older, lacking

INSTALLED = version("keras")


def has(op: str, parameter: str = "") -> bool:
    """Whether the installed Keras has an op, or a parameter of one."""
    return not any(lacking(INSTALLED, (f"{op}.{parameter}" if parameter else op,)))


def is_newest() -> bool:
    """Whether the installed Keras has all that check assumes."""
    return not any(is_older(INSTALLED, since) for since in SINCE.values())
