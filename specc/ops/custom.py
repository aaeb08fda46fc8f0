"""Layers of one's own: `package.module:Class`, of which a check knows what their signature says and no more.

Such a class is imported by a build that is allowed to, never here.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from specc.ops.broadcast import distinct, stronger, surer
from specc.ops.declare import Inputs, Op, Place, Shapes, Weights, parameters_of
from specc.ops.kinds import Kind
from specc.ops.misfit import Misfit, undefined_size, wrong_rank
from specc.ops.parameters import CallInput, Parameter
from specc.ops.signature import Entry, Form, Signature, Value, names_in, parse_signature, size_of
from specc.shapes.axis import NAMELESS, Axis, inferred, known_role
from specc.shapes.demand import agree
from specc.shapes.dim import Size, unknown
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor
from specc.syntax.expression_tree import ExpressionError

WORD = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", re.ASCII)
"""The key of a layer of one's own."""

ADVICE = (
    'write `signature: "(*s, c) -> (*s, c)"` beside it, if it keeps the shape; `specc explain E500` says more'
)
"""How to say what such a layer makes."""

BARE = "*"
"""The parameter that a bare value is for: the first one of the class, whatever that calls it."""

ANYTHING = Kind("anything", {"type": "any"}, {})
ANY_PLACE: Place = "any"
_PLACES: dict[str | None, Place] = {"sequence": "time", "spatial": "space", "feature": "feature"}
_READS = re.compile(r"feature|time feature|(time )?(space ){1,3}feature")
"""What other ops read too, so that the rules of insertion hold for it."""


_CONTRADICTIONS = {("feature", "sequence"), ("sequence", "feature"), ("spatial", "feature")}
"""The role that a signature names with one that the author gave, where they cannot both be right."""


class Custom(Op):
    """A layer of one's own; each class and signature is an op, a subclass of this one."""

    signature: Signature  # pyright: ignore[reportIncompatibleVariableOverride]
    takes_text = True
    spreads = False
    is_open = True
    own: Mapping[str, Any] = {}
    """The arguments that only the class knows, by name."""

    @classmethod
    def holding(cls, values: dict[str, Any]) -> "Custom":
        """The op with these arguments; those of the class stand apart, where they hide nothing of the op."""
        made = object.__new__(cls)
        declared = {name: value for name, value in values.items() if name in ("trainable", "dtype")}
        own = {name: value for name, value in values.items() if name not in declared}
        vars(made).update(declared, own=own)
        return made

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that the author gave."""
        declared = {name: value for name, value in vars(self).items() if name in ("trainable", "dtype")}
        return {**self.own, **declared}

    @property
    def places(self) -> tuple[Place, ...] | None:
        """The roles that the signature names; None where it takes any number of axes."""
        first = self.signature.inputs[0]
        if first.spread is not None:
            return None
        roles: tuple[Place, ...] = tuple(
            [_PLACES.get(known_role(entry.name or ""), ANY_PLACE) for entry in first.entries]
        )
        return roles if _READS.fullmatch(" ".join(roles)) else (ANY_PLACE,) * len(roles)

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What the signature promises, in the compute dtype where it names none."""
        bound = Bound(self.signature, tuple(tensor.shape for tensor in inputs))
        return tuple(
            Tensor(bound.shape(value), value.dtype or self.compute_dtype) for value in self.signature.results
        )

    @property
    def is_counted(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether the signature says how many parameters there are."""
        return self.signature.params is not None

    def weights_for(self, shapes: Shapes) -> Weights:
        """The parameters that are trained and those that are not, as many as the signature says."""
        if self.signature.params is None:
            return {}
        bound = Bound(self.signature, shapes)
        total = bound.count(self.signature.params)
        fixed = 0 if self.signature.fixed is None else bound.count(self.signature.fixed)
        if fixed > total:
            raise Misfit(
                "E107", f"counts {fixed} of {total} parameters as fixed", facts=(self.signature.fact,)
            )
        return {"params": (total - fixed,), "fixed": (fixed,)}

    non_trainable = frozenset(("fixed",))

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """Nobody knows."""
        return unknown()


class Bound:
    """The names of a signature with the sizes and axes that they stand for on given inputs.

    Raises `Misfit` where the inputs are not what the signature takes: E200, E203 for a given name at odds with its own,
    E205 for a name that stands for two sizes, E209 for another size than it says.
    """

    def __init__(self, signature: Signature, shapes: Shapes) -> None:
        self.signature = signature
        self.sizes: dict[str, Size] = {}
        self.axes: dict[str, Axis] = {}
        self.spreads: dict[str, Shape] = {}
        self.shapes = shapes
        for operand, (value, x) in enumerate(zip(signature.inputs, shapes, strict=True)):
            self._bind(value, x, operand)

    def shape(self, value: Value) -> Shape:
        """The shape of a result; E206 where nothing is left of an axis."""
        found = Shape((), ())
        for entry in value.entries:
            if entry.spread:
                found = found.join(self.spreads[entry.name or ""])
                continue
            size = size_of(entry.form, self.sizes)
            if isinstance(size, int) and size < 1:
                message = f"makes an axis of {size} elements of {self._shown()}"
                raise Misfit("E206", message, facts=(self.signature.fact,))
            found = found.join(Shape((size,), (self._axis(entry),)))
        return Shape(found.sizes, distinct(found.axes))

    def count(self, form: Form) -> int:
        """A number of parameters; E207 where it hangs on a size that is not known."""
        size = size_of(form, self.sizes)
        if not isinstance(size, int):
            operand, axis = self._unknown(form)
            fault = undefined_size(self.shapes[operand], axis, "the number of parameters")
            raise Misfit("E207", fault.message, operand=operand, axis=axis, facts=(self.signature.fact,))
        if size < 0:
            message = f"counts {size} parameters on {self._shown()}"
            raise Misfit("E107", message, facts=(self.signature.fact,))
        return size

    def _shown(self) -> str:
        return " and ".join(map(str, self.shapes))

    def _unknown(self, form: Form) -> tuple[int, int]:
        """The input and the axis with the first size in `form` that is no number."""
        for operand, (value, x) in enumerate(zip(self.signature.inputs, self.shapes, strict=True)):
            for entry, at in _placed(value, x):
                if entry.name in names_in(form) and not isinstance(x.sizes[at], int):
                    return operand, at
        raise AssertionError("a size is unknown where none of its parts is")

    def _axis(self, entry: Entry) -> Axis:
        """An axis that is carried along keeps its name; what a size is computed from gives it one to go by."""
        if entry.name is not None:
            return self.axes[entry.name]
        names = names_in(entry.form) & self.axes.keys()
        carried = self.axes[names.pop()].name if len(names) == 1 else None
        return NAMELESS if carried is None else inferred(carried)

    def _bind(self, value: Value, x: Shape, operand: int) -> None:
        spread = value.spread
        least = len(value.entries) - (spread is not None)
        if x.rank < least or (spread is None and x.rank > least):
            raise wrong_rank(f"`{value.text}`", x, operand=operand, facts=(self.signature.fact,))
        if spread is not None:
            part = x.part(spread, spread + x.rank - least)
            self._spread(value, value.entries[spread].name, part, x, operand)
        for entry, at in _placed(value, x):
            self._size(value, entry, x, at, operand)

    def _spread(self, value: Value, name: str | None, part: Shape, x: Shape, operand: int) -> None:
        if name is None:
            return
        known = self.spreads.setdefault(name, part)
        if known.rank != part.rank or not all(map(agree, known.sizes, part.sizes)):
            raise self._disagree(f"*{name}", str(known), value, x, operand, None)
        sizes = tuple(map(surer, known.sizes, part.sizes))
        self.spreads[name] = Shape(sizes, tuple(map(stronger, known.axes, part.axes)))

    def _size(self, value: Value, entry: Entry, x: Shape, at: int, operand: int) -> None:
        size, axis, name = x.sizes[at], x.axes[at], entry.name
        if name is None:
            wanted = size_of(entry.form, {})
            if not agree(wanted, size):
                message = f"takes `{value.text}` and is given {x}"
                raise Misfit("E209", message, operand=operand, axis=at, facts=(self.signature.fact,))
            return
        role = known_role(name)
        if axis is NAMELESS and role is not None:
            axis = inferred(name)
        if axis.given and len(value.entries) > 1 and (role, axis.role) in _CONTRADICTIONS:
            message = f"takes `{value.text}`, and is given {x}, where `{axis.name}` stands for `{name}`"
            raise Misfit("E203", message, operand=operand, axis=at, facts=(self.signature.fact,))
        known = self.sizes.get(name, size)
        if not agree(known, size):
            raise self._disagree(name, str(known), value, x, operand, at)
        self.sizes[name] = surer(known, size)
        self.axes[name] = stronger(self.axes.get(name, axis), axis)

    def _disagree(
        self, name: str, known: str, value: Value, x: Shape, operand: int, at: int | None
    ) -> Misfit:
        message = f"takes `{value.text}`, where `{name}` is {known}, and is given {x}"
        return Misfit("E205", message, operand=operand, axis=at, facts=(self.signature.fact,))


def _placed(value: Value, x: Shape) -> list[tuple[Entry, int]]:
    """The entries for single axes, each with the position that it is about."""
    spread, extra = value.spread, x.rank - len(value.entries)
    return [
        (entry, at if spread is None or at < spread else at + extra)
        for at, entry in enumerate(value.entries)
        if not entry.spread
    ]


class OwnError(Exception):
    """What is wrong with a layer of one's own: at its key or, at `place`, in its signature."""

    def __init__(self, code: str, message: str, place: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.place = place


def own(word: str, signature: Any) -> type[Custom]:
    """The op for the key `word` with the `signature` that stands beside it, if any; raises `OwnError`."""
    if not WORD.fullmatch(word):
        raise OwnError("E104", f"`{word}` is no op; a layer of one's own is `package.module:Class`")
    if signature is None:
        raise OwnError(
            "E106", f"`{word}` needs a `signature` that says what it makes: a check imports nothing"
        )
    if not isinstance(signature, str):
        raise OwnError("E102", "a signature is text, as `(*s, c) -> (*s, c)`", (0, 0))
    try:
        return _declared(word, signature)
    except ExpressionError as error:
        raise OwnError("E107", f"`{word}`: {error.message}", (error.start, error.end)) from None


@lru_cache(maxsize=1000)
def _declared(word: str, text: str) -> type[Custom]:
    signature = parse_signature(text)
    members: dict[str, Any] = {
        "name": word,
        "keras": word,
        "signature": signature,
        "call_inputs": tuple(CallInput(value.name or value.text) for value in signature.inputs),
        "takes_list": signature.takes_list,
        "least_results": len(signature.results),
        "passes_mask": signature.mask,
        "parameters": {BARE: Parameter(BARE, ANYTHING, None, True), **parameters_of(Op)},
    }
    return type(word.rpartition(":")[2], (Custom,), members)
