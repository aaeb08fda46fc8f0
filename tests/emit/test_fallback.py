"""What cannot be folded is written out in full; faults are not taken for that."""

from typing import Any

import pytest

from specc.backends.emit import module
from specc.backends.emit.code import Call, Name
from specc.backends.emit.draft import Draft
from specc.backends.emit.module import alive, emit, folded, module_text, written_out
from specc.backends.emit.nodes import Program, Step
from specc.backends.emit.program import flat_program
from specc.backends.emit.replay import OtherProgram
from specc.ir.graph import Explicit
from specc.pipeline import Options, check_source, explicit
from specc.source import Source

SPEC = """
specc: 1
name: loops
inputs:
  x: [feature: 4]
layers:
  - repeat: 2
    layers:
      - Dense: 4
  - Dense: 3
"""

real = module.factored


def network() -> Explicit:
    return explicit(check_source(Source("spec.yaml", SPEC), Options()))


def flat_text() -> str:
    flat = flat_program(network())
    return module_text(written_out(network(), flat, alive(flat), None), flat.imports)


def without_the_last(draft: Draft) -> Program:
    program = real(draft)
    *body, last = program.body
    assert isinstance(last, Step)
    assert isinstance(last.expr, Call)
    return program._replace(body=(*body, last._replace(expr=last.expr.arguments[0])))


def of_another_layer(draft: Draft) -> Program:
    program = real(draft)
    *body, last = program.body
    assert isinstance(last, Step)
    assert isinstance(last.expr, Call)
    called = last.expr._replace(function=Call(Name("layers.ReLU")))
    return program._replace(body=(*body, last._replace(expr=called)))


def with_rounds_that_are_no_number(draft: Draft) -> Program:
    program = real(draft)
    loop: Any = program.body[1]
    return program._replace(body=(*program.body[:1], loop._replace(number=Name("x")), *program.body[2:]))


@pytest.mark.parametrize("wrong", [without_the_last, of_another_layer, with_rounds_that_are_no_number])
def test_another_program_is_never_emitted(wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "for i in range(2):" in emit(network())
    assert "for i" not in flat_text()
    monkeypatch.setattr(module, "factored", wrong)
    with pytest.raises(OtherProgram):
        flat = flat_program(network())
        module.folded(network(), flat, alive(flat), None)
    assert emit(network()) == flat_text()


def test_a_fault_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(draft: Draft) -> Program:
        raise AssertionError("a fault")

    monkeypatch.setattr(module, "factored", faulty)
    with pytest.raises(AssertionError, match="a fault"):
        emit(network())


ROUNDS_IN_ROWS = """
specc: 1
name: rounds_in_rows
inputs:
  x: [time: 3, feature: 4]
layers:
  - Dense: 2
  - each: {units: [1, 2]}
    layers:
      - repeat: 2
        layers:
          - residual: [{Dense: 2}]
            shortcut: [{Dense: 2}]
      - Dense: $units
"""


def test_rounds_of_residuals_in_rows_are_folded() -> None:
    network = explicit(check_source(Source("spec.yaml", ROUNDS_IN_ROWS), Options()))
    flat = flat_program(network)
    text = module_text(folded(network, flat, alive(flat), None), flat.imports)
    assert "        x = dense\n        for j in range(2):\n" in text
    assert emit(network) == text
