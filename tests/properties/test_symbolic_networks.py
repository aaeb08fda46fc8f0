"""What specc says of symbolic sizes is what it says of every number in their place."""

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.pipeline import check_text
from specc.report import Report
from specc.shapes.dim import Size, bind, is_anonymous, symbols_of
from tests.properties.symbolic import FAMILIES, Spec, allows, joined, spec, stretches

SIZES = range(1, 257)


def symbols(report: Report) -> list[str]:
    sizes: list[Size] = [size for tensor in report.inputs.values() for size in tensor.shape.sizes]
    return sorted({name for size in sizes for name in symbols_of(size)})


def same_verdicts(text: Spec, sizes: range) -> None:
    """Constraints hold for just the sizes that run; a spec that is refused runs with none.

    But a reshape that cuts axes with names (E203) may by chance cut none, where one of them is short, and one that
    cuts none may by chance have the sizes of another order.
    """
    report = check_text(text)
    if any(diagnostic.code == "E203" for diagnostic in report.diagnostics):
        return
    names = symbols(report)
    others = (*sizes[:3], 16, 36, 45) if len(names) > 1 else ()
    for first, *rest in product(sizes, *[others for _ in names[1:]]):
        numbers = dict(zip(names, (first, *rest), strict=True))
        concrete = check_text(text, settings=numbers)
        if stretches(concrete) or any(diagnostic.code == "E203" for diagnostic in concrete.diagnostics):
            continue
        expected = concrete.ok
        if not report.ok:
            assert not expected, f"refused, and runs with {numbers}:\n{text}"
            continue
        told = [each.text for each in report.constraints]
        assert allows(report, numbers) == expected, f"{told}, with {numbers}:\n{text}"
        if expected and first % 7 == 3:
            same_shapes(report, concrete, numbers)


def same_shapes(symbolic: Report, concrete: Report, numbers: dict[str, int]) -> None:
    for row, known in zip(symbolic.layers, concrete.layers, strict=True):
        for a, b in zip(row.outputs, known.outputs, strict=True):
            sizes = [
                known if is_anonymous(size) else bind(size, numbers)
                for size, known in zip(a.sizes, b.sizes, strict=True)
            ]
            assert tuple(sizes) == b.sizes, row.name


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("family", FAMILIES)
def test_constraints_are_those_of_brute_force(family: str, seed: int) -> None:
    same_verdicts(FAMILIES[family](Random(seed)), range(1, 80))


def needed(text: Spec) -> None:
    """Each constraint is the only one that some sizes do not meet."""
    report = check_text(text)
    names = symbols(report)
    if not report.ok:
        return
    codes = [compile(each.text, each.text, "eval") for each in report.constraints]
    left = set(range(len(codes)))
    for point in product(range(1, 60 if len(names) < 3 else 24), repeat=len(names)):
        values = dict(zip(names, point, strict=True))
        failing = [i for i, code in enumerate(codes) if not eval(code, {}, dict(values))]
        if len(failing) == 1:
            left -= set(failing)
    assert not left, f"{[codes[i].co_filename for i in left]} follow from the others:\n{text}"


@pytest.mark.parametrize("seed", range(12))
def test_constraints_of_several_symbols_are_needed_and_enough(seed: int) -> None:
    text = joined(Random(seed))
    same_verdicts(text, range(1, 14))
    needed(text)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200))
def test_constraints_of_many_networks_of_several_symbols(seed: int) -> None:
    text = joined(Random(1000 + seed))
    same_verdicts(text, range(1, 30))
    needed(text)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(67))
@pytest.mark.parametrize("family", FAMILIES)
def test_constraints_of_many_networks_are_those_of_brute_force(family: str, seed: int) -> None:
    same_verdicts(FAMILIES[family](Random(1000 + seed)), SIZES)


small = st.integers(1, 4)
padding = st.sampled_from(["valid", "same"])


def built(text: str, *values: st.SearchStrategy[object]) -> st.SearchStrategy[str]:
    """The text with a value in the place of each `%s`."""
    return st.tuples(*values).map(lambda made: text % made)


STEPS = st.one_of(
    built("Conv1D: {filters: 2, kernel_size: %s, strides: %s, padding: %s}", small, small, padding),
    built("MaxPooling1D: {pool_size: %s, strides: %s, padding: %s}", small, small, padding),
    built("UpSampling1D: %s", small),
    built("ZeroPadding1D: [%s, %s]", small, small),
    built("Cropping1D: [%s, %s]", small, small),
    built("Conv1DTranspose: {filters: 2, kernel_size: %s, strides: %s}", small, small),
    built(
        "slice: {axis: 1, start: %s, stop: %s, step: %s}",
        st.integers(0, 3),
        st.sampled_from(["null", "-1", "-2"]),
        small,
    ),
    built("Reshape: [-1, %s]", st.sampled_from([1, 2, 4, 6])),
    built("ops.repeat: {repeats: %s, axis: 1}", small),
    built("ops.diff: {axis: 1, n: %s}", small),
    built("ops.pad: {pad_width: [[0, 0], [%s, %s], [0, 0]], mode: reflect}", small, small),
    built("{%s: {}, from: [_, x]}", st.sampled_from(["Add", "Concatenate", "Maximum"])),
    st.just("{Concatenate: {axis: 1}, from: [_, x]}"),
    built('{rearrange: {pattern: "(t k) c -> t (k c)", sizes: {k: %s}}}', small),
)


@given(st.lists(STEPS, min_size=1, max_size=6))
def test_a_symbolic_verdict_is_that_of_every_size(layers: list[str]) -> None:
    same_verdicts(spec("[T, 2]", layers), range(1, 41))
