"""Where specc and Keras differ on a case: the verdict, or what is made."""

import itertools
from typing import Any, NamedTuple

from specc.backends.keras.build import build_model
from specc.passes.adapt import adapt
from specc.pipeline import check_text
from specc.report import Report
from specc.shapes.dim import Size
from tests.oracle.case import Case, to_spec
from tests.oracle.reference import Answer, ask_keras

Shapes = tuple[tuple[Any, ...], ...]


class Verdict(NamedTuple):
    """Both answers to a case, and in words where they differ; none: they agree."""

    case: Case
    codes: tuple[str, ...]
    messages: tuple[str, ...]
    keras: Answer
    differences: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Whether specc finds no error."""
        return not self.codes

    def __str__(self) -> str:
        specc = "accepts" if self.accepted else "; ".join(self.messages)
        keras = f"accepts {self.keras.made}" if self.keras.ok else f"{self.keras.stage}: {self.keras.error}"
        lines = (self.case.to_json(), f"  specc: {specc}", f"  keras: {keras}")
        return "\n".join((*lines, *(f"  {text}" for text in self.differences)))


def judge(case: Case, build: bool = False) -> Verdict:
    """Ask both; `build`: also build the case through specc where it is valid."""
    answer = ask_keras(case)
    try:
        report = check_text(to_spec(case))
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
        return Verdict(case, ("fault",), (fault,), answer, ("specc fails itself",))
    errors = [d for d in report.diagnostics if d.is_error]
    codes = tuple(d.code for d in errors)
    messages = tuple(f"{d.code} {d.message}" for d in errors)
    if errors:
        found = ("specc refuses what Keras accepts",) if answer.ok else ()
    elif answer.stage == "build":
        found = ("Keras does not build what specc accepts",)
    else:
        found = _compare(case, report, answer)
        if not answer.ok:
            found = (*found, "Keras does not run a batch through what specc accepts")
        elif build and not found:
            found = _build(report)
    return Verdict(case, codes, messages, answer, tuple(found))


def _compare(case: Case, report: Report, answer: Answer) -> tuple[str, ...]:
    """Where results and parameters of accepted layers differ."""
    typed = report.typed
    assert typed is not None
    found: list[str] = []
    for number, (layer, made) in enumerate(zip(typed.graph.layers, answer.made, strict=True)):
        tensors = [typed.types[value] for value in layer.outputs]
        shapes = tuple(_numbers(t.shape.sizes) for t in tensors if t is not None)
        weights = typed.weights[number]
        assert weights is not None, "only layers of one's own may not tell"
        params = (weights.trainable, weights.fixed)
        if params != (made.trainable, made.fixed):
            found.append(f"{layer.name}: parameters {params}, Keras {(made.trainable, made.fixed)}")
        if not answer.ok:
            if shapes != made.shapes:
                found.append(f"{layer.name}: shapes {shapes}, Keras {made.shapes}")
            continue
        ran = answer.ran[number]
        dtypes = tuple(t.dtype for t in tensors if t is not None)
        if not _same(shapes, ran.shapes, made.shapes):
            found.append(f"{layer.name}: shapes {shapes}, Keras {ran.shapes}")
        if dtypes != ran.dtypes:
            found.append(f"{layer.name}: dtypes {dtypes}, Keras {ran.dtypes}")
    return tuple(found)


def _same(ours: Shapes, ran: Shapes, made: Shapes) -> bool:
    """Whether shapes are those of a batch; a size that specc does not know is one that Keras does not announce."""
    if [len(s) for s in ours] != [len(s) for s in ran] or ours == ran:
        return ours == ran
    sizes = zip(*(itertools.chain.from_iterable(shapes) for shapes in (ours, ran, made)), strict=True)
    return all(a == b or (not isinstance(a, int) and c is None) for a, b, c in sizes)


def _numbers(sizes: tuple[Size, ...]) -> tuple[int | None, ...]:
    return tuple(size if isinstance(size, int) else None for size in sizes)


def _build(report: Report) -> tuple[str, ...]:
    """What goes wrong where specc builds the model itself."""
    typed: Any = report.typed
    weights = {layer.name: typed.weights[i] for i, layer in enumerate(typed.graph.layers)}
    outcome = build_model(adapt(typed), weights)
    return tuple(f"{d.code} {d.message}" for d in outcome.diagnostics)
