"""Checks over symbolic sizes, beside checks of the same networks with numbers in their place.

What specc keeps of expressions from one check to the next is forgotten each time: a check is the first of its process.
"""

import sys
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from benchmarks.options import Options
from benchmarks.table import Row
from benchmarks.timing import cost_of, in_turns

LEVELS = 4
BUDGET_RATIO = 3.0
BUDGET_LAYER = 10.0
BUDGET_SOLVING = 20.0


class Sample(NamedTuple):
    """A network: its text with symbols, with numbers, and how many layers it has."""

    name: str
    symbolic: str
    concrete: str
    layers: int


def _spec(name: str, shape: str, concrete: str, items: list[str]) -> Sample:
    layers = "\n".join(f"  - {item}" for item in items)
    symbolic, known = (
        f"specc: 1\nname: a\ninputs:\n  x: {sizes}\nlayers:\n{layers}\n" for sizes in (shape, concrete)
    )
    return Sample(f"{name}, {len(items)} layers", symbolic, known, len(items))


def unet() -> Sample:
    """100 layers: four levels down and up, with skips."""
    items: list[str] = []

    def convolve(level: int, count: int) -> None:
        for i in range(count):
            items.append(f"Conv2D: {{filters: {8 << level}, kernel_size: 3, padding: same}}")
            if i % 2:
                items.append("BatchNormalization")

    for level in range(LEVELS):
        convolve(level, 6)
        items.append(
            f"{{Conv2D: {{filters: {8 << level}, kernel_size: 3, padding: same}}, name: skip{level}}}"
        )
        items.append("MaxPooling2D: 2")
    convolve(LEVELS, 8)
    for level in reversed(range(LEVELS)):
        items.append(f"Conv2DTranspose: {{filters: {8 << level}, kernel_size: 2, strides: 2}}")
        items.append(f"{{Concatenate: {{}}, from: [_, skip{level}]}}")
        convolve(level, 6)
    return _spec("U-Net", "[height: H, width: W, channel: 3]", "[height: 256, width: 384, channel: 3]", items)


def convolutions() -> Sample:
    """100 valid convolutions and poolings of a sequence, of kernels that differ."""
    items: list[str] = []
    for i in range(100):
        kernel, stride = 2 + i % 4, 2 if i % 25 == 24 else 1
        items.append(f"Conv1D: {{filters: {8 + i}, kernel_size: {kernel}, strides: {stride}}}")
    return _spec("valid convolutions", "[time: T, channel: 3]", "[time: 16000, channel: 3]", items)


def measure(options: Options) -> Iterator[Row]:
    """Whole checks, what symbols add for each layer, and the solving alone."""
    for sample in (unet(), convolutions()):
        checks = [partial(_check, text) for text in (sample.symbolic, sample.concrete)]
        in_turns(checks, 2)
        symbolic, concrete = in_turns(checks, options.rounds(41, quick=9))
        ratio = symbolic.cpu / concrete.cpu
        yield Row(
            sample.name,
            f"{symbolic.cpu * 1000:.1f} ms",
            f"{concrete.cpu * 1000:.1f} ms",
            "the same with numbers",
            f"{ratio:.2f}",
            f"<= {BUDGET_RATIO}",
            ratio <= BUDGET_RATIO,
        )
        infer, settle = _parts(sample.symbolic, options.rounds(21, quick=5))
        plain, _ = _parts(sample.concrete, options.rounds(21, quick=5))
        added = (infer - plain) / sample.layers * 1e6
        yield Row(
            f"{sample.name}, rules",
            f"{infer / sample.layers * 1e6:.1f} us",
            f"{plain / sample.layers * 1e6:.1f} us",
            "a layer, with numbers",
            f"{infer / plain:.2f}",
            f"+ <= {BUDGET_LAYER:.0f} us",
            added <= BUDGET_LAYER,
        )
        yield Row(
            f"{sample.name}, solving",
            f"{settle * 1000:.2f} ms",
            "",
            "",
            "",
            f"<= {BUDGET_SOLVING:.0f} ms",
            settle * 1000 <= BUDGET_SOLVING,
        )


def forget() -> None:
    """Empty what modules of sizes keep."""
    for name, module in list(sys.modules.items()):
        if name.startswith("specc.shapes."):
            for kept in vars(module).values():
                if hasattr(kept, "cache_clear"):
                    kept.cache_clear()
                elif isinstance(kept, dict) and getattr(module, "_known", None) is kept and "truth" in name:
                    kept.clear()


def _check(text: str):
    from specc.pipeline import check_text

    forget()
    report = None

    def run() -> object:
        nonlocal report
        report = check_text(text)
        return report

    cost = cost_of(run)
    assert report is not None
    assert report.ok
    return cost


def _parts(text: str, rounds: int) -> tuple[float, float]:
    """The processor seconds of inference, and of solving what it demands."""
    from specc.passes.inference.demands import settle
    from specc.passes.inference.infer import infer
    from specc.passes.resolution.resolve import resolve
    from specc.passes.resolution.values import Findings
    from specc.source import Source
    from specc.syntax.parser import parse
    from specc.syntax.reader import read

    def graph():
        root, _ = read(Source("<benchmark>", text))
        assert root is not None
        document, _ = parse(root)
        return resolve(document, Findings(), settings={})

    def inference():
        made = graph()
        forget()
        return cost_of(lambda: infer(made, Findings()))

    def solving():
        typed = infer(graph(), Findings())
        forget()
        return cost_of(lambda: settle(typed, Findings()))

    inferring, settling = in_turns([inference, solving], rounds)
    return inferring.cpu, settling.cpu
