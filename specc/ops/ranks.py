"""What initializers, regularizers and constraints ask of the weights that they are given to."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from specc.ops.declare import Inputs, Op, Weights, parameters_of
from specc.ops.families import Object
from specc.ops.misfit import Misfit, SetArgument, bad_argument

_RANKED: Mapping[str, str] = {
    "orthogonal": "two or more axes",
    "identity": "two axes",
    "orthogonalregularizer": "two axes",
}
"""The objects, in lower case, that do not take weights of any number of axes, and how many they take."""

_ALONG = frozenset(("maxnorm", "minmaxnorm", "unitnorm"))
"""The constraints that work along an axis, by default the first."""

_ASKING = _ALONG | _RANKED.keys()
_UNTOLD = ("MultiHeadAttention", "GroupQueryAttention")
"""The layers whose parts Keras does not tell that they are frozen: they go on to regularize."""

_NAMING = (str, Object)
"""The classes of arguments that may name objects; most arguments are numbers."""

_WORDS = ("initializer", "regularizer", "constraint")


def check_objects(
    op: Op, weights: Weights, results: Inputs, dtype: str | None = None, is_constrained: bool = True
) -> None:
    """Raises E107 where an initializer, regularizer or constraint cannot work on what it is for.

    `dtype` is that of a layer around this one; in a frozen layer, none is constrained.
    """
    given = vars(op)
    policy = op.dtype or dtype
    for inner, own in op.wrapped(weights):
        check_objects(inner, own, (), policy, is_constrained and op.trainable)
    named = [value for value in given.values() if value.__class__ in _NAMING]
    if policy != "bfloat16" and _ASKING.isdisjoint(map(_name, named)):
        return
    # Nor is the cell of a ConvLSTM told, which is constrained, too.
    trained = op.trainable or op.name.startswith("ConvLSTM")
    for parameter, shape in _uses(op, weights):
        if parameter.endswith("_constraint"):
            asked = trained and is_constrained
        else:
            asked = trained or op.name in _UNTOLD or parameter.endswith("_initializer")
        if asked:
            _check(op, parameter, len(shape), policy)
    if "activity_regularizer" in vars(op):
        for result in results:
            _check(op, "activity_regularizer", 1 + result.shape.rank, policy)


def _name(value: Any) -> str:
    if isinstance(value, Object):
        value = value.name
    return _canonical(value) if isinstance(value, str) else ""


@lru_cache(1024)
def _canonical(name: str) -> str:
    return name.replace("_", "").lower()


def _uses(op: Op, weights: Weights) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The parameters that hold objects for weights, each with the shape of a weight."""
    known = parameters_of(type(op))
    for weight, shape in weights.items():
        stems = (weight, weight.removesuffix("_kernel"), weight.rpartition("_")[2], "depthwise")
        for word in _WORDS:
            stem = next((s for s in stems if f"{s}_{word}" in known), None)
            if stem is not None:
                yield f"{stem}_{word}", shape


def _check(op: Op, parameter: str, rank: int, dtype: str | None) -> None:
    value = getattr(op, parameter)
    name = _name(value)
    if name not in _ASKING:
        return
    if name == "orthogonal" and dtype == "bfloat16":
        raise _refusal(parameter, "an orthogonal matrix cannot be computed in `bfloat16`")
    if name == "orthogonalregularizer":
        computed = (
            dtype if parameter == "activity_regularizer" or not (dtype or "").startswith("mixed") else None
        )
        if computed not in (None, "float32"):
            raise _refusal(parameter, f"Keras computes this regularizer in `float32`, not in `{computed}`")
    axes = "1 axis" if rank == 1 else f"{rank} axes"
    if name in _RANKED and (rank < 2 or (rank > 2 and name != "orthogonal")):
        raise _refusal(parameter, f"`{parameter}` takes {_RANKED[name]}, and is for {axes}")
    if name in _ALONG and any(not -rank <= axis < rank for axis in _along(value)):
        raise _refusal(parameter, f"`{parameter}` works along an axis that is not there: it is for {axes}")


def _along(constraint: str | Object) -> tuple[int, ...]:
    """The axes that a constraint works along."""
    axes: int | tuple[int, ...] = 0
    if isinstance(constraint, Object):
        axes = dict(constraint.arguments).get("axis", 0)
    return (axes,) if isinstance(axes, int) else axes


def _refusal(parameter: str, message: str) -> Misfit:
    return bad_argument(parameter, message, SetArgument(parameter, None, "let Keras choose", "unsafe"))
