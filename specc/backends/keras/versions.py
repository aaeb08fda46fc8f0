"""What came with which Keras: check assumes the newest, and a build says what the one that is installed lacks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from specc.diagnostics.model import Diagnostic, Fix
from specc.ir.graph import Layer, chain_of
from specc.ops.declare import Op, within

OLDEST = "3.14.1"
"""The oldest Keras that the tests run with."""

_NEW_IN_3_15 = ("dsplit", "erfc", "fabs", "fmax", "fmin", "nanpercentile", "percentile")
SINCE: Mapping[str, str] = {
    **dict.fromkeys((f"ops.{name}" for name in _NEW_IN_3_15), "3.15"),
    **dict.fromkeys(("MultiHeadAttention.sliding_window", "GroupQueryAttention.sliding_window"), "3.15"),
}
"""The first Keras with an op, or with a parameter of one (`Op.parameter`), where that is newer than the oldest."""


def is_older(version: str, than: str) -> bool:
    """Whether a version of Keras is older than another."""
    return _numbers(version) < _numbers(than)


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split(".")[:3]
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in parts)


def lacking(version: str, names: Iterable[str]) -> Iterator[str]:
    """Those of some ops and parameters that Keras `version` does not have yet."""
    return (name for name in names if name in SINCE and is_older(version, SINCE[name]))


def too_old(keras: Any, layers: Iterable[Layer]) -> list[Diagnostic]:
    """E501 for each layer that the installed Keras does not have, or not with its arguments."""
    found: list[Diagnostic] = []
    if not any(is_older(keras.__version__, version) for version in set(SINCE.values())):
        return found
    for layer in layers:
        parts = within(layer.op) if isinstance(layer.op, Op) else ()
        named = (
            name for part in parts for name in (part.name, *(f"{part.name}.{a}" for a in part.arguments))
        )
        for name in lacking(keras.__version__, named):
            found.append(_lacks(keras.__version__, name, layer))
            break
    return found


def _lacks(version: str, name: str, layer: Layer) -> Diagnostic:
    since = SINCE[name]
    return Diagnostic(
        "E501",
        f"`{name}` needs Keras {since}, and {version} is installed",
        layer.item.key.span,
        layer.name,
        fixes=(Fix(f"install it: python -m pip install 'keras>={since}'", "display"),),
        chain=chain_of(layer.link),
    )
