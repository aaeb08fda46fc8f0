"""Networks over symbolic sizes run in Keras at the sizes that their constraints allow, and at no other."""

from math import prod
from pathlib import Path
from random import Random
from typing import Any

import keras
import numpy as np
import pytest

import specc
from specc.pipeline import check_text
from tests.properties.symbolic import FAMILIES, allows, stretches

Sizes = dict[str, int]


def built(text: str, folder: Path) -> Any:
    """The model of a spec, loaded again without specc."""
    path = folder / "network.yaml"
    path.write_text(text, encoding="utf-8")
    specc.build(path, out=folder / "network.keras")
    return keras.saving.load_model(folder / "network.keras")


def results(model: Any, text: str, sizes: Sizes) -> list[np.ndarray]:
    """What the model makes of a batch of two, whose sizes are these; what it reads comes first."""
    (tensor,) = check_text(text, settings=sizes).inputs.values()
    shape = [2, *(size for size in tensor.shape.sizes if isinstance(size, int))]
    x = np.arange(prod(shape), dtype=tensor.dtype).reshape(shape)
    return [x, *keras.tree.flatten(keras.tree.map_structure(np.asarray, model(x)))]


@pytest.mark.parametrize(
    ("shape", "target", "several"),
    [
        ("[T, S, 4]", "[2*T, S, 2]", [{"T": 3, "S": 5}, {"T": 1, "S": 1}]),
        ("[T, S, 4]", "[T*S, 2, 2]", [{"T": 3, "S": 5}]),
        ("[T, S, 4]", "[T // 2, 2, S, 4]", [{"T": 4, "S": 3}]),
        ("[T, S, 4]", "[S, T, 4]", [{"T": 3, "S": 5}, {"T": 2, "S": 2}]),
        ("[T, 6, S, 4]", "[2*T, 3, S // 3, 12]", [{"T": 2, "S": 6}]),
        ("[2*T + 1, S, 2]", "[S, 2*T + 1, 2]", [{"T": 2, "S": 3}, {"T": 1, "S": 4}]),
        ("[T, S, 2]", "[T - T // 2, S, 4]", [{"T": 4, "S": 3}]),
        ("[2*T, 6]", "[T, 4, -1]", [{"T": 4}]),
        ("[T, S - 2]", "[S - 2, T]", [{"T": 2, "S": 5}]),
        ("[T*S + T, S, 2]", "[S, 2*T*S + 2*T]", [{"T": 2, "S": 5}]),
    ],
)
def test_reshapes_to_several_symbolic_sizes(
    shape: str, target: str, several: list[Sizes], tmp_path: Path
) -> None:
    text = f"specc: 1\nname: a\ninputs: {{x: {shape}}}\nlayers:\n  - Reshape: {target}\n"
    report = check_text(text)
    model = built(text, tmp_path)
    for sizes in several:
        assert allows(report, sizes)
        x, y = results(model, text, sizes)
        assert y.shape[1:] == check_text(text, settings=sizes).layers[-1].outputs[0].sizes
        assert np.array_equal(x.ravel(), y.ravel())


@pytest.mark.parametrize(
    ("shape", "layer", "batch", "several"),
    [
        ("[H, W, 1]", '"(h a) (w b) c -> (h w) (a b c)", sizes: {a: 2, b: 2}', 2, [(4, 7), (8, 5), (5, 4)]),
        ("[H, W]", '"(h a) w -> h (a w)", sizes: {h: 2, a: 3}', 2, [(12, 1), (18, 5), (3, 4)]),
        ("[H, 8, W]", '"(h a) b w -> h (a b) w", sizes: {a: 3}', 3, [(4, 2), (5, 3), (1, 1)]),
    ],
)
def test_reshapes_of_other_sizes_fail(
    shape: str, layer: str, batch: int, several: list[tuple[int, int]], tmp_path: Path
) -> None:
    """As many elements in all would be no help: what is of one sample stays there."""
    text = f"specc: 1\nname: a\ninputs: {{x: {shape}}}\nlayers:\n  - rearrange: {{pattern: {layer}}}\n"
    model = built(text, tmp_path)
    report = check_text(text)
    for height, width in several:
        sizes = {"H": height, "W": width}
        assert not allows(report, sizes)
        declared = report.inputs["x"].shape.sizes
        x = [size if isinstance(size, int) else sizes[str(size)] for size in declared]
        with pytest.raises(Exception, match=r"shape|reshape|indices"):
            model(np.zeros([batch, *x], "float32"))


def hold_against_keras(text: str, folder: Path, several: list[Sizes]) -> None:
    """A batch runs at sizes that the constraints allow, and makes what was inferred; at others it fails."""
    report = check_text(text)
    if not report.ok:
        return
    model = built(text, folder)
    for sizes in several:
        concrete = check_text(text, settings=sizes)
        if stretches(concrete):
            continue
        if allows(report, sizes):
            _, *made = results(model, text, sizes)
            wanted = [tensor.shape.sizes for tensor in concrete.outputs.values()]
            assert [value.shape[1:] for value in made] == wanted, f"{sizes}:\n{text}"
        else:
            assert not runs(model, text, sizes), f"{sizes} with {report.constraints}:\n{text}"


def runs(model: Any, text: str, sizes: Sizes) -> bool:
    """Whether Keras makes something of a batch of these sizes, which it does not mind to be nothing.

    It is told the sizes as well: over too few steps TensorFlow makes something of dilated convolutions, which Keras
    would not announce.
    """
    try:
        x, *made = results(model, text, sizes)
        keras.models.clone_model(model, input_tensors=keras.Input(x.shape[1:]))
    except Exception:
        return False
    return all(value.size for value in made)


def around(text: str, random: Random) -> list[Sizes]:
    """Sizes around the bounds of the constraints, and some others."""
    report = check_text(text)
    names = [name for name in "HTW" if f" {name}" in text.partition("layers")[0]]
    found: list[Sizes] = []
    for n in range(1, 100):
        sizes = dict.fromkeys(names, n)
        if report.ok and allows(report, sizes):
            found += [dict.fromkeys(names, k) for k in (n - 1, n, n + 1) if k]
            break
    return found + [{name: random.randint(1, 70) for name in names} for _ in range(3)]


@pytest.mark.parametrize("family", FAMILIES)
def test_constraints_are_those_of_keras(family: str, tmp_path: Path) -> None:
    random = Random(7)
    text = FAMILIES[family](random)
    hold_against_keras(text, tmp_path, around(text, random))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(67))
@pytest.mark.parametrize("family", FAMILIES)
def test_constraints_of_many_networks_are_those_of_keras(family: str, seed: int, tmp_path: Path) -> None:
    random = Random(5000 + seed)
    text = FAMILIES[family](random)
    hold_against_keras(text, tmp_path, around(text, random))
