"""Text to report in one process: layers a second, how the time grows, and memory for each layer.

All of it runs in one thread, so that processor time is what an idle machine would take; it is what is shown.
"""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product

from benchmarks.networks import ARGUMENTS, FORMS, long_text
from benchmarks.options import Options
from benchmarks.prototype import shapes_of
from benchmarks.table import Row
from benchmarks.timing import Cost, cost_of, growth, in_turns
from specc.pipeline import check_text

LAYERS = (1_000, 10_000, 100_000)
KERAS_LAYERS = 400
RATE, EXPONENT, KIBIBYTES = 30_000, 1.05, 6


def measure(options: Options) -> Iterator[Row]:
    """Chains and residual networks, of layers that are written alike and of layers that are not."""
    sizes = options.layers or (LAYERS[:2] if options.quick else LAYERS)
    networks = list(product(FORMS, ARGUMENTS))
    for form, arguments in networks:  # what is imported and made on first use is not what is measured
        check(long_text(form, arguments, 1_000))
        shapes_of(long_text(form, arguments, 1_000))
    for form, arguments in networks:
        times: list[float] = []
        for layers in sizes:
            text = long_text(form, arguments, layers)
            both = [partial(timed, check, text), partial(timed, shapes_of, text)]
            rounds = options.rounds(max(3, min(15, 100_000 // layers)), quick=3)
            ours, peer = in_turns(both, rounds)
            times.append(ours.cpu)
            yield _rate(f"{form}, {arguments}, {layers:,} layers", layers, ours, peer, "bare prototype", RATE)
        if len(sizes) > 1:
            exponent = growth(sizes, times)
            figure = f"{form}, {arguments}, growth"
            yield Row(figure, f"n^{exponent:.3f}", "", "", "", f"<= {EXPONENT}", exponent <= EXPONENT)
        yield _memory(f"{form}, {arguments}, memory", long_text(form, arguments, 10_000), 10_000)
    yield from _beside_keras(options)


def check(text: str) -> object:
    """A check that must find nothing."""
    report = check_text(text)
    assert not report.diagnostics, report.diagnostics[0]
    return report


def timed(action: Callable[[str], object], text: str) -> Cost:
    """What `action` costs on a clean heap."""
    gc.collect()
    return cost_of(lambda: action(text))


def _rate(figure: str, layers: int, ours: Cost, peer: Cost, name: str, budget: int | None = None) -> Row:
    mine, others = layers / ours.cpu, layers / peer.cpu
    words = (f"{mine:,.0f}/s", f"{others:,.0f}/s", name, f"{mine / others:,.2f}x")
    return Row(figure, *words) if budget is None else Row(figure, *words, f">= {budget:,}/s", mine >= budget)


def _memory(figure: str, text: str, layers: int) -> Row:
    ours, peer = (_peak(action, text) / layers / 1024 for action in (check, shapes_of))
    words = (f"{ours:.2f} KiB", f"{peer:.2f} KiB", "bare prototype", f"{ours / peer:.2f}")
    return Row(figure, *words, f"<= {KIBIBYTES} KiB", ours <= KIBIBYTES)


def _peak(action: Callable[[str], object], text: str) -> int:
    """The most bytes that Python's allocator held for `action` at any time."""
    gc.collect()
    tracemalloc.start()
    kept = action(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return peak


def _beside_keras(options: Options) -> Iterator[Row]:
    """How fast Keras itself builds such networks: last, because it leaves millions of objects behind."""
    from benchmarks.keras_networks import long_network

    for form in FORMS:
        build = partial(timed, lambda _, form=form: long_network(form, KERAS_LAYERS), "")
        text = long_text(form, ARGUMENTS[1], KERAS_LAYERS)
        ours, keras = in_turns([partial(timed, check, text), build], options.rounds(3, quick=1))
        yield _rate(f"{form}, {KERAS_LAYERS} layers", KERAS_LAYERS, ours, keras, "Keras builds it")
