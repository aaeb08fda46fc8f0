"""Train the network of quadrant_digits.yaml on real handwritten digits, in plain Keras, without specc.

    specc build specs/quadrant_digits.yaml --out build/quadrant_digits.keras --seed 1
    python specs/demo_digits.py [MODEL [EPOCHS]]

The digits are the 1,797 that come with scikit-learn. Each is scaled to 28 x 28 and cut into its quadrants; a
time step is the four of them, 14 x 14 each, one below the other, and each of the four steps begins with another
one. One fifth is kept for the test. Exits with 1 where the accuracy on it is not above 90 %.
"""

import sys
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
from scipy.ndimage import zoom
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

MODEL = Path("build/quadrant_digits.keras")
WANTED = 0.9
EPOCHS = 14
SEED = 1


def quadrant_steps(images: np.ndarray) -> np.ndarray:
    """Images (N, 28, 28) as (N, 4, 1, 56, 14): time, channel, height, width."""
    quadrants = images.reshape(-1, 2, 14, 2, 14).transpose(0, 1, 3, 2, 4).reshape(-1, 4, 14, 14)
    orders = [np.roll(quadrants, -first, axis=1).reshape(-1, 56, 14) for first in range(4)]
    return np.stack(orders, axis=1)[:, :, np.newaxis]


def digits() -> tuple[np.ndarray, np.ndarray]:
    """All digits as steps of quadrants between 0 and 1, and their labels, one-hot."""
    images, labels = map(np.asarray, load_digits(return_X_y=True))
    scaled = np.asarray(zoom(images.reshape(-1, 8, 8) / 16, (1, 3.5, 3.5), order=1))
    return quadrant_steps(scaled).astype("float32"), np.eye(10, dtype=np.float32)[labels.astype(int)]


def main(path: str | Path = MODEL, epochs: str | int = EPOCHS) -> int:
    """Train the model at `path`, print its accuracy, and return the exit status."""
    keras.utils.set_random_seed(SEED)
    # Keras says so of every model that was saved before it was trained.
    warnings.filterwarnings("ignore", message="Skipping variable loading for optimizer")
    model: Any = keras.saving.load_model(path)
    images, labels = digits()
    parts = train_test_split(images, labels, test_size=0.2, random_state=SEED)
    train, test, train_labels, test_labels = map(np.asarray, parts)
    print(f"training on {len(train)} digits {train.shape[1:]}, testing on {len(test)}")
    model.fit(train, train_labels, batch_size=32, epochs=int(epochs), validation_split=0.1, verbose=2)
    _, accuracy = model.evaluate(test, test_labels, verbose=0)
    print(f"test accuracy: {accuracy:.1%}")
    return 0 if accuracy > WANTED else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
