# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Objects and arrays that Keras is given, as expressions."""

from collections.abc import Callable
from typing import Any

from specc.backends.emit.code import Call, Expr, Literal, Name, Negative, literal

_FIRST = {"L1": "l1", "L2": "l2", "Constant": "value", "MaxNorm": "max_value"}
"""The objects whose only argument needs no name."""


def keras_object(module: str, name: str, config: dict[str, Any], expr: Callable[[Any], Expr]) -> Expr:
    """An object of Keras; its only argument stands without its name."""
    path = f"layers.{name}" if module == "keras.layers" else f"{module}.{name}"
    keywords = tuple((k, expr(v)) for k, v in config.items() if (k, v) != ("dtype", "float32"))
    if [k for k, _ in keywords] == [_FIRST.get(name)]:
        return Call(Name(path), (keywords[0][1],))
    return Call(Name(path), (), keywords)


def array(value: Any) -> Expr:
    """A constant array of NumPy: a range where it is one."""
    plain: Any = value.tolist()
    dtype = ("dtype", Literal(str(value.dtype)))
    for sign in (1, -1):
        if isinstance(plain, list) and plain == [sign * i for i in range(len(plain))]:
            made = Call(Name("np.arange"), (Literal(len(plain)),), (dtype,))
            return made if sign == 1 else Negative(made)
    return Call(Name("np.array"), (literal(plain),), (dtype,))
