"""Runs saved models where specc cannot be imported: `python outside.py FOLDER [MODULE]`, started by `models.py`.

With a MODULE, which registers the layers of the models, that is imported, and nothing is kept away.

For each `NAME.keras` in the folder: loads it in plain Keras, runs one batch of `NAME.npz` through it, trains one
step on its labels, and writes what it saw to `NAME.json` and the weights that are not to be trained, as they
were before and after, to `NAME.frozen.npz`.
"""

import json
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any


class Absent:
    """Keeps specc from being imported, wherever it is installed."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] == "specc":
            raise ModuleNotFoundError(name)


def main(folder: Path, module: str) -> None:
    if not module:
        sys.meta_path.insert(0, Absent())  # pyright: ignore[reportArgumentType]
    warnings.simplefilter("error")
    # Keras 3.15 and NumPy 2; and Keras says of every model that was saved before it was trained that its
    # optimizer has no state yet.
    warnings.filterwarnings("ignore", message="__array__ implementation", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message="Skipping variable loading for optimizer")
    if module:
        import_module(module)
    import keras
    import numpy as np

    for path in sorted(folder.glob("*.keras")):
        model: Any = keras.models.load_model(path)
        arrays = dict(np.load(path.with_suffix(".npz")))
        inputs = {key[3:]: value for key, value in arrays.items() if key.startswith("in/")}
        inputs = inputs if len(inputs) > 1 else next(iter(inputs.values()))
        output = model(inputs, training=False)
        compiled = model.optimizer is not None
        if not compiled:
            model.compile(optimizer="adam", loss="mse")
        frozen = [v for layer in model.layers if not layer.trainable for v in layer.variables]
        kept = {f"before/{i}": np.array(v) for i, v in enumerate(frozen)}
        before = [np.array(v) for v in model.trainable_variables]
        loss = model.train_on_batch(inputs, arrays["label"], return_dict=True)["loss"]
        moved = [not np.array_equal(a, b) for a, b in zip(before, model.trainable_variables, strict=True)]
        kept |= {f"after/{i}": np.array(v) for i, v in enumerate(frozen)}
        np.savez(path.with_suffix(".frozen.npz"), allow_pickle=False, **kept)
        seen = {
            "shape": list(output.shape),
            "dtype": keras.backend.standardize_dtype(output.dtype),
            "finite": bool(np.isfinite(output).all()),
            "output_names": model.output_names,
            "layers": {layer.name: layer.count_params() for layer in model.layers},
            "params": model.count_params(),
            "trainable": sum(int(np.prod(v.shape)) for v in model.trainable_variables),
            "compiled": compiled,
            "loss": float(loss),
            "moved": sum(moved),
        }
        path.with_suffix(".json").write_text(json.dumps(seen), encoding="utf-8")
        keras.backend.clear_session()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
