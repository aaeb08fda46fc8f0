"""The entries for adaptive pooling and RMSNormalization."""

from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import (
    Entry,
    arguments_of,
    batch_fails,
    has_op,
    makes_another,
    refused,
    refused_at,
)

ADAPTIVE = tuple(f"Adaptive{kind}Pooling{n}D" for kind in ("Average", "Max") for n in (1, 2, 3))


def _adaptive_rank(verdict: Verdict) -> bool:
    return refused_at(verdict, "E200", *ADAPTIVE) and makes_another(verdict)


def _laid_over(verdict: Verdict) -> bool:
    return refused_at(verdict, "E203", "RMSNormalization")


def _reverse_dtype(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and verdict.case.mutated == "reverse_dtype"


def _no_kernel(verdict: Verdict) -> bool:
    pools = [op for op in ADAPTIVE if op.endswith("3D")]
    return has_op(verdict, *pools) and batch_fails(
        verdict, "No OpKernel was registered", "Could not find device"
    )


def _no_format(verdict: Verdict) -> bool:
    given = [not value for op, _, value in arguments_of(verdict, "data_format") if op in ADAPTIVE]
    return refused(verdict, "E107") and any(given)


def _batch_as_vector(verdict: Verdict) -> bool:
    return refused_at(verdict, "E200", "ReversibleEmbedding")


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "adaptive rank",
        "adaptive pooling over more axes than it is given makes other axes than it announces",
        _adaptive_rank,
    ),
    Entry(
        "scale of RMS", "RMSNormalization lays its scale over the last axes, whatever the axis", _laid_over
    ),
    Entry("adaptive kernels", "TensorFlow pools 3-D values of some dtypes on accelerators only", _no_kernel),
    Entry(
        "adaptive format", "adaptive pooling takes what Python takes for false for no data format", _no_format
    ),
    Entry(
        "batch as vector",
        "an embedding turned back takes a batch of numbers for one vector",
        _batch_as_vector,
    ),
    Entry("reverse dtype", "an embedding is not turned back into integers", _reverse_dtype),
)
