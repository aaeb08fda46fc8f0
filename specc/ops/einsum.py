"""A dense layer over any axes, by an einsum equation."""

import re
from functools import lru_cache
from string import ascii_letters
from typing import Annotated, Any, NamedTuple, cast

from specc.ops.axis import known_size
from specc.ops.core import low_rank
from specc.ops.declare import Example, Shape, Unary, Weights, op
from specc.ops.flops import afterwards
from specc.ops.kinds import Kind, Number, Positive, Text, checked
from specc.ops.misfit import Misfit, SetArgument, bad_argument, wrong_rank
from specc.ops.objects import Activation, Constraint, Initializer, Regularizer
from specc.ops.wants import integer, optional, shown
from specc.shapes.axis import FEATURE, NAMELESS
from specc.shapes.demand import alike
from specc.shapes.dim import Size, product
from specc.shapes.shape import nameless, sizes_text

_FORM = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


class Equation(NamedTuple):
    """The letters of what is read, of the kernel and of what is made; `left`, `right`: where `...` stands."""

    read: str
    kernel: str
    made: str
    left: bool
    right: bool


@lru_cache(maxsize=256)
def parse_equation(text: str) -> Equation:
    """The parts of an equation; raises ValueError, with the reason, where Keras has no layer for it."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("must be written as `ab,bc->ac`, `...ab,bc->...ac` or `ab...,bc->ac...`")
    left, read, right, kernel, made_left, made, made_right = found.groups()
    if left != made_left or right != made_right or (left and right):
        raise ValueError(
            "must have `...` on the same side of what is read and of what is made, and on one side"
        )
    for letters in (read, kernel, made):
        twice = next((letter for letter in letters if letters.count(letter) > 1), None)
        if twice is not None:
            raise ValueError(f"has `{twice}` twice in `{letters}`")
    unknown = next((letter for letter in made if letter not in read + kernel), None)
    if unknown is not None:
        raise ValueError(f"makes `{unknown}`, which neither `{read}` nor `{kernel}` has")
    free = next((letter for letter in kernel if letter not in read + made), None)
    if free is not None:
        raise ValueError(f"has a kernel with `{free}`, which neither `{read}` nor `{made}` has")
    equation = Equation(read, kernel, made, left is not None, right is not None)
    if not equation.left:
        _check_batch(equation)
    if equation.right and len(read) < 2:
        raise ValueError("must name the batch and an axis in front of `...`")
    return equation


def _check_batch(equation: Equation) -> None:
    batch = equation.read[0]
    if equation.made[0] != batch:
        raise ValueError(f"reads the batch as `{batch}`, which must come first in `{equation.made}`, too")
    if batch in equation.kernel:
        raise ValueError(f"reads the batch as `{batch}`, which the kernel cannot have")


def _equation(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be text, as `abc,cd->abd`, not `{shown(value)}`")
    parse_equation(value)
    return value


_SIZE = optional(integer("a positive integer or null", at_least=1))


def _sizes(value: Any) -> tuple[int | None, ...]:
    several: list[Any] = list(cast("list[Any]", value)) if isinstance(value, list | tuple) else [value]
    if value is None:
        raise ValueError("must be a size or a list of sizes")
    return tuple(map(_SIZE.accept, several))


EquationText = Annotated[
    str,
    Kind("an equation, as `abc,cd->abd`", checked(_equation), {"type": "string", "pattern": "->"}),
]
MadeSizes = Annotated[
    tuple[int | None, ...],
    Kind(
        "a size or a list of sizes, without the batch's; null: that of the input",
        checked(_sizes),
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "array", "items": _SIZE.json}]},
    ),
]


class Plan(NamedTuple):
    """How an equation reads a shape: `own` are the axes that it names, `before` and `after` those of `...`."""

    before: Shape
    own: dict[str, int]
    made: str
    after: Shape


@op(
    Example({"equation": "ab,bc->ac", "output_shape": 4}, ((6,),)),
    Example({"equation": "abc,cde->abde", "output_shape": [None, 2, 3], "bias_axes": "e"}, ((5, 6),)),
    Example({"equation": "...x,xy->...y", "output_shape": 4, "bias_axes": "y", "lora_rank": 2}, ((2, 5, 6),)),
    Example({"equation": "ab...,bc->ac...", "output_shape": 4, "bias_axes": "c"}, ((6, 5),)),
)
class EinsumDense(Unary):
    """Multiplies by a kernel along the axes that `equation` says, as `abc,cd->abd`; the first letter is the batch.

    `output_shape` has the sizes of what is made but for the batch and what `...` stands for.
    """

    equation: EquationText
    output_shape: MadeSizes
    activation: Activation | None = None
    bias_axes: Text | None = None
    kernel_initializer: Initializer | None = "glorot_uniform"
    bias_initializer: Initializer | None = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None
    lora_rank: Positive | None = None
    lora_alpha: Number | None = None

    @property
    def ignores_leading(self) -> bool:
        return self.equation.startswith("...")

    def plan(self, x: Shape) -> Plan:
        """How the equation reads `x`; E200 for another number of axes, E107 for one of sizes."""
        equation = parse_equation(self.equation)
        elided = x.rank + 1 - len(equation.read)
        if elided < 0 or (elided and not (equation.left or equation.right)):
            count = len(equation.read) - 1
            axes = "1 axis" if count == 1 else f"{count} axes"
            raise wrong_rank(f"{axes} and the batch, as `{self.equation}` says,", x)
        read, made, outer = equation.read, equation.made, 0
        if equation.left and elided:
            outer = elided - 1  # the batch is one of the axes that the dots stand for
        else:
            self._check_batch(equation)
            read, made = read[1:], made[1:]
        if len(self.output_shape) != len(made):
            sizes = "1 size" if len(self.output_shape) == 1 else f"{len(self.output_shape)} sizes"
            raise bad_argument("output_shape", f"`output_shape` has {sizes} for the axes `{made}`")
        own = {letter: outer + i for i, letter in enumerate(read)}
        return Plan(x.part(0, outer), own, made, x.part(outer + len(read)))

    def _check_batch(self, equation: Equation) -> None:
        try:
            _check_batch(equation)
        except ValueError as error:
            raise bad_argument("equation", f"`equation` {error}") from None

    def _made(self, x: Shape, plan: Plan) -> Shape:
        """The axes that the equation makes; E205 where `output_shape` says another size than the input has."""
        made = nameless(())
        last = len(plan.made) - 1 if not plan.after.rank else None
        for i, (letter, size) in enumerate(zip(plan.made, self.output_shape, strict=True)):
            at = plan.own.get(letter)
            if at is None:
                if size is None:
                    message = f"`output_shape` must say the size of `{letter}`, which the input does not have"
                    raise bad_argument("output_shape", message)
                made = made.join(Shape((size,), (FEATURE if i == last else NAMELESS,)))
                continue
            if size is not None and not alike(size, x.sizes[at]):
                message = (
                    f"`output_shape` says {size} for `{letter}`, which has {x.sizes[at]} in {sizes_text(x)}"
                )
                raise Misfit(
                    "E205", message, parameter="output_shape", axis=at, repairs=self._written(x, plan)
                )
            made = made.join(x.part(at, at + 1))
        return made

    def written(self, x: Shape) -> tuple[str, list[int | None]]:
        """`equation` and `output_shape` for which Keras announces the shape that it makes of `x`.

        It announces null where `output_shape` says so, and the axes of a leading `...` in reverse.
        """
        plan = self.plan(x)
        made = self._made(x, plan)
        text, equation, outer = self.equation, parse_equation(self.equation), plan.before.rank
        free = [letter for letter in ascii_letters if letter not in text]
        if 1 < outer < len(free):
            named = "".join(free[: 1 + outer])
            text = f"{named}{equation.read},{equation.kernel}->{named}{equation.made}"
            made = plan.before.join(made)
        return text, [size if isinstance(size, int) else None for size in made.sizes]

    def _written(self, x: Shape, plan: Plan) -> tuple[SetArgument, ...]:
        """`output_shape` with the sizes that the input has."""
        found: list[str] = []
        for letter, size in zip(plan.made, self.output_shape, strict=True):
            held: Size | None = x.sizes[plan.own[letter]] if letter in plan.own else size
            found.append(str(held) if isinstance(held, int) else "null")
        text = f"[{', '.join(found)}]"
        return (SetArgument("output_shape", text, f"`output_shape: {text}`"),)

    def output(self, x: Shape) -> Shape:
        """The axes on the right of the equation; letters that the input has, too, keep its axes."""
        plan = self.plan(x)
        made = self._made(x, plan)
        self.weights(x)
        return plan.before.join(made).join(plan.after)

    def weights(self, x: Shape) -> Weights:
        """`kernel` with the letters of the equation, `bias` from the first of `bias_axes` on, LoRA's two factors."""
        plan = self.plan(x)
        said = dict(zip(plan.made, self.output_shape, strict=True))
        kernel: list[int] = []
        for letter in parse_equation(self.equation).kernel:
            if letter in said:
                kernel.append(self._said(letter, said, x, plan))
            else:
                kernel.append(known_size(x, plan.own[letter], "the kernel"))
        weights: Weights = {"kernel": tuple(kernel)}
        if self.bias_axes is not None:
            weights["bias"] = self._bias(self.bias_axes, said, x, plan)
        return low_rank(weights, "kernel", self.lora_rank, self.kernel_constraint)

    def _said(self, letter: str, said: dict[str, int | None], x: Shape, plan: Plan) -> int:
        """A size of `output_shape` that weights need: Keras does not look for it in the input."""
        size = said[letter]
        if size is None:
            message = f"`output_shape` must say the size of `{letter}`, which the weights need"
            raise Misfit("E107", message, parameter="output_shape", repairs=self._written(x, plan))
        return size

    def _bias(self, axes: str, said: dict[str, int | None], x: Shape, plan: Plan) -> tuple[int, ...]:
        """The sizes of the bias: 1 for axes behind the first of `axes` that are none of them."""
        strange = next((letter for letter in axes if letter not in plan.made), None)
        if strange is not None or not axes:
            what = f"`{strange}`" if strange else "nothing"
            raise bad_argument("bias_axes", f"`bias_axes` names {what}, and the axes are `{plan.made}`")
        behind = plan.made[min(map(plan.made.index, axes)) :]
        sizes = [self._said(letter, said, x, plan) if letter in axes else 1 for letter in behind]
        return (*sizes, *(1,) * plan.after.rank)

    def frozen(self, weights: Weights) -> frozenset[str]:
        """With LoRA, the kernel itself is not trained."""
        fixed = super().frozen(weights)
        return fixed | {"kernel"} if self.lora_rank else fixed

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each multiply-add, one for each element of what is made and what is summed over; bias, activation."""
        plan = self.plan(x)
        summed = product(x.sizes[at] for letter, at in plan.own.items() if letter not in plan.made)
        return y.elements * (summed * 2 + afterwards(self.bias_axes is not None, self.activation))
