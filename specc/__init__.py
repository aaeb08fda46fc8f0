"""specc checks neural networks that are written as YAML, and builds them with Keras.

>>> import specc
>>> report = specc.check('''
... specc: 1
... name: small
... inputs:
...   x: [feature: 8]
... layers:
...   - Dense: 4
...   - Dense: {units: 3, activation: softmax}
...     name: kind
... ''')
>>> report.ok
True
>>> str(report.outputs["kind"].shape)
'[feature: 3]'
>>> report.totals.params
51

Importing this package is cheap: each function imports what it needs, TensorFlow for building alone.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from typing import Any

    from specc.building import SpecError
    from specc.passes.training.data import Data
    from specc.report import Checked, Report

__version__ = "0.1.0"
__all__ = ["Report", "SpecError", "__version__", "build", "check", "explain", "import_model", "load"]

_HOMES = {"Report": "specc.report", "SpecError": "specc.building"}


def __getattr__(name: str) -> "Any":
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'specc' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(home), name)


def check(
    spec: "str | os.PathLike[str]",
    *,
    settings: "Mapping[str, Any] | None" = None,
    variant: "str | None" = None,
    strict: bool = False,
    data: "Mapping[str, Any] | None" = None,
) -> "Report":
    r"""Check a spec: the path of a file, or the text itself (a `str` with a line break in it).

    `settings` gives parameters other values, `variant` names a variant of the spec, `strict` forbids
    insertions. `data` are arrays by the input or output that they are for, `digit.sample_weight` for weights: paths
    (`x.npy`, `y.npz:labels`), or anything with a `shape` and a `dtype`. Whatever is wrong is in the report's
    `diagnostics`, a file that cannot be read too (E100). Raises TypeError for data that are neither.

    >>> report = check("specc: 1\nname: a\ninputs: {x: [3]}\nlayers: [{Dens: 4}]\n")
    >>> report.ok
    False
    >>> print(report.diagnostics[0].code)
    E104
    """
    return _checked(spec, settings, variant, strict, data).report


def build(
    spec: "str | os.PathLike[str]",
    out: "str | os.PathLike[str] | None" = None,
    *,
    settings: "Mapping[str, Any] | None" = None,
    variant: "str | None" = None,
    strict: bool = False,
    seed: "int | None" = None,
    allow_custom: bool = False,
    weights: "str | os.PathLike[str] | None" = None,
) -> "Any":
    """Check a spec and build its Keras model, compiled if the spec has a `compile` section; see `check`.

    With `out`, a path that ends in `.keras`, the model is also saved there, in one step. With a `seed` the
    initial weights are the same each time. `allow_custom` lets layers of one's own, `package.module:Class`, be
    imported. With `weights`, a `.keras` file, layers start from the weights of their namesakes there. Raises SpecError
    where the spec has errors, Keras is missing, or the model cannot be built or written.

        model = specc.build("model.yaml", seed=1)
        model.fit(images, labels)
    """
    from specc.building import build_checked

    return build_checked(
        _checked(spec, settings, variant, strict), out, seed, allow_custom=allow_custom, weights=weights
    )


def load(path: "str | os.PathLike[str]") -> "Any":
    """The Keras model in a file that `build` wrote; plain `keras.saving.load_model` does the same.

    Raises SpecError where Keras is missing, and what Keras raises where the file is no model.
    """
    import os

    from specc.building import load_keras
    from specc.report import Report

    load_keras(Report(os.fspath(path), []))
    from specc.backends.keras.save import load_model

    return load_model(path)


def import_model(model: "str | os.PathLike[str]", *, allow_custom: bool = False) -> str:
    """The text of a spec for a Keras model: a `.keras` file, or `package.module:function`, which makes one.

    A file is read as data, without Keras; a function is imported and called if `allow_custom` says so. Raises SpecError
    where the file is no model, or holds what a spec cannot say.
    """
    import os

    from specc.building import SpecError
    from specc.importing.model import import_model as imported
    from specc.report import Report

    text, diagnostics, _ = imported(os.fspath(model), allow_custom)
    if text is None:
        raise SpecError(Report(os.fspath(model), diagnostics))
    return text


def explain(code: str) -> "str | None":
    """The page about a diagnostic's code, as Markdown; None if there is no such code.

    >>> print(explain("E202").splitlines()[0])
    # E202: elements
    """
    from specc.diagnostics.explain import page

    return page(code)


def _checked(
    spec: "str | os.PathLike[str]",
    settings: "Mapping[str, Any] | None",
    variant: "str | None",
    strict: bool,
    data: "Mapping[str, Any] | None" = None,
) -> "Checked":
    from specc.pipeline import Options, check_file, check_source
    from specc.source import Source

    options = Options(settings or {}, variant, strict, _data(data) if data else None)
    if isinstance(spec, str) and "\n" in spec:
        return check_source(Source("<string>", spec), options)
    import os

    return check_file(os.fspath(spec), options)


def _data(given: "Mapping[str, Any]") -> "Data":
    """The arrays that a caller gives, in files or in memory."""
    import os

    from specc.arrays.named import Held, named_by
    from specc.passes.training.data import Data

    return Data(
        tuple(
            named_by(name, os.fspath(array)) if isinstance(array, str | os.PathLike) else Held(name, array)
            for name, array in given.items()
        )
    )
