"""S3 learns to tag: where transitions matter, a CRF makes whole sentences right that a softmax per step does not."""

from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest

import specc
import specc.layers
from tests.systems.models import SPECS

TAGS, LONGEST = 9, 10
NOISE = 0.4
"""How often a token says nothing of its tag."""

ALLOWED = np.eye(TAGS, k=1) + np.eye(TAGS, k=1 - TAGS) + np.eye(TAGS)[[4, 6, 8, 1, 0, 7, 2, 5, 3]] > 0
"""Which tag may follow which: two of the nine, and which two no other tag shares."""


class Sentences(NamedTuple):
    """Tokens, 0 behind the end of each sentence, and their tags."""

    tokens: np.ndarray
    tags: np.ndarray

    @property
    def real(self) -> np.ndarray:
        return self.tokens > 0


def sentences(count: int, seed: int) -> Sentences:
    """From a hidden Markov chain: tags follow `ALLOWED`, a token is its tag's, or, by `NOISE`, any."""
    random = np.random.default_rng(seed)
    follow = np.where(ALLOWED, 1.0, 0.0)
    follow /= follow.sum(1, keepdims=True)
    tags = np.zeros((count, LONGEST), "int32")
    for sentence in tags:
        sentence[0] = random.integers(TAGS)
        for t in range(1, LONGEST):
            sentence[t] = random.choice(TAGS, p=follow[sentence[t - 1]])
    heard = np.where(random.random(tags.shape) < NOISE, random.integers(0, TAGS, tags.shape), tags)
    there = np.arange(LONGEST) < random.integers(4, LONGEST + 1, (count, 1))
    return Sentences(np.where(there, heard + 1, 0).astype("int32"), np.where(there, tags, 0).astype("int32"))


class Score(NamedTuple):
    """Of sentences never seen: the part that is right from end to end, and of neighbours that may not be."""

    whole: float
    forbidden: float


def trained(spec: str, data: Sentences, units: int, epochs: int) -> Any:
    settings = {"words": TAGS + 1, "tags": TAGS, "units": units}
    model = specc.build(SPECS / f"{spec}.yaml", settings=settings, seed=1)
    model.optimizer.learning_rate = 0.02
    keras.utils.set_random_seed(1)
    model.fit(data.tokens, data.tags, epochs=epochs, verbose=0)
    return model


def score(model: Any, data: Sentences) -> Score:
    made = model.predict(data.tokens, verbose=0)
    tags = made if made.ndim == 2 else made.argmax(-1)
    whole = ((tags == data.tags) | ~data.real).all(1).mean()
    return Score(float(whole), float((~ALLOWED[tags[:, :-1], tags[:, 1:]])[data.real[:, 1:]].mean()))


def test_a_crf_beats_a_softmax_where_transitions_matter(tmp_path: Path) -> None:
    data, unseen = sentences(600, seed=1), sentences(400, seed=2)
    model = trained("tagger_crf", data, units=12, epochs=6)
    crf, softmax = score(model, unseen), score(trained("tagger", data, units=12, epochs=6), unseen)
    assert crf.whole > softmax.whole + 0.08
    assert crf.forbidden < 0.03 < 0.1 < softmax.forbidden
    loss, accuracy = model.evaluate(*unseen, verbose=0)
    assert accuracy > 0.68
    model.save(tmp_path / "tagger.keras")
    again: Any = keras.saving.load_model(tmp_path / "tagger.keras")
    np.testing.assert_array_equal(
        again.predict(unseen.tokens, verbose=0), model.predict(unseen.tokens, verbose=0)
    )
    assert again.evaluate(*unseen, verbose=0) == pytest.approx([loss, accuracy], rel=1e-5)


@pytest.mark.slow
def test_more_to_learn_from_does_not_make_up_for_it() -> None:
    data, unseen = sentences(3000, seed=1), sentences(400, seed=2)
    crf, softmax = (
        score(trained(spec, data, units=32, epochs=10), unseen) for spec in ("tagger_crf", "tagger")
    )
    assert crf.whole > softmax.whole + 0.04
    assert crf.forbidden < 0.01 < 0.05 < softmax.forbidden
