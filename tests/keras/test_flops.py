"""FLOPs against TensorFlow's profiler, over the operations that it counts.

It counts no activations (but softmax) and no comparisons; specc counts 1 for each element. So activations are left
out here on both sides.
"""

from pathlib import Path
from typing import Any

import pytest

import specc
from specc.ops import making
from specc.ops.declare import Op
from specc.passes.cost import rows
from specc.pipeline import check_file
from tests.keras.profiler import counted_flops

SPECS = Path(__file__).parents[2] / "specs"
ACTIVATIONS = frozenset(("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"))


def without_activation(op: Op) -> Op:
    """The same op, its result left linear."""
    if getattr(op, "activation", None) is None or op.name in ACTIVATIONS:
        return op
    return making.make(type(op), {**op.arguments, "activation": None})


def inferred_flops(spec: str | Path) -> int:
    """The FLOPs that check infers, activations left out."""
    typed = check_file(str(spec)).report.typed
    assert typed is not None
    plain = typed._replace(ops=[None if op is None else without_activation(op) for op in typed.ops])
    flops = [row.flops for row in rows(plain) if row.op not in ACTIVATIONS]
    return sum(number for number in flops if isinstance(number, int))


def spec_of(tmp_path: Path, shape: list[int], *layers: str) -> Path:
    path = tmp_path / "network.yaml"
    lines = ["specc: 1", "name: network", f"inputs: {{x: {shape}}}", "layers:", *(f"  - {x}" for x in layers)]
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize(
    ("shape", "layers"),
    [
        ([12], ["Dense: 5"]),
        ([9, 12], ["Dense: {units: 5, use_bias: false}"]),
        ([20, 3], ["Conv1D: {filters: 4, kernel_size: 3, strides: 2}"]),
        ([12, 10, 3], ["Conv2D: {filters: 4, kernel_size: [3, 2], padding: same}"]),
        ([12, 10, 3], ["Conv2D: {filters: 4, kernel_size: 3, dilation_rate: 2}"]),
        ([12, 10, 3], ["DepthwiseConv2D: {kernel_size: 3, depth_multiplier: 2}"]),
        ([12, 10, 3], ["SeparableConv2D: {filters: 8, kernel_size: 3, padding: same}"]),
        ([6, 5, 3], ["Conv2DTranspose: {filters: 4, kernel_size: 3, strides: 2, padding: same}"]),
        ([12, 10, 3], ["MaxPooling2D: 2"]),
        ([12, 10, 3], ["AveragePooling2D: {pool_size: 3, strides: 2}"]),
        ([12, 10, 3], ["GlobalAveragePooling2D"]),
        ([12, 10, 3], ["Conv2D: {filters: 3, kernel_size: 1}", "Add: {}\n    from: [_, x]"]),
        ([12, 10, 3], ["Conv2D: {filters: 3, kernel_size: 1}", "Multiply: {}\n    from: [_, x]"]),
    ],
    ids=str,
)
def test_a_layer_costs_what_the_profiler_counts(tmp_path: Path, shape: list[int], layers: list[str]) -> None:
    spec = spec_of(tmp_path, shape, *layers)
    counted = counted_flops(specc.build(spec))
    assert counted > 0
    assert inferred_flops(spec) == counted


def test_a_normalization_costs_two_an_element(tmp_path: Path) -> None:
    """The profiler adds what is computed of the statistics, once for all samples: 3 for each of 3 channels."""
    spec = spec_of(tmp_path, [12, 10, 3], "BatchNormalization")
    assert inferred_flops(spec) == counted_flops(specc.build(spec)) - 3 * 3


@pytest.mark.parametrize(("kind", "sizes"), [("Average", [5, 3]), ("Max", [11, 20])])
def test_adaptive_pooling_costs_what_both_its_windows_read(
    tmp_path: Path, kind: str, sizes: list[int]
) -> None:
    """The profiler adds which window makes each place along an axis, worked out once for all samples: 8 for each."""
    spec = spec_of(tmp_path, [12, 10, 3], f"Adaptive{kind}Pooling2D: {{output_size: {sizes}}}")
    assert inferred_flops(spec) == counted_flops(specc.build(spec)) - 8 * sum(sizes)


@pytest.mark.parametrize("name", ["resnet50", "mobilenet_v2", "unet"])
def test_a_network_costs_what_the_profiler_counts(name: str) -> None:
    spec = SPECS / f"{name}.yaml"
    model: Any = specc.build(spec)
    assert inferred_flops(spec) == pytest.approx(counted_flops(model), rel=0.01)
