"""Random networks over masked sequences: where no mask is missed, padding makes no difference."""

from random import Random
from typing import Any

import numpy as np
import pytest

from specc.backends.keras.lower import lower
from specc.backends.keras.verify import masks_differ
from specc.pipeline import Options, check_source, explicit
from specc.source import Source
from tests.keras.mask_networks import network

STEPS, PADDING = 4, 3


@pytest.mark.filterwarnings("ignore:.*passed an input with a mask:UserWarning")
@pytest.mark.parametrize(
    "seeds",
    [range(12), *(pytest.param(range(n, n + 20), marks=pytest.mark.slow) for n in range(12, 212, 20))],
)
def test_padding_makes_no_difference(seeds: range) -> None:
    assert sum(hold(seed) for seed in seeds) > 0


def hold(seed: int) -> bool:
    """Whether the network has neither errors nor missed masks; fails where padding makes a difference in it then."""
    text, is_loss = network(Random(seed))
    checked = check_source(Source("case.yaml", f"specc: 1\nname: case\n{text}"), Options(), prove=False)
    if not checked.report.ok:
        return False
    graph = explicit(checked)
    built = lower(graph, seed=1)
    assert masks_differ(built, graph) == [], text
    if any(d.code == "W602" for d in checked.report.diagnostics):
        return False
    random = np.random.default_rng(seed)
    outer = (2,) if "series: 2" in text else ()
    x = random.uniform(0.2, 0.9, (2, *outer, STEPS, 3)).astype("float32")
    longer = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(0, PADDING), (0, 0)])
    made, made_longer = np.asarray(built.model(x)), np.asarray(built.model(longer))
    if not is_loss:
        np.testing.assert_allclose(made_longer, made, rtol=1e-4, atol=1e-5, err_msg=text)
    elif "axis: time}}" not in text:  # else padding lies between the steps, and not behind them
        y = random.uniform(size=made.shape)
        padded = np.pad(y, [(0, b - a) for a, b in zip(y.shape, made_longer.shape, strict=True)])
        assert loss(built.model, longer, padded) == pytest.approx(loss(built.model, x, y), rel=1e-4), text
    return True


def loss(model: Any, x: Any, y: Any) -> float:
    model.compile(loss="mse")
    return float(model.evaluate(x, y, verbose=0))
