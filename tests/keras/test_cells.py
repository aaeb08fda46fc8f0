"""States go from layer to layer as Keras takes and gives them; kernels that are normalized are those of the layer."""

import textwrap
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import specc

X = np.random.default_rng(0).normal(size=(3, 6, 5)).astype("float32")


def built(tmp_path: Path, text: str) -> Any:
    """The model of a spec, saved and loaded again."""
    path = tmp_path / "network.yaml"
    path.write_text("specc: 1\nname: network\n" + textwrap.dedent(text))
    model = specc.build(path)
    model.save(tmp_path / "network.keras")
    return keras.models.load_model(tmp_path / "network.keras")


def agree(outputs: Any, *names: str) -> None:
    first, *others = (np.asarray(outputs[name]) for name in names)
    assert np.abs(first).max() > 0
    for other in others:
        assert np.allclose(first, other, atol=1e-5)


CELLS = [
    ("{LSTMCell: 4}", ["h", "c"]),
    ("[{LSTMCell: 4}, {GRUCell: 3}]", ["h", "c", "g"]),
    ("[{GRUCell: 3}, {LSTMCell: 4}, {SimpleRNNCell: 2}]", ["g", "h", "c", "s"]),
]


@pytest.mark.parametrize(("cell", "states"), CELLS)
def test_a_sequence_in_two_parts_ends_as_the_whole(tmp_path: Path, cell: str, states: list[str]) -> None:
    unwanted = ", ".join("_" * len(states))
    model = built(
        tmp_path,
        f"""
        inputs: {{x: [time: 6, feature: 5]}}
        layers:
          - RNN: {{cell: {cell}, return_state: true}}
            name: whole
            as: [end, {unwanted}]
          - slice: {{axis: time, stop: 2}}
            from: x
            name: head
          - slice: {{axis: time, start: 2}}
            from: x
            name: tail
          - reuse: whole
            from: head
            as: [_, {", ".join(states)}]
          - reuse: whole
            from: {{sequences: tail, initial_state: [{", ".join(states)}]}}
            as: [again, {unwanted}]
        outputs: [end, again]
        """,
    )
    agree(model(X), "end", "again")


def one_step(number: int) -> str:
    """The layers of one step: the first makes the cells, the others reuse them."""
    cells = "StackedRNNCells: [{LSTMCell: 4}, {GRUCell: 3}]" if number == 0 else "reuse: cells0"
    return f"""
          - slice: {{axis: time, index: {number}}}
            from: x
            name: x{number}
          - {cells}
            name: cells{number}
            from: [x{number}, h{number}, c{number}, g{number}]
            as: [y{number}, h{number + 1}, c{number + 1}, g{number + 1}]"""


def test_cells_called_step_by_step_are_the_layer_that_runs_them(tmp_path: Path) -> None:
    model = built(
        tmp_path,
        f"""
        inputs: {{x: [time: 3, feature: 5], h0: [feature: 4], c0: [feature: 4], g0: [feature: 3]}}
        layers:
          - RNN: [{{LSTMCell: 4}}, {{GRUCell: 3}}]
            name: run
            from: {{sequences: x, initial_state: [h0, c0, g0]}}{one_step(0)}{one_step(1)}{one_step(2)}
        outputs: [run, y2]
        """,
    )
    model.get_layer("run").set_weights(model.get_layer("cells0").get_weights())
    random = np.random.default_rng(1)
    states = {
        name: random.normal(size=(3, n)).astype("float32") for name, n in (("h0", 4), ("c0", 4), ("g0", 3))
    }
    agree(model({"x": X[:, :3], **states}), "run", "y2")


def test_both_directions_start_from_their_own_states(tmp_path: Path) -> None:
    model = built(
        tmp_path,
        """
        inputs: {x: [time: 6, feature: 5], h: [feature: 4], c: [feature: 4], g: [feature: 4]}
        layers:
          - Bidirectional: {layer: {RNN: [{LSTMCell: 4}, {GRUCell: 4}]}, merge_mode: null}
            name: both
            from: {sequences: x, initial_state: [h, c, g, g, c, h]}
            as: [ahead, back]
          - RNN: [{LSTMCell: 4}, {GRUCell: 4}]
            name: forth
            from: {sequences: x, initial_state: [h, c, g]}
          - RNN: {cell: [{LSTMCell: 4}, {GRUCell: 4}], go_backwards: true}
            name: turned
            from: {sequences: x, initial_state: [g, c, h]}
        outputs: [ahead, back, forth, turned]
        """,
    )
    both = model.get_layer("both")
    model.get_layer("forth").set_weights(both.forward_layer.get_weights())
    model.get_layer("turned").set_weights(both.backward_layer.get_weights())
    states = {
        name: np.random.default_rng(n).normal(size=(3, 4)).astype("float32") for n, name in enumerate("hcg")
    }
    outputs = model({"x": X, **states})
    agree(outputs, "ahead", "forth")
    agree(outputs, "back", "turned")


def test_a_normalized_convolution_with_the_channels_first_is_the_one_with_them_last(tmp_path: Path) -> None:
    model = built(
        tmp_path,
        """
        inputs: {x: [6, 5]}
        layers:
          - SpectralNormalization: {layer: {Conv1D: {filters: 4, kernel_size: 3, data_format: channels_first}}}
            name: first
          - Permute: [2, 1]
            from: x
          - SpectralNormalization: {layer: {Conv1D: {filters: 4, kernel_size: 3}}}
            name: last
          - Permute: [2, 1]
            name: turned
        outputs: [first, turned]
        """,
    )
    (first,) = (layer for layer in model.layers if layer.name.startswith("first") and layer.weights)
    model.get_layer("last").set_weights(first.get_weights())
    agree(model(X), "first", "turned")


def test_an_equation_with_dots_means_what_it_says(tmp_path: Path) -> None:
    model = built(
        tmp_path,
        """
        inputs: {x: [2, 3, 5]}
        layers:
          - EinsumDense: {equation: "...x,xy->...y", output_shape: 4, bias_axes: y}
            name: dots
          - Dense: 4
            name: dense
            from: x
        outputs: [dots, dense]
        """,
    )
    model.get_layer("dots").set_weights(model.get_layer("dense").get_weights())
    agree(model(X.reshape(3, 2, 3, 5)), "dots", "dense")
