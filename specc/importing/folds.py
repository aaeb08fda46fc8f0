"""Operations that merge leading axes into the batch, or take them apart again: what stands between is a `map`.

Where sizes are unknown, such operations take rows by numbers that the network computes (`counting.py`). So do those
that merge or split other axes, each of which is a `rearrange`.
"""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, cast

from specc.importing.chain import Piece
from specc.importing.counting import Length, Rows
from specc.importing.extents import BATCH, Extents, are_alike, axes_of, joined, number_of, product_of
from specc.importing.following import followed
from specc.importing.objects import Unsayable
from specc.importing.records import Network, Record, Sort, Value, leaves
from specc.importing.regrouping import Wanted, letters, rearranging
from specc.ops import making, registry
from specc.passes.repairs.spell import spelled


class Folds:
    """The values of a network that are another one in or out of a map, and the axes that are merged in each."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.same: dict[Value, Value] = {}
        """The value that another one is, but for the axes that are merged."""
        self.merged: dict[Value, Extents] = {}
        """What is merged in the first axis of a value, if it is more than the batch, which comes first."""
        self.followed: dict[Value, Extents] = {}
        """The other axes of a value, where it is known which of them are as long as those of other values."""
        self.has_rows = any(
            isinstance(argument, Rows)
            for record in network.records.values()
            for application in record.applications
            for argument in application.arguments
        )
        self.names = letters()
        """Names for axes that are rearranged: new ones each time, for they may not contradict one another."""
        sizes = {network.types[v].batch for v in leaves(network.inputs) if v in network.types} - {None}
        self.batch: Extents = (frozenset({BATCH, *(size for size in sizes if size is not None)}),)

    def crosses(self, record: Record, node: int) -> bool:
        """Whether an operation merges axes into the batch or takes them out; it is then no item of its own."""
        if not str(record.module).startswith("keras.src.ops"):
            return False
        result = Value(record.name, node, 0)
        match record.cls, record.applications[node].arguments:
            case "Reshape", [Value() as of]:
                return self._reshapes(of, result, record.config.get("newshape"))
            case "Take", [Value() as of, Rows() as rows]:
                lead, wanted = self._wanted(of, rows)
                behind = self._axes(of)[len(lead) :]
                if not all(len(each.axes) == each.step == each.times == 1 for each in wanted):
                    return False
                if not are_alike(behind, [each.axes[0] for each in wanted]):
                    return False
                self._note(result, of, lead)
                return True
            case _:
                return False

    def rearranged(self, record: Record, node: int) -> Iterator[Piece]:
        """The item for an operation that takes a value by rows into other axes than the batch's; none for another.

        Raises `Unsayable`.
        """
        match record.applications[node].arguments:
            case [Value() as of, Rows() as rows]:
                lead, wanted = self._wanted(of, rows)
                found = rearranging(self._axes(of)[len(lead) :], wanted, self.names)
                if found is None:
                    raise Unsayable(
                        "puts elements into sizes that are computed, in a way that a spec cannot say"
                    )
                op = making.make(registry.known("rearrange"), found)
                read = Value(f"{record.name}/rows", node, 0)
                self._note(read, of, lead)
                key, value = spelled(op)
                name = None if node else record.name
                yield Piece(key, value, name, key, op, [read], [Value(record.name, node, 0)], {})
            case _:
                pass

    def placed(self, piece: Piece) -> Piece:
        """An item with the values that it reads as they are called, and the axes that it is mapped over."""
        given = [self._lead(v) for v in piece.reads if v is not None] or [self.batch]
        if len({len(lead) for lead in given}) > 1:
            raise Unsayable("reads values for each step, and values for each sample")
        lead = tuple(joined(extents) for extents in zip(*given, strict=True))
        if any(len({size for size in extent if isinstance(size, int)}) > 1 for extent in lead):
            raise Unsayable("reads values for each of several numbers of steps")
        for value in piece.gives if len(lead) > 1 else ():
            self.merged[value] = lead
        self._follow(piece, [self._lead(v) for v in piece.reads if v is not None])
        reads = [None if v is None else self.same.get(v, v) for v in piece.reads]
        return piece._replace(reads=reads, over=lead[1:])

    def called(self, tree: Any) -> list[Value]:
        """The values in lists and mappings, as they are called."""
        return [self.same.get(v, v) for v in leaves(tree)]

    def _note(self, value: Value, of: Value, lead: Extents) -> None:
        self.same[value] = self.same.get(of, of)
        if len(lead) > 1:
            self.merged[value] = lead

    def _lead(self, value: Value) -> Extents:
        """What is merged in the first axis of a value."""
        return self.merged.get(value, self.batch)

    def _axes(self, value: Value) -> Extents:
        """All axes of a value, those that are merged in its first one by one."""
        value = self.same.get(value, value)
        sort = self.network.types.get(value)
        if sort is None or not sort.has_batch:
            raise Unsayable(f"reads `{value.layer}`, whose shape the file does not say")
        behind = axes_of(value, sort.sizes)
        known = self.followed.get(value, ())
        if len(known) == len(behind):
            behind = map(joined, zip(behind, known, strict=True))
        return (*self._lead(value), *behind)

    def _follow(self, piece: Piece, given: Sequence[Extents]) -> None:
        """Keep which axes of what an item makes are as long as axes of what it reads."""
        values = [v for v in piece.reads if v is not None]
        sorts = [self.network.types.get(self.same.get(v, v)) for v in values]
        if piece.op is None or not self.has_rows or None in sorts:
            return
        inputs = [self._axes(v)[len(lead) :] for v, lead in zip(values, given, strict=True)]
        dtypes = [sort.dtype for sort in sorts if sort is not None]
        self.followed.update(zip(piece.gives, followed(piece.op, inputs, dtypes), strict=False))

    def _reshapes(self, of: Value, result: Value, target: Any) -> bool:
        """Whether a reshape is a fold or an unfold, which is then noted."""
        before, asked = self.network.types.get(of), _reshaped(target)
        after = self.network.types.get(result) or asked
        if before is None or after is None or not before.has_batch or not _fits(asked, after):
            return False
        lead, longer = self._lead(of), len(before.sizes) - len(after.sizes)
        if longer > 0:
            inside = self._axes(of)[: len(lead) + longer]
            merged = before.sizes[:longer]
            is_fold = before.sizes[longer:] == after.sizes and prod(s or 2 for s in merged) != 1
            if is_fold and (None not in after.sizes or _is_known(after.batch, inside)):
                self._note(result, of, inside)
                return True
        outside, steps = lead[:longer], lead[longer:]
        is_unfold = longer < 0 and outside and after.sizes == (*map(number_of, steps), *before.sizes)
        if is_unfold and (product_of(steps) is not None or _is_known(after.batch, outside)):
            self._note(result, of, outside)
            return True
        return False

    def _wanted(self, of: Value, rows: Rows) -> tuple[Extents, list[Wanted]]:
        """What is merged in the first axis where a value's elements are in these rows, and what the others hold."""
        axes = self._axes(of)
        batch, *sizes = map(self._length, rows.sizes)
        known = product_of(batch.axes)
        for i in range(1, len(axes) + 1):
            if are_alike(axes[:i], batch.axes) or (known is not None and product_of(axes[:i]) == known):
                break
        else:
            raise Unsayable("takes rows by numbers that are not those of its own axes")
        if batch.step != 1 or batch.times != 1:
            raise Unsayable("takes rows by numbers that are not those of its own axes")
        tail = axes[len(self._lead(of)) :] if rows.tail is None else [frozenset({s}) for s in rows.tail]
        return axes[:i], [*sizes, *(Wanted((extent,)) for extent in tail)]

    def _length(self, length: Length) -> Wanted:
        if isinstance(length, int):
            return Wanted((frozenset({length}),))
        lead, axes = self._lead(length.value), self._axes(length.value)
        found = [lead if i == 0 else (axes[len(lead) - 1 + i],) for i in length.axes]
        return Wanted(tuple(extent for extents in found for extent in extents), length.step, length.times)


def _is_known(size: int | None, extents: Extents) -> bool:
    return size is not None and size == product_of(extents)


def _fits(asked: Sort | None, made: Sort) -> bool:
    """Whether a reshape to what is asked makes what the file says that it does."""
    return (
        asked is not None
        and len(asked.sizes) == len(made.sizes)
        and all(a in (None, b) for a, b in zip(asked.sizes, made.sizes, strict=True))
    )


def _reshaped(target: Any) -> Sort | None:
    """The shape that a reshape to these sizes has."""
    sizes = cast("list[Any]", target) if isinstance(target, list) else []
    if not sizes or not all(type(size) is int for size in sizes):
        return None
    batch, *behind = (None if size == -1 else size for size in sizes)
    return Sort(tuple(behind), batch, "")
