"""Functions that sum over axes of several values: einsum equations, cross products, attention."""

from collections import Counter
from typing import Annotated, Any

from specc.ops.arrays import Value, Values
from specc.ops.axis import axis_number
from specc.ops.declare import Example, Inputs, Shape, Shapes
from specc.ops.function import TRUTHS, DTypes, Function, function, same
from specc.ops.kinds import AxisRef, Kind, checked
from specc.ops.misfit import Misfit, bad_argument, wrong_rank
from specc.ops.tensor.joining import common_dtype
from specc.ops.tensor.products import summed_dtype
from specc.ops.wants import shown
from specc.shapes.axis import Axis
from specc.shapes.demand import agree, alike
from specc.shapes.dim import Size, product
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor


def _subscripts(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be text, as `bij,bjk->bik`, not `{shown(value)}`")
    read_terms(value)
    return value


def read_terms(subscripts: str) -> tuple[list[str], str]:
    """The letters of each operand, and those of the result; raises ValueError where they do not say that."""
    text = subscripts.replace(" ", "")
    reads, arrow, made = text.partition("->")
    terms = reads.split(",")
    if not all(term.isascii() and term.isalpha() for term in [*terms, made or "a"]):
        raise ValueError("has letters for axes, as `bij,bjk->bik`, the batch's first, and no `...`")
    if not arrow:
        counts = Counter("".join(terms))
        made = "".join(sorted(letter for letter, count in counts.items() if count == 1))
    if len(set(made)) < len(made):
        raise ValueError("makes an axis twice")
    unknown = next((letter for letter in made if letter not in reads), None)
    if unknown is not None:
        raise ValueError(f"makes `{unknown}`, which no operand has")
    batch = terms[0][0]
    if any(term[0] != batch or batch in term[1:] for term in terms) or made[:1] != batch:
        raise ValueError("has the batch in front of every operand and of the result, by one letter")
    return terms, made


Subscripts = Annotated[
    str,
    Kind("an equation, as `bij,bjk->bik`", checked(_subscripts), {"type": "string"}),
]


@function(
    Example({"subscripts": "bij,bjk->bik"}, ((4, 3), (3, 5))),
    Example({"subscripts": "bij->bji"}, ((4, 3),)),
    Example({"subscripts": "bij,bij->b"}, ((4, 3), (4, 3))),
)
class Einsum(Function):
    """Multiplies values along axes of the same letter, and sums over those that the result has not."""

    dtypes = DTypes(same, TRUTHS)

    subscripts: Subscripts
    xs: Values

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes of the result's letters; E200 for another number of axes, E205 where sizes differ."""
        terms, made = read_terms(self.subscripts)
        if len(terms) != len(inputs):
            raise Misfit("E303", f"`{self.subscripts}` reads {len(terms)} values and is given {len(inputs)}")
        known: dict[str, tuple[Size, Axis]] = {}
        for operand, (term, tensor) in enumerate(zip(terms, inputs, strict=True)):
            x = tensor.shape
            if x.rank + 1 != len(term):
                raise wrong_rank(f"{len(term) - 1} axes and the batch, as `{term}` says,", x, operand=operand)
            for i, letter in enumerate(term[1:]):
                size, axis = known.get(letter, (x.sizes[i], x.axes[i]))
                if not agree(size, x.sizes[i]):
                    raise Misfit(
                        "E205",
                        f"`{letter}` is {size} and {x.sizes[i]}",
                        parameter="subscripts",
                        operand=operand,
                        axis=i,
                    )
                known[letter] = (size, axis)
        entries = [known[letter] for letter in made[1:]]
        shape = Shape(tuple([size for size, _ in entries]), tuple([axis for _, axis in entries]))
        return (Tensor(shape, summed_dtype(self.checked_dtype(common_dtype(inputs)))),)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """2 for each combination of all letters and each operand but the first."""
        terms, _ = read_terms(self.subscripts)
        sizes = {
            letter: size
            for term, x in zip(terms, inputs, strict=True)
            for letter, size in zip(term[1:], x.sizes, strict=True)
        }
        return product(sizes.values()) * (2 * max(1, len(terms) - 1))


@function(Example({}, ((4, 3), (4, 3))), Example({"axis": 1}, ((3, 4), (3, 4))))
class Cross(Function):
    """The cross product of the vectors of three elements along an axis."""

    dtypes = DTypes(same, TRUTHS)

    x1: Value
    x2: Value
    axisa: AxisRef = -1
    axisb: AxisRef = -1
    axisc: AxisRef = -1
    axis: AxisRef | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes of the values; E205 where they differ, E107 where the vectors do not stand along one axis."""
        a, b = inputs[0].shape, inputs[1].shape
        for name in ("axisa", "axisb", "axisc"):
            axis_number(getattr(self, name), a, name)
        whole = self.axis
        at, other = (
            axis_number(w if whole is None else whole, x) for w, x in ((self.axisa, a), (self.axisb, b))
        )
        if (
            a.rank != b.rank
            or at != other
            or (self.axisc if whole is None else whole) not in (at + 1, at - a.rank)
        ):
            raise bad_argument(
                "axis", "the vectors stand along the same axis of both values and of the result"
            )
        if not all(map(agree, a.sizes, b.sizes)):
            raise Misfit("E205", f"takes values alike, not {sizes_text(a)} and {sizes_text(b)}", operand=1)
        if not any(alike(x.sizes[at], 3) for x in (b, a)):
            message = (
                f"takes vectors of 3 elements, and {sizes_text(a)} has {a.sizes[at]} along axis {at + 1}"
            )
            raise Misfit("E205", message, axis=at)
        return (Tensor(a, self.checked_dtype(common_dtype(inputs))),)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """3 for each element: two products and their difference."""
        return outputs[0].elements * 3
