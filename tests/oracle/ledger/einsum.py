"""The entries for EinsumDense."""

from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import Entry, arguments_of, has_op, makes_another, refused, refused_at


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
    if not has_op(verdict, "EinsumDense") or verdict.case.ops[-1] == "EinsumDense":
        return False
    return makes_another(verdict) or (verdict.keras.stage == "batch" and _announces_reversed(verdict))


def _announces_reversed(verdict: Verdict) -> bool:
    """Whether what stands for `...` in an announced shape is another thing in reverse: layers behind fit that alone."""
    for step, made in zip(verdict.case.steps, verdict.keras.made, strict=False):
        equation = str(step.arguments.get("equation", ""))
        if step.op == "EinsumDense" and "->..." in equation:
            leading = made.shapes[0][: -len(equation.split("->...")[1])]
            if leading != leading[::-1]:
                return True
    return False


def _more_axes(verdict: Verdict) -> bool:
    return refused_at(verdict, "E200", "EinsumDense")


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "more axes than letters",
        "Keras runs some equations as products of matrices, which take any axes in front",
        _more_axes,
    ),
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
