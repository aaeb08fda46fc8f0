"""What lookups, encodings and spectrograms make, and that a saved model holds its vocabulary."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

import specc
from tests.keras.elsewhere import Elsewhere

SPEC = """
specc: 1
name: text
inputs:
  text: {shape: [], dtype: string}
  tag: {shape: [user: 2, 3], dtype: string}
  id: {shape: [2], dtype: int32}
  value: [2]
layers:
  - TextVectorization: {vocabulary: words.txt, output_sequence_length: 4}
    name: ids
    from: text
  - TextVectorization: {vocabulary: words.txt, ngrams: [1, 2], output_mode: count}
    name: counts
    from: text
  - StringLookup: {vocabulary: [x, y], idf_weights: [2, 3], output_mode: tf_idf, max_tokens: 5, pad_to_max_tokens: true}
    name: weighed
    from: tag
  - IntegerLookup: {vocabulary: ids.txt, mask_token: 0, num_oov_indices: 2}
    name: index
    from: id
  - StringLookup: {vocabulary: words.txt, invert: true}
    name: word
    from: id
  - Discretization: {bin_boundaries: [0, 1]}
    name: bin
    from: value
  - Hashing: {num_bins: 7, salt: [1, 2]}
    name: hash
    from: text
outputs: [ids, counts, weighed, index, word, bin, hash]
"""
INPUTS = {
    "text": np.array(["Good, good film", "bad good film bad film"]),
    "tag": np.array([[["x", "y", "y"], ["z", "z", "z"]], [["x", "x", "x"], ["y", "z", "x"]]]),
    "id": np.array([[7, 0], [9, -3]], "int32"),
    "value": np.array([[-1.0, 0.0], [0.5, 1.0]], "float32"),
}


def built(folder: Path, spec: str = SPEC) -> Any:
    (folder / "words.txt").write_text("good\nbad\nfilm\ngood film\n")
    (folder / "ids.txt").write_text("9\n7\n")
    (folder / "spec.yaml").write_text(spec)
    return specc.build(folder / "spec.yaml")


def test_what_is_made(tmp_path: Path) -> None:
    made: Any = built(tmp_path)({name: keras.ops.convert_to_tensor(x) for name, x in INPUTS.items()})
    found = {name: value.numpy().tolist() for name, value in made.items()}
    assert found["ids"] == [[2, 2, 4, 0], [3, 2, 4, 3]]
    assert found["counts"] == [[1, 2, 0, 1, 1], [3, 1, 2, 2, 1]]
    assert found["weighed"] == [
        [[0.0, 2.0, 6.0, 0.0, 0.0], [7.5, 0.0, 0.0, 0.0, 0.0]],
        [[0.0, 6.0, 0.0, 0.0, 0.0], [2.5, 2.0, 3.0, 0.0, 0.0]],
    ]
    assert found["index"] == [[4, 0], [3, 2]]
    assert found["word"] == [[b"[UNK]", b"[UNK]"], [b"[UNK]", b"[UNK]"]]
    assert found["bin"] == [[0, 1], [1, 2]]
    assert all(0 <= n < 7 for n in found["hash"])


def test_a_saved_model_holds_its_vocabulary(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    elsewhere = Elsewhere(models)
    numbers_alone = SPEC.replace("index, word, bin", "index, bin")  # NumPy's files hold no text of TensorFlow
    elsewhere.add("text", built(tmp_path, numbers_alone), **INPUTS)
    for file in ("words.txt", "ids.txt"):
        (tmp_path / file).unlink()
    elsewhere.check()


AUDIO = """
specc: 1
name: audio
inputs:
  sound: [time: T, channel: 2]
  voice: [time: 64]
layers:
  - STFTSpectrogram: {frame_length: 8, mode: magnitude, expand_dims: true}
    name: stft
    from: sound
  - MelSpectrogram: {fft_length: 16, sequence_stride: 8, num_mel_bins: 5}
    name: mel
    from: voice
outputs: [stft, mel]
"""


def test_spectrograms_are_those_of_keras() -> None:
    model = specc.build(AUDIO)
    rng = np.random.default_rng(1)
    inputs = {
        "sound": rng.normal(size=(3, 40, 2)).astype("float32"),
        "voice": rng.normal(size=(3, 64)).astype("float32"),
    }
    made = model.predict(inputs, verbose=0)
    stft = keras.layers.STFTSpectrogram(frame_length=8, mode="magnitude", expand_dims=True)
    mel = keras.layers.MelSpectrogram(fft_length=16, sequence_stride=8, num_mel_bins=5)
    assert made["stft"].shape == (3, 9, 5, 2)
    np.testing.assert_allclose(made["stft"], stft(inputs["sound"]), atol=1e-5)
    np.testing.assert_allclose(made["mel"], mel(inputs["voice"]), atol=1e-3)
