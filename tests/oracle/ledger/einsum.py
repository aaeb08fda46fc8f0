"""The entries for EinsumDense."""

from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import Entry, arguments_of, has_op, refused


def _no_element(verdict: Verdict) -> bool:
    given = [v for *_, v in arguments_of(verdict, "output_shape")]
    return refused(verdict, "E107") and any(v == 0 or (isinstance(v, list) and 0 in v) for v in given)


def _null_announced(verdict: Verdict) -> bool:
    given = [v for op, _, v in arguments_of(verdict, "output_shape") if op == "EinsumDense"]
    nulls = any(isinstance(v, list) and None in v for v in given)
    return (
        nulls
        and verdict.accepted
        and verdict.keras.stage == "build"
        and verdict.case.ops[-1] != "EinsumDense"
    )


def _reversed_axes(verdict: Verdict) -> bool:
    shapes = [(m.shapes, r.shapes) for m, r in zip(verdict.keras.made, verdict.keras.ran, strict=False)]
    return (
        has_op(verdict, "EinsumDense")
        and verdict.case.ops[-1] != "EinsumDense"
        and any(a != b for a, b in shapes)
    )


ENTRIES: tuple[Entry, ...] = (
    Entry("no element", "projections make axes of no element", _no_element),
    Entry(
        "null announced",
        "EinsumDense announces null where its output_shape says so; specc builds it with the input's size",
        _null_announced,
    ),
    Entry(
        "reversed axes",
        "EinsumDense announces the axes of a leading `...` in reverse; specc builds it with letters for them",
        _reversed_axes,
    ),
)
