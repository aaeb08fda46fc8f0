"""The layers that put the same elements into other axes: Reshape, Flatten, Permute, RepeatVector."""

from collections.abc import Iterable

from specc.diagnostics.model import Fix
from specc.ops.advice import permute_text, quoted
from specc.ops.axis import axis_numbers
from specc.ops.declare import Example, Inputs, Masks, Place, Shape, Shapes, Unary, op
from specc.ops.entries import REST, Dims, Entries, TargetShape, entries_text, shape_of
from specc.ops.kinds import AxisRefs, Positive
from specc.ops.misfit import InsertBefore, Misfit, Repair, Replace, SetArgument, wrong_rank
from specc.ops.windows import DataFormat
from specc.shapes.axis import FEATURE, NAMELESS, TIME
from specc.shapes.demand import agree, divisible
from specc.shapes.dim import Size, product, quotient, symbols_of
from specc.shapes.regroup import Block, broken, cuts, other_order, regroup
from specc.shapes.shape import nameless, sizes_text

_COUNT_FACTS = (
    "Keras: The total size of the tensor must be unchanged",
    "Keras 2: total size of new array must be unchanged",
)


def solve(x: Shape, target: Entries) -> Shape:
    """The shape that a target asks for, `-1` worked out; E202 where the elements fit for no size of a symbol."""
    shape = shape_of(target)
    fixed = [entry.size for entry in target if entry.size != REST]
    have, need = map(product, _apart(x.sizes, fixed))
    has_rest = len(fixed) < len(target)
    if not (divisible(have, need) if has_rest else agree(have, need)):
        raise _count_misfit(x, target, have, need)
    if not has_rest:
        return shape
    rest = quotient(have, need)
    rest = have // need if rest is None else rest
    return Shape(tuple(rest if size == REST else size for size in shape.sizes), shape.axes)


def _apart(have: Iterable[Size], need: Iterable[Size]) -> tuple[list[Size], list[Size]]:
    """The sizes of both sides without those, over symbols, that both have."""
    left, right = list(have), list(need)
    for size in [size for size in right if not isinstance(size, int) and size in left]:
        if size in left:
            left.remove(size)
            right.remove(size)
    return left, right


def _corrected(target: Entries, have: Size, need: Size) -> list[Entries]:
    """The targets with one number replaced that have as many elements as the source."""
    found: list[Entries] = []
    for i, entry in enumerate(target):
        others = quotient(need, entry.size) if isinstance(entry.size, int) else None
        size = quotient(have, others) if others is not None else None
        if size is not None and others is not None and size * others == have:
            found.append((*target[:i], entry._replace(size=size), *target[i + 1 :]))
    return found


def _count_misfit(x: Shape, target: Entries, have: Size, need: Size) -> Misfit:
    wanted = sizes_text(nameless([entry.size for entry in target]))
    has_rest = any(entry.size == REST for entry in target)
    corrected: list[Entries] = []
    if not isinstance(have, int) or not isinstance(need, int):
        message = f"the elements of {sizes_text(x)} fit into {wanted} for no size at all"
        corrected = [] if has_rest else _corrected(target, have, need)
    elif has_rest:
        message = f"{have} elements do not fit into {wanted}: {sizes_text(x)} has no multiple of {need}"
    else:
        message = f"{have} elements do not fit into {need}: {sizes_text(x)} against {wanted}"
        corrected = _corrected(target, have, need)
    whole = [t for t in corrected if not cuts(x.sizes, [entry.size for entry in t])]
    found = whole if whole or (x.has_given_names and not isinstance(have, int)) else corrected
    is_sure = len(found) == 1 and isinstance(have, int)
    repairs = tuple(
        SetArgument("target_shape", entries_text(t), "keep all elements", "safe" if is_sure else "unsafe")
        for t in found[:2]
    )
    return Misfit("E202", message, parameter="target_shape", facts=_COUNT_FACTS, repairs=repairs)


def _meant_order(x: Shape, y: Shape) -> tuple[tuple[int, ...], bool] | None:
    """The order of `x` that a target means, by names or else by sizes, and whether it is the only one."""
    real = [i for i, size in enumerate(x.sizes) if size != 1]
    wanted = [(a.name, size) for a, size in zip(y.axes, y.sizes, strict=True) if size != 1]
    have = {(x.axes[i].name, x.sizes[i]): i for i in real if x.axes[i].given}
    if len(have) == len(real) == len(wanted) and have.keys() == set(wanted):
        order = [have[entry] for entry in wanted]
        if order != real:
            return (*order, *(i for i in range(x.rank) if i not in real)), True
    by_size = other_order(x.sizes, y.sizes)
    if by_size is None:
        return None
    return by_size, len({x.sizes[i] for i in real}) == len(real)


def _permuting(x: Shape, y: Shape, is_error: bool) -> tuple[Repair, ...]:
    """The repair of a reshape from `x` to `y` that was meant to reorder axes."""
    meant = _meant_order(x, y)
    if meant is None:
        return ()
    order, only = meant
    text = permute_text(x, order)
    made = x.ordered(order)
    applicability = "safe" if is_error and only else "unsafe"
    if made.sizes == y.sizes and all(
        b is NAMELESS or a.name == b.name for a, b in zip(made.axes, y.axes, strict=True)
    ):
        return (Replace(text, "reorder the axes instead", applicability),)
    return (InsertBefore(text, "reorder the axes first", applicability),)


def kept_names(x: Shape, y: Shape) -> Shape:
    """`y` with the given names of `x` where an axis is provably the same one.

    E203 where the reshape breaks axes with given names, or puts such a name to other elements.
    """
    blocks = regroup(x.sizes, y.sizes)
    axes = list(y.axes)
    taken = {axis.name for axis in axes}
    for block in blocks:
        if block.kind == "cut":
            _refuse_cut(x, y, block)
        if block.kind == "kept":
            (source,), (target,) = block
            axis = x.axes[source]
            if axes[target] is NAMELESS and axis.given and axis.name not in taken:
                axes[target] = axis
    for block in blocks:
        for i in block.target:
            at = x.position(y.axes[i].name or "")
            if at is None or not x.axes[at].given or at in block.source or 1 in (x.sizes[at], y.sizes[i]):
                continue
            before = quoted(x.axes[k] for k in block.source) or "other axes"
            raise Misfit(
                "E203",
                f"puts {before} where `{y.axes[i].name}` is asked for: a reshape does not reorder axes",
                parameter="target_shape",
                axis=at,
                repairs=_permuting(x, y, is_error=True),
            )
    return Shape(y.sizes, tuple(axes))


def scrambling(x: Shape, y: Shape) -> Iterable[Misfit]:
    """W600 where the sizes of a reshape are the source's in another order."""
    if other_order(x.sizes, y.sizes) is not None and cuts(x.sizes, y.sizes):
        yield Misfit(
            "W600",
            f"the sizes {sizes_text(y)} are those of {sizes_text(x)} in another order, "
            "and a reshape does not reorder: the values are scrambled",
            parameter="target_shape",
            repairs=_permuting(x, y, is_error=False),
        )


def _refuse_cut(x: Shape, y: Shape, block: Block) -> None:
    """E203 where a block breaks an axis with a given name, or has the sizes of axes in another order."""
    is_reordered = other_order([x.sizes[i] for i in block.source], [y.sizes[i] for i in block.target])
    broken_axes = block.source if is_reordered else broken(x.sizes, y.sizes, block)
    if any(x.axes[i].given for i in broken_axes):
        from specc.ops.stacking import stacking

        named = [x.axes[i] for i in block.source if x.axes[i].given]
        others = "" if len(named) > 1 else " and its neighbours"
        fault = Misfit(
            "E203",
            f"would scramble {quoted(named)}{others}: it puts {x}, in the same order, into {sizes_text(y)}",
            parameter="target_shape",
            axis=block.source[0],
            facts=("a reshape may only merge or split neighbouring axes that have names",),
            repairs=_permuting(x, y, is_error=True) or stacking(x, y),
        )
        if not fault.repairs:
            title = "say by a `rearrange` which axes are split, and in what order the parts merge"
            fault.fixes = (Fix(title, "display"),)
        raise fault


@op(
    Example({"target_shape": [6, 2]}, ((3, 4),)),
    Example({"target_shape": [-1]}, ((3, 4),)),
    Example({"target_shape": [2, -1, 1]}, ((4, 5),)),
)
class Reshape(Unary):
    """Puts the elements, in their order, into the axes of `target_shape`; one size may be -1."""

    keeps_dtype = True
    takes_text = True

    target_shape: TargetShape

    def asked_symbols(self) -> Iterable[tuple[str, str]]:
        return [("target_shape", name) for entry in self.target_shape for name in symbols_of(entry.size)]

    def regrouped(self, x: Shape, y: Shape) -> tuple[Size, ...]:
        return y.sizes

    def output(self, x: Shape) -> Shape:
        """The target, with the given names of all axes that are left alone."""
        y = solve(x, self.target_shape)
        return kept_names(x, y) if x.has_given_names else y

    def warnings(self, inputs: Shapes, outputs: Shapes) -> Iterable[Misfit]:
        """W600 where the sizes are the source's in another order."""
        return scrambling(inputs[0], outputs[0])


@op(
    Example({}, ((3, 4),)),
    Example({"data_format": "channels_first"}, ((3, 4, 5),)),
    Example({}, ((7,),)),
)
class Flatten(Unary):
    """Merges all axes into one; with `keep`, all but the kept ones, which lead."""

    keeps_dtype = True
    takes_text = True

    data_format: DataFormat | None = None
    keep: AxisRefs | None = None

    def order(self, x: Shape) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The positions of the kept axes, and those of the merged ones in the order in which they merge."""
        kept = () if self.keep is None else tuple(sorted(axis_numbers(self.keep, x, "keep")))
        rest = tuple(i for i in range(x.rank) if i not in kept)
        if self.data_format == "channels_first" and rest[:1] == (0,):
            rest = (*rest[1:], 0)
        return kept, rest

    def output(self, x: Shape) -> Shape:
        """The kept axes, then the product of the others."""
        if self.keep is None:
            return Shape((x.elements,), (FEATURE,))
        kept, rest = self.order(x)
        flat = Shape((product(x.sizes[i] for i in rest),), (FEATURE,))
        return x.ordered(kept).join(flat)

    @property
    def carries_mask(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.keep is not None

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The input's, if all of its axes are kept, and stay in front."""
        mask = inputs[0].mask
        if mask is None or self.keep is None:
            return ()
        kept, _ = self.order(inputs[0].shape)
        return (mask,) if kept[: mask.rank] == tuple(range(mask.rank)) else ()


@op(Example({"dims": [2, 1]}, ((3, 4),)), Example({"dims": [3, 1, 2]}, ((3, 4, 5),)))
class Permute(Unary):
    """Puts the axes into the order of `dims`: numbers from 1, or the names of all axes."""

    keeps_dtype = True
    takes_text = True

    dims: Dims

    @property
    def places(self) -> tuple[Place, ...] | None:
        return None if isinstance(self.dims[0], str) or 0 in self.dims else ("any",) * len(self.dims)

    def order(self, x: Shape) -> tuple[int, ...]:
        """The position in `x` of each axis of the result."""
        if isinstance(self.dims[0], str):
            order = axis_numbers(self.dims, x, "dims")
            if len(order) < x.rank:
                left = [axis for i, axis in enumerate(x.axes) if i not in order]
                what = quoted(left) or "an axis without a name"
                raise Misfit("E203", f"`dims` names all axes, and leaves out {what} of {x}", parameter="dims")
            return order
        if 0 in self.dims:
            rest = ", ".join(str(i) for i in self.dims if i)
            repairs = (SetArgument("dims", f"[{rest}]", "leave the batch out"),) if self.dims[0] == 0 else ()
            message = f"axis 0 of {x} is the batch, which stays in front"
            raise Misfit("E203", message, parameter="dims", repairs=repairs)
        if len(self.dims) != x.rank:
            raise wrong_rank(f"{len(self.dims)} axes", x)
        return tuple(i - 1 for i in self.dims if isinstance(i, int))

    def output(self, x: Shape) -> Shape:
        """The same axes in another order, names with them."""
        return x.ordered(self.order(x))


@op(Example({"n": 3}, ((4,),)))
class RepeatVector(Unary):
    """Repeats a vector `n` times: (feature) becomes (n, feature)."""

    keeps_dtype = True
    takes_text = True

    n: Positive

    @property
    def places(self) -> tuple[Place, ...]:
        return ("feature",)

    def output(self, x: Shape) -> Shape:
        """A time axis of `n` steps in front."""
        return Shape((self.n, *x.sizes), (TIME, *x.axes))
