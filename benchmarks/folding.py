"""Networks that run once for each step: as specc builds them, and wrapped by hand in `TimeDistributed`."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import specc
from benchmarks.options import Options
from benchmarks.table import Row, milliseconds
from benchmarks.timing import Cost, cost_of, in_turns

BATCH = 32
STEPS = (4, 16, 64)
BATCHES, LENGTHS = (1, 2, 3, 5), (1, 2, 4, 7)
TOLERANCE = 1e-5
QUADRANTS, CONVOLUTIONS = "quadrant digits", "20x20, two convolutions"
BUDGETS = {
    QUADRANTS: {4: 1.8, 16: 2.0, 64: 4.0},
    CONVOLUTIONS: {4: 2.6, 16: 4.0, 64: 8.0},
}

QUADRANT_DIGITS = """
specc: 1
name: quadrant_digits
inputs:
  image: [time: {steps}, height: 56, width: 14, channel: 1]
layers:
  - Conv2D: {{filters: 32, kernel_size: 3, activation: relu}}
  - Conv2D: {{filters: 32, kernel_size: 3, activation: relu}}
  - MaxPooling2D: 2
  - Dropout: 0.25
  - LSTM: 5
  - Dense: 50
  - Dense: {{units: 10, activation: softmax}}
    name: digit
outputs:
  digit: [class: 10]
compile:
  optimizer: adam
  loss: categorical_crossentropy
  metrics: [accuracy]
"""

TWO_CONVOLUTIONS = """
specc: 1
name: two_convolutions
inputs:
  image: [time: {steps}, height: 20, width: 20, channel: 1]
layers:
  - Conv2D: {{filters: 16, kernel_size: 3, activation: relu}}
  - MaxPooling2D: 2
  - Conv2D: {{filters: 32, kernel_size: 3, activation: relu}}
  - MaxPooling2D: 2
  - Flatten: {{keep: [time]}}
  - Dense: {{units: 10, activation: softmax}}
    name: digit
outputs:
  digit: [time: {steps}, class: 10]
compile:
  optimizer: adam
  loss: categorical_crossentropy
  metrics: [accuracy]
"""


def measure(options: Options) -> Iterator[Row]:
    """Time for a training step and for the first one, then what is computed at an unknown number of steps."""
    from benchmarks import keras_networks

    for steps in options.steps or (STEPS[:2] if options.quick else STEPS):
        yield from _training(QUADRANTS, steps, QUADRANT_DIGITS, keras_networks.quadrant_digits, options)
        yield from _training(CONVOLUTIONS, steps, TWO_CONVOLUTIONS, keras_networks.two_convolutions, options)
    yield _unknown_steps()


def built(template: str, steps: int | str) -> Any:
    """The compiled model that specc builds."""
    return specc.build(template.format(steps=steps))


def _training(
    name: str, steps: int, template: str, by_hand: Callable[[int], Any], options: Options
) -> Iterator[Row]:
    import numpy as np

    ours, theirs = built(template, steps), by_hand(steps)
    theirs.set_weights(ours.get_weights())
    random = np.random.default_rng(0)
    x = random.normal(size=(BATCH, *ours.input_shape[1:])).astype("float32")
    outputs = ours.output_shape[1:]
    y = np.eye(outputs[-1], dtype="float32")[random.integers(outputs[-1], size=(BATCH, *outputs[:-1]))]
    apart = float(np.abs(np.asarray(ours(x)) - np.asarray(theirs(x))).max())
    train = [partial(_step, model, x, y) for model in (ours, theirs)]
    first, their_first = in_turns(train, 1)
    in_turns(train, 1)
    step, their_step = in_turns(train, options.rounds(15 if steps < 64 else 7, quick=3))
    ratio, budget = their_step.wall / step.wall, BUDGETS[name].get(steps)
    yield Row(
        f"{name}, {steps} steps: training step",
        milliseconds(step.wall),
        milliseconds(their_step.wall),
        "TimeDistributed",
        f"{ratio:.1f}x (cpu {their_step.cpu / step.cpu:.1f}x)",
        f">= {budget}x" if budget else "",
        None if budget is None else ratio >= budget,
    )
    yield Row(
        "  first call",
        milliseconds(first.wall),
        milliseconds(their_first.wall),
        "TimeDistributed",
        f"{their_first.wall / first.wall:.1f}x",
    )
    same = f"<= {TOLERANCE:g}"
    yield Row(
        "  outputs, greatest difference", f"{apart:.1e}", "", "same weights", "", same, apart <= TOLERANCE
    )


def _step(model: Any, x: Any, y: Any) -> Cost:
    return cost_of(lambda: model.train_on_batch(x, y))


def _unknown_steps() -> Row:
    """How many batches come out as by a loop over the steps, in a graph that is traced for any number of them."""
    import numpy as np
    import tensorflow as tf

    from benchmarks.keras_networks import one_step, two_convolutions

    ours, theirs, single = built(TWO_CONVOLUTIONS, "T"), two_convolutions(None), one_step()
    weights = ours.get_weights()
    theirs.set_weights(weights)
    single.set_weights(weights)
    signature = [tf.TensorSpec((None, None, 20, 20, 1))]
    traced = [tf.function(model, input_signature=signature) for model in (ours, theirs)]
    random = np.random.default_rng(1)
    tried = list(product(BATCHES, LENGTHS))
    equal = [0, 0]
    for batch, steps in tried:
        x = random.normal(size=(batch, steps, 20, 20, 1)).astype("float32")
        loop = np.stack([np.asarray(single(x[:, i])) for i in range(steps)], axis=1)
        for which, model in enumerate(traced):
            equal[which] += _gives(model, x, loop)
    return Row(
        "unknown steps: batches as by a loop",
        f"{equal[0]} of {len(tried)}",
        f"{equal[1]} of {len(tried)}",
        "TimeDistributed",
        "",
        "all",
        equal[0] == len(tried),
    )


def _gives(model: Callable[[Any], Any], x: Any, wanted: Any) -> bool:
    """Whether the traced model makes `wanted` of `x`: it may fail, or give another shape."""
    import numpy as np
    import tensorflow as tf

    try:
        found = np.asarray(model(x))
    except tf.errors.OpError:
        return False
    return found.shape == wanted.shape and bool(np.allclose(found, wanted, atol=TOLERANCE))
