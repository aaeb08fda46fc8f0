"""The entries for cells called by themselves."""

from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import Entry, arguments_of, has_op, refused, refused_at

CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells")


def _dropout(verdict: Verdict) -> bool:
    given = any(value for *_, value in arguments_of(verdict, "dropout", "recurrent_dropout"))
    return given and refused(verdict, "E107") and has_op(verdict, *CELLS)


def _no_cells(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and any(v == [] for *_, v in arguments_of(verdict, "cells"))


def _axes(verdict: Verdict) -> bool:
    return any(refused_at(verdict, code, *CELLS, "RNN") for code in ("E200", "E201"))


def _integers(verdict: Verdict) -> bool:
    return refused_at(verdict, "E210", *CELLS)


def _cut(verdict: Verdict) -> bool:
    return refused_at(verdict, "E210", "SpectralNormalization")


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "dropout of a cell", "a cell by itself draws its mask once, and keeps it for all batches", _dropout
    ),
    Entry("no cells", "a stack of no cells makes what it is given", _no_cells),
    Entry("axes of a cell", "a SimpleRNNCell stretches its states over more axes than its own", _axes),
    Entry("whole vectors", "a SpectralNormalization cuts what it makes of integers to integers", _cut),
    Entry("states of integers", "some cells compute with states that are no floats", _integers),
)
