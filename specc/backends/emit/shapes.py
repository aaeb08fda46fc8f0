# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""The shapes of what functions of `keras.ops` make, as far as the lowering of a layer asks for them."""

from math import prod
from typing import Any

Sizes = tuple[int | None, ...]


def result_shape(path: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Sizes:
    """The shape of the result; that of the first operand, where nothing more exact is needed."""
    shapes: list[Sizes] = [a.shape for a in arguments if hasattr(a, "shape")]
    if not shapes:
        return ()
    x = shapes[0]
    match path:
        case "get_item":
            return _part(x, arguments[1])
        case "reshape":
            return _reshaped(x, tuple(arguments[1]))
        case "transpose":
            return tuple(x[i] for i in arguments[1])
        case "take":
            return (*shapes[1], *x[1:])
        case "expand_dims":
            at = arguments[1] % (len(x) + 1)
            return (*x[:at], 1, *x[at:])
        case "repeat":
            return (None if x[0] is None else x[0] * arguments[1], *x[1:])
        case "subtract" | "multiply" | "add" | "divide" | "floor_divide":
            return max(shapes, key=len)
        case _:
            return x


def _part(x: Sizes, key: Any) -> Sizes:
    keys: tuple[Any, ...] = key if isinstance(key, tuple) else (key,)
    if ... in keys:
        return x
    whole = [
        size if k == slice(None) else None for size, k in zip(x, keys, strict=False) if isinstance(k, slice)
    ]
    return (*whole, *x[len(keys) :])


def _reshaped(x: Sizes, target: Sizes) -> Sizes:
    if -1 not in target:
        return target
    known = prod(size for size in target if size is not None and size != -1)
    rest = None if None in x else prod(size or 0 for size in x) // known
    return tuple(rest if size == -1 else size for size in target)
