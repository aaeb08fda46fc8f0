"""How a function of `keras.ops` is declared: its operands are parameters that stand for values.

An operand is annotated as `Value` (the layer reads it), `Values` (a list of such), or `Operand` (a value, in the place
of which the author may give a constant). What is given as a constant is no input of the call any more: the inputs of
an instance are the operands that are left, in Keras's order. Functions work on whole batches in Keras; here, as
everywhere, rules see the axes of one sample, and refuse what reaches for the batch.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from specc.ops.arrays import Array, MaybeOperand, MaybeValue, Operand, Value, Values, array_dtype, flat
from specc.ops.axis import axis_numbers
from specc.ops.declare import REGISTERED, Example, Op, Shape
from specc.ops.misfit import Misfit, SetArgument, bad_argument, wrong_dtype
from specc.ops.parameters import CallInput
from specc.shapes.dtype import holds, is_float, result_type
from specc.shapes.tensor import Tensor

Axes = int | str | Sequence[int | str]

TEXT = ("string",)
TRUTHS = ("bool", "string")
NO_FLOATS = ("int", "uint", "bool", "string")
NO_INTEGERS = ("float", "bfloat", "bool", "string")
NARROW = ("float16", "bfloat", *NO_FLOATS)
NO_BFLOATS = ("bfloat", *NO_FLOATS)
SMALL = ("bool", "uint", "int8", "int16", "string")
UNSIGNED = ("uint", "bool", "string")
"""How the names of dtypes begin that a function refuses."""

_WANTED: dict[tuple[str, ...], str] = {
    TEXT: "numbers or truth values",
    TRUTHS: "numbers",
    NO_FLOATS: "floats",
    NO_INTEGERS: "integers",
    NO_BFLOATS: "floats other than bfloat16",
    SMALL: "floats, or integers of 32 bits and more",
    NARROW: "floats of 32 bits and more",
    UNSIGNED: "numbers with a sign",
}
"""What a function takes, in words, by what it refuses."""


def same(dtype: str) -> str:
    """The dtype as it is."""
    return dtype


def floating(dtype: str) -> str:
    """Floats as they are; 32 bits for what is none."""
    return dtype if is_float(dtype) else "float32"


def counted(dtype: str) -> str:
    """32 bits for truth values, else the dtype as it is."""
    return "int32" if dtype == "bool" else dtype


def always(result: str) -> Callable[[str], str]:
    """The rule of a function that makes one dtype of all."""
    return lambda dtype: result


class DTypes(NamedTuple):
    """What dtypes a function refuses (how their names begin), and what it makes of another."""

    result: Callable[[str], str] = same
    refused: tuple[str, ...] = TEXT


ANY_DTYPE = DTypes(same, ())


class Function(Op):
    """A function of `keras.ops`; its name is its path, as `ops.image.resize`."""

    lacks = ("trainable", "dtype")
    has_policy = False
    spreads = False
    dtypes: ClassVar[DTypes] = DTypes()
    takes_numbers: ClassVar[bool] = False
    """Keras takes Python's numbers for operands; else it is given arrays without axes."""
    apart: ClassVar[tuple[str, ...]] = ()
    """The operands whose dtype is none of the others' business."""
    announces_dtype: ClassVar[bool] = True
    """Keras announces the dtype that it makes of floats, whatever their width."""

    @classmethod
    def reads_with(cls, given: Container[str]) -> tuple[CallInput, ...]:
        """The operands that no constant is given for."""
        return tuple([each for each in cls.call_inputs if each.name not in given])

    @property
    def reads(self) -> tuple[CallInput, ...]:
        return self.reads_with(vars(self))

    @property
    def takes_text(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether text is not among what it refuses."""
        return "string" not in self.dtypes.refused

    def operands(self, inputs: Sequence[Tensor | None]) -> dict[str, Tensor | Array]:
        """The values and constants that the function works on, by parameter; none for one that is left out."""
        read = {each.name: tensor for each, tensor in zip(self.reads, inputs, strict=False)}
        found = {each.name: read.get(each.name, vars(self).get(each.name)) for each in self.call_inputs}
        return {name: value for name, value in found.items() if value is not None}

    def operand_dtypes(self, operands: Mapping[str, Tensor | Array]) -> dict[str, str]:
        """Their dtypes; a bare number has that of the values beside it. E210 for text among others."""
        read = [v.dtype for n, v in operands.items() if isinstance(v, Tensor) and n not in self.apart]
        if "string" in read and (len(set(read)) > 1 or any(map(is_constant, operands.values()))):
            wants = "text alone, or numbers alone,"
            raise wrong_dtype("string", wants, operand=read.index("string"))
        found: dict[str, str] = {}
        for name, value in operands.items():
            if isinstance(value, Tensor):
                found[name] = value.dtype
            else:
                found[name] = constant_dtype(value, read)
                need_held(value, found[name], name)
        return found

    def checked_dtype(self, dtype: str, operand: int = 0) -> str:
        """The dtype of the result; E210 where the function does not take this one."""
        if dtype.startswith(self.dtypes.refused):
            raise wrong_dtype(
                dtype, _WANTED.get(self.dtypes.refused, "numbers of another dtype"), operand=operand
            )
        return self.dtypes.result(dtype)


def constant_dtype(value: Array, others: Sequence[str]) -> str:
    """The dtype that a constant has beside values of these dtypes: a bare number gives way to them."""
    dtype = array_dtype(value)
    return dtype if isinstance(value, tuple) else result_type(*others, dtype)


def need_held(value: Array, dtype: str, parameter: str) -> None:
    """Raises E107 for a constant with a number that values of `dtype` cannot be."""
    wrong = next((number for number in flat(value) if not holds(dtype, number)), None)
    if wrong is not None:
        raise bad_argument(
            parameter, f"`{parameter}` is {wrong} and the values are {dtype}, which cannot be that"
        )


def is_constant(value: Tensor | Array) -> bool:
    """Whether an operand is given as a constant."""
    return not isinstance(value, Tensor)


def behind_batch(axes: Axes | None, x: Shape, parameter: str = "axis") -> tuple[int, ...]:
    """The positions of one axis or several of a sample; E203 where the batch is among them, as by null: all axes."""
    if axes is None:
        every = f"[{', '.join(str(i + 1) for i in range(x.rank))}]"
        repair = SetArgument(parameter, every, "name every axis but the batch", "unsafe")
        repairs = (repair,) if x.rank else ()
        message = f"without `{parameter}`, works along all axes, and axis 0 of {x} is the batch"
        raise Misfit("E203", message, parameter=parameter, repairs=repairs)
    return axis_numbers(axes, x, parameter)


def without(x: Shape, gone: Sequence[int], keepdims: bool) -> Shape:
    """`x` without some axes, or, by `keepdims`, with these of size 1."""
    if keepdims:
        return Shape(tuple([1 if i in gone else size for i, size in enumerate(x.sizes)]), x.axes)
    return x.without(gone)


_READ = {
    id(Value): {},
    id(Operand): {},
    id(MaybeValue): {"required": False},
    id(MaybeOperand): {"required": False},
    id(Values): {"many": True},
}


def function(*examples: Example, name: str | None = None) -> Callable[[type[Any]], type[Any]]:
    """Declare a class as the function `ops.NAME`, NAME being its own name in lower case unless it is given."""

    def declare(cls: type[Any]) -> type[Any]:
        return _declared(cls, name or cls.__name__.lower(), examples)

    return declare


def rows(base: type[Function], documented: dict[str, str], **facts: Any) -> None:
    """Declare functions that differ from `base` in their names, descriptions and some `facts` (attributes) alone."""
    for name, doc in documented.items():
        cls = type(name, (base,), {"__doc__": doc, "__module__": base.__module__, **facts})
        _declared(cls, name, cls.examples)


def _declared(cls: type[Function], name: str, examples: tuple[Example, ...]) -> type[Function]:
    cls.name = f"ops.{name}"
    cls.examples = examples
    annotations: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        annotations |= base.__dict__.get("__annotations__", {})
    reads = {n: _READ[id(a)] for n, a in annotations.items() if id(a) in _READ}
    cls.call_inputs = tuple(CallInput(n, **facts) for n, facts in reads.items())
    cls.takes_list = any(each.many for each in cls.call_inputs)
    REGISTERED[cls.name] = cls
    return cls
