"""How Keras holds labels against an output: which it takes as they are, which it adjusts, and which it pairs wrongly.

Sizes here have the batch in front where that is said; it is a size of its own, `BATCH`, equal to no other.
"""

from typing import TYPE_CHECKING, Literal, NamedTuple

from specc.shapes.demand import agree
from specc.shapes.dim import Size, product, unknown

if TYPE_CHECKING:
    from specc.arrays import Values

Sizes = tuple[Size, ...]
BATCH = unknown()

Target = Literal["same", "classes", "ids", "sequence", "tags"]
Verdict = Literal["exact", "adjusted", "refused", "mispaired"]
"""`adjusted`: a trailing axis of size 1 is added or dropped, and each label meets its prediction; `mispaired`: Keras
computes a number, by broadcasting or on axes that are not what they seem, and labels meet the wrong predictions."""


class Labels(NamedTuple):
    """What a loss or a metric takes for labels.

    `target`: labels shaped as the output ("same"), one number of a class in place of the axis of classes
    ("classes"), one number per sample ("ids"), a sequence of numbers of any length ("sequence"), or, shaped
    as the output, the numbers that it has to find ("tags"). `adjusts`: a trailing axis of 1 is added or dropped where
    ranks differ by one. `refuses`: shapes that differ then are an error, and never broadcast. `whole`: the last axis is
    read as a whole, so that it must not be dropped. `flat`: axes do not count, only the order of the elements.
    `drops`: a trailing axis of 1 behind numbers of classes is dropped. `values`: what the numbers must be.
    """

    target: Target = "same"
    adjusts: bool = True
    refuses: bool = False
    whole: bool = False
    flat: bool = False
    drops: bool = True
    values: "Values" = "any"


def squeezed(first: Sizes, second: Sizes) -> tuple[Sizes, Sizes]:
    """Both with the batch in front, as Keras brings them to one rank where one has a trailing axis of 1 too many."""
    if len(first) == len(second) + 1 and first[-1] == 1:
        return (first, (*second, 1)) if len(second) == 1 else (first[:-1], second)
    if len(second) == len(first) + 1 and second[-1] == 1:
        return ((*first, 1), second) if len(first) == 1 else (first, second[:-1])
    return first, second


def compare(reads: Labels, output: Sizes, labels: Sizes, is_masked: bool = False) -> Verdict:
    """What becomes of `labels` under `output`, both without the batch; sizes that may be equal count as equal.

    `is_masked`: the output has a mask, which Keras lays over the loss in the shape that the output had.
    """
    y, p = (BATCH, *labels), (BATCH, *output)
    match reads.target:
        case "ids":
            a, _ = squeezed(y, p)
            return "exact" if not labels else "adjusted" if a[1:] in ((), (1,)) else "refused"
        case "sequence":
            return "exact" if len(labels) == 1 and output[-1:] != (1,) else "refused"
        case "classes" if reads.flat:
            return _in_order(output[:-1], labels)
        case "classes":
            a, b = squeezed(y, p) if reads.adjusts else (y, p)
            is_moved = b != p
            a = a[:-1] if reads.drops and len(a) == len(b) and a[-1] == 1 else a
            b = b[:-1]
        case "same" | "tags":
            if reads.flat:
                return _in_order(output, labels)
            a, b = squeezed(y, p) if reads.adjusts else (y, p)
            is_moved = b != p and (reads.whole or is_masked)
    if may_be_same(a, b):
        rank = len(output) - (reads.target == "classes")
        return "mispaired" if is_moved else "exact" if len(labels) == rank else "adjusted"
    return "refused" if reads.refuses or not _broadcast(a, b) else "mispaired"


def _in_order(output: Sizes, labels: Sizes) -> Verdict:
    """Both are laid out in a row each: axes of size 1 make no difference, and as many elements are taken."""
    if may_be_same(output, labels):
        return "exact"
    a, b = (tuple(size for size in sizes if size != 1) for sizes in (output, labels))
    if may_be_same(a, b):
        return "adjusted"
    return "mispaired" if agree(product(a), product(b)) else "refused"


def may_be_same(a: Sizes, b: Sizes) -> bool:
    """Whether two shapes may be the same, as far as anything is known."""
    return len(a) == len(b) and not any(_differ(x, y) for x, y in zip(a, b, strict=True))


def _differ(a: Size, b: Size) -> bool:
    return not agree(a, b) or (a is not b and BATCH in (a, b))


def _broadcast(a: Sizes, b: Sizes) -> bool:
    """Whether two shapes broadcast, aligned at their last axes, whatever the size of the batch."""
    return not any(
        x != 1 and y != 1 and _differ(x, y) for x, y in zip(reversed(a), reversed(b), strict=False)
    )


def losses_of(reads: Labels, output: Sizes, labels: Sizes, axis: int = -1) -> Sizes | None:
    """The sizes of the losses that are made of one sample; None where one is made of all samples together."""
    if reads.target == "classes":
        return output[:-1]
    if reads.target != "same":
        return ()
    _, p = squeezed((BATCH, *labels), (BATCH, *output))
    return None if len(p) == 1 else (*p[1:axis], *p[axis:][1:])


def weights_fit(losses: Sizes, weights: Sizes) -> bool:
    """Whether each loss, of `losses` for one sample, is weighed by its own sample's weight."""
    a, b = squeezed((BATCH, *losses), (BATCH, *weights))
    return len(a) == len(b) and not any(y != 1 and _differ(x, y) for x, y in zip(a, b, strict=True))
