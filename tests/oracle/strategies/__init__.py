"""What puts the arguments and inputs of a draft right, op by op, where kinds alone seldom make a valid layer."""

from tests.oracle.strategies import adaptive as _adaptive
from tests.oracle.strategies import cells as _cells
from tests.oracle.strategies import einsum as _einsum
from tests.oracle.strategies import encoding as _encoding
from tests.oracle.strategies import functions as _functions
from tests.oracle.strategies import grouped as _grouped
from tests.oracle.strategies import images as _images
from tests.oracle.strategies import layers as _layers
from tests.oracle.strategies import matrices as _matrices
from tests.oracle.strategies import pictures as _pictures
from tests.oracle.strategies import pipeline as _pipeline
from tests.oracle.strategies import shaping as _shaping
from tests.oracle.strategies import text as _text
from tests.oracle.strategies.registry import strategy

__all__ = ["strategy"]

_FAMILIES = (
    _einsum,
    _cells,
    _grouped,
    _functions,
    _encoding,
    _pictures,
    _layers,
    _images,
    _pipeline,
    _adaptive,
    _text,
    _shaping,
    _matrices,
)
"""The modules that add to `registry.STRATEGIES` as they are imported."""
