"""Layers of one's own: built under `allow_custom` alone, and held to their signatures."""

import os
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import specc
from specc.diagnostics.model import Diagnostic
from specc.passes.expand import expand
from specc.pipeline import check_text

HERE = Path(__file__).with_name("own")
X = "{x: [time: 4, feature: 3]}"
IMAGE = "{x: [height: 6, width: 4, channel: 3]}"


def spec(layers: str, inputs: str = X, **top: str) -> str:
    lines = "".join(f"{key}: {value}\n" for key, value in top.items())
    return f"specc: 1\nname: own\n{lines}inputs: {inputs}\nlayers:\n{layers}"


def one(word: str, signature: str) -> str:
    return spec(f"  - own_layers:{word}:\n    signature: {signature!r}\n")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand where the modules are; they are on no path of Python's."""
    monkeypatch.chdir(HERE)


def build(text: str, **options: Any) -> Any:
    return specc.build(text, allow_custom=True, **options)


def fault(text: str, **options: Any) -> Diagnostic:
    with pytest.raises(specc.SpecError) as raised:
        build(text, **options)
    (error,) = [d for d in raised.value.report.diagnostics if d.is_error]
    return error


class TestBuilt:
    def test_arguments_and_weights(self, tmp_path: Path):
        text = spec("  - own_layers:LayerScale: 0.5\n    signature: (*s, c) -> (*s, c); params c\n")
        model = build(text, out=tmp_path / "m.keras")
        x = np.ones((2, 4, 3), "float32")
        np.testing.assert_array_equal(model(x), x / 2)
        from own_layers import LayerScale  # pyright: ignore[reportMissingImports]

        again: Any = keras.saving.load_model(tmp_path / "m.keras", custom_objects={"LayerScale": LayerScale})
        np.testing.assert_array_equal(again(x), x / 2)
        assert [layer.name for layer in model.layers[1:]] == ["layer_scale"]

    def test_named_arguments_policy_and_trainable(self):
        item = "  - own_layers:LayerScale: {init: 2, trainable: false}\n    signature: (*s, c) -> (*s, c); params c\n"
        model = build(spec(item, dtype="float16"))
        layer = model.get_layer("layer_scale")
        assert (layer.init, layer.dtype_policy.name) == (2, "float16")
        assert not layer.trainable_weights

    def test_several_results(self):
        item = (
            "  - own_layers:Top: {k: 2}\n    signature: (t, c) -> (2, c), (2) int32\n    as: [best, place]\n"
        )
        model = build(spec(item, outputs="[best, place]"))
        x = np.random.default_rng(1).normal(size=(5, 4, 3)).astype("float32")
        made = model(x)
        np.testing.assert_array_equal(made["best"], x[:, :2])
        np.testing.assert_array_equal(made["place"], x[:, :2].argmax(-1))

    @pytest.mark.parametrize("origin", ["[x, y]", "{'(t, d)': x, memory: y}"])
    def test_an_input_by_its_name(self, origin: str):
        item = f"  - own_layers:Attend:\n    from: {origin}\n    signature: (t, d), memory=(s, d) -> (t, d)\n"
        model = build(spec(item, "{x: [4, 3], y: [5, 3]}"))
        x, y = np.ones((2, 4, 3), "float32"), np.ones((2, 5, 3), "float32")
        np.testing.assert_array_equal(model([x, y]), x + 1)

    def test_inputs_as_a_list(self):
        item = "  - own_layers:Mix: 3\n    from: [x, x]\n    signature: '[(*s), (*s)] -> (*s); params 0'\n"
        x = np.ones((2, 4, 3), "float32")
        np.testing.assert_array_equal(build(spec(item))(x), 4 * x)

    def test_as_a_merge(self):
        merge = "{own_layers:Mix: 3, signature: '[(*s), (*s)] -> (*s)'}"
        item = f"  - residual: [{{ReLU: }}]\n    merge: {merge}\n    name: r\n"
        x = np.ones((2, 4, 3), "float32")
        np.testing.assert_array_equal(build(spec(item))(x), 4 * x)

    def test_a_call_argument(self):
        item = (
            "  - own_layers:Moving:\n    signature: (t, c) -> (t, c); params 2*c, fixed c\n"
            "    call: {training: true}\n"
        )
        model = build(spec(item))
        layer = model.get_layer("moving")
        x = np.ones((2, 4, 3), "float32")
        wanted = x * np.asarray(layer.kernel) + np.asarray(layer.mean)
        np.testing.assert_allclose(model(x), wanted, rtol=1e-6)

    def test_distributed_over_given_axes(self):
        item = "  - own_layers:SpaceToDepth:\n    signature: (h, w, c) -> (h//2, w//2, 4*c); params 0\n"
        model = build(spec(item, "{x: [camera: 2, height: 6, width: 4, channel: 3]}"))
        alone = build(spec(item, IMAGE))
        x = np.random.default_rng(2).normal(size=(5, 2, 6, 4, 3)).astype("float32")
        for camera in range(2):
            np.testing.assert_array_equal(model(x)[:, camera], alone(x[:, camera]))

    def test_distributed_over_steps_of_unknown_number(self):
        signature = "(height, width, channel) -> (height//2, width//2, 4*channel)"
        item = f"  - own_layers:SpaceToDepth:\n    signature: {signature}\n"
        model = build(spec(item, "{x: [time: T, height: 6, width: 4, channel: 3]}"))
        x = np.ones((5, 7, 6, 4, 3), "float32")
        assert model(x).shape == (5, 7, 3, 2, 12)

    def test_shared_repeated_mapped_and_wrapped(self):
        scale = "own_layers:LayerScale: {init: 2}, signature: '(*s, c) -> (*s, c); params c'"
        items = (
            f"  - {{{scale}, name: one}}\n  - reuse: one\n"
            f"  - {{repeat: 2, layers: [{{{scale}}}]}}\n"
            f"  - map: {{over: time, layers: [{{{scale}}}]}}\n"
            f"  - TimeDistributed: {{layer: {{{scale}}}}}\n"
        )
        text = spec(items)
        model = build(text)
        x = np.ones((2, 4, 3), "float32")
        np.testing.assert_array_equal(model(x), 64 * x)
        assert model.count_params() == 5 * 3
        report = check_text(text)
        assert report.totals.params == 15
        assert report.typed is not None
        again = build(expand(report.typed))
        assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
        np.testing.assert_array_equal(again(x), 64 * x)

    @pytest.mark.parametrize("count", ["", "; params c"])
    def test_in_a_pipeline(self, count: str):
        scale = f"{{own_layers:LayerScale: 3, signature: '(h, w, c) -> (h, w, c){count}'}}"
        model = build(spec(f"  - Pipeline: [{scale}, {scale}]\n", IMAGE))
        x = np.ones((2, 6, 4, 3), "float32")
        np.testing.assert_array_equal(model(x), 9 * x)

    def test_kerass_own_layers_of_the_kind(self, tmp_path: Path):
        inner = keras.Sequential([keras.Input((4, 3)), keras.layers.Dense(5)])
        inner.export(tmp_path / "exported", verbose=False)
        arguments = f"{{filepath: {tmp_path / 'exported'}, call_endpoint: serve}}"
        model = build(spec(f"  - keras.layers:TFSMLayer: {arguments}\n    signature: (t, c) -> (t, 5)\n"))
        x = np.ones((2, 4, 3), "float32")
        np.testing.assert_allclose(model(x), inner(x), rtol=1e-6)

    @pytest.mark.parametrize(
        ("word", "value", "signature", "params"),
        [
            (
                "convnext:LayerScale",
                "{init_values: 1e-6, projection_dim: 3}",
                "(*s, c) -> (*s, c); params c",
                3,
            ),
            ("inception_resnet_v2:CustomScaleLayer", "0.17", "[(*s), (*s)] -> (*s); params 0", 0),
        ],
    )
    def test_layers_of_kerass_applications(
        self, word: str, value: str, signature: str, params: int, tmp_path: Path
    ):
        origin = "[x, x]" if signature.startswith("[") else "x"
        item = (
            f"  - keras.src.applications.{word}: {value}\n    from: {origin}\n    signature: '{signature}'\n"
        )
        model = build(spec(item, IMAGE), out=tmp_path / "m.keras")
        assert model.count_params() == params
        x = np.ones((2, 6, 4, 3), "float32")
        again: Any = keras.saving.load_model(tmp_path / "m.keras")
        np.testing.assert_array_equal(again(x), model(x))


class TestHeld:
    """What a signature says and the layer does not do is E500, with both."""

    @pytest.mark.parametrize(
        ("word", "signature", "message"),
        [
            ("LayerScale", "(*s, c) -> (*s, 2*c)", "was promised as (4, 6) and built as (4, 3)"),
            ("LayerScale", "(t, c) -> (c)", "was promised as (3,) and built as (4, 3)"),
            ("LayerScale", "(t, c) -> (t, c) int32", "was promised as int32 and built as float32"),
            ("Rounds", "(t, c) -> (t, c)", "was promised as float32 and built as int32"),
            ("AnnouncesMore", "(t, c) -> (t, c)", "was promised as (4, 3) and built as (4, 4)"),
            ("AnnouncesMore", "(t, c) -> (t, c+1)", "was promised as (4, 4) and built as (4, 3)"),
            ("LayerScale", "(t, c) -> (t, c), (t)", "was promised to make 2 values and makes 1"),
            ("MakesADict", "(t, c) -> (t, c)", "was promised to make one value and makes a `dict`"),
            ("ForgetsTheBatch", "(t, c) -> (t, c)", "(1, 4, 3), which does not lead with the batch"),
            ("MakesAScalar", "(t, c) -> ()", "shape (), which does not lead with the batch"),
            (
                "LayerScale",
                "(t, c) -> (t, c); params 2*c",
                "to have 6 parameters and built with 3 parameters",
            ),
            ("LayerScale", "(t, c) -> (t, c); params 0", "to have 0 parameters and built with 3 parameters"),
            (
                "Moving",
                "(t, c) -> (t, c); params 2*c",
                "to have 6 parameters and built with 3 parameters and 3 that are not trained",
            ),
        ],
    )
    def test_a_signature_that_lies(self, word: str, signature: str, message: str):
        found = fault(one(word, signature))
        assert found.code == "E500"
        assert message in found.message
        assert [n.text for n in found.notes] == [f"the signature of `own_layers:{word}` is `{signature}`"]
        assert found.span is not None
        assert found.span.text == f"own_layers:{word}"

    def test_it_writes_nothing(self, tmp_path: Path):
        fault(one("LayerScale", "(t, c) -> (c)"), out=tmp_path / "m.keras")
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("signature", ["(c) -> (2*c)", "(c) -> (c); params 1"])
    def test_in_a_wrapper(self, signature: str):
        wrapped = f"{{own_layers:LayerScale: 2, signature: '{signature}'}}"
        found = fault(spec(f"  - TimeDistributed: {{layer: {wrapped}}}\n"))
        assert found.code == "E500"
        assert "was promised" in found.message

    def test_what_is_right_with_an_open_size(self):
        item = "  - own_layers:LayerScale:\n    signature: (t, c) -> (_, c)\n"
        assert build(spec(item, "{x: [time: T, feature: 3]}")).output_shape == (None, None, 3)


class TestNotToBeHad:
    @pytest.mark.parametrize(
        ("word", "message", "note"),
        [
            ("nowhere.at_all:Layer", "the module `nowhere.at_all` cannot be imported", "ModuleNotFoundError"),
            ("raises_on_import:Layer", "cannot be imported", "OSError: a module that cannot be imported"),
            ("fails_on_import:Layer", "cannot be imported", "AttributeError: of the module itself"),
            ("leaves_on_import:Layer", "cannot be imported", "SystemExit: 3"),
            ("own_layers:Absent", "the module `own_layers` has no `Absent`", "AttributeError"),
            ("own_layers:NoLayer", "`own_layers:NoLayer` is no class of layers", None),
            ("own_layers:NUMBER", "is no class of layers", None),
            ("os:system", "`os:system` is no class of layers", None),
            ("builtins:eval", "is no class of layers", None),
            ("own_layers:TakesNoName", "`takes_no_name` cannot be built", "TypeError"),
            ("own_layers:RaisesWhenMade", "cannot be built", "RuntimeError: not today"),
            ("own_layers:RaisesWhenCalled", "cannot be built", "not here"),
        ],
    )
    def test_it_is_told(self, word: str, message: str, note: str | None):
        found = fault(
            spec(f"  - {word}: {{units: 3}}\n    signature: (*s) -> (*s)\n")
            if "TakesNo" in word
            else spec(f"  - {word}:\n    signature: (*s) -> (*s)\n")
        )
        assert found.code == "E500"
        assert message in found.message
        notes = [n.text for n in found.notes]
        assert bool(notes) == (note is not None)
        assert note is None or note in notes[0]
        assert not any("\x1b" in text or "Traceback" in text for text in notes)

    def test_the_repair_of_a_constructor(self):
        found = fault(spec("  - own_layers:TakesNoName: {units: 3}\n    signature: (*s) -> (*s)\n"))
        assert [f.title for f in found.fixes] == [
            "let its `__init__` take `**kwargs` and hand them to `super().__init__`"
        ]

    def test_all_that_is_missing_is_told_at_once(self):
        items = "".join(f"  - {word}:B:\n    signature: (*s) -> (*s)\n" for word in ("a1", "a2", "a1"))
        with pytest.raises(specc.SpecError) as raised:
            build(spec(items))
        assert [d.message for d in raised.value.report.diagnostics] == [
            "the module `a1` cannot be imported",
            "the module `a2` cannot be imported",
        ]

    @pytest.mark.parametrize("item", ["{%s}", "TimeDistributed: {layer: {%s}}"])
    @pytest.mark.parametrize(
        ("op", "words"),
        [
            ("own_layers:SaysNothing: {}", "NotImplementedError: ask somebody else"),
            ("own_layers:Forgets: 3", "missing 1 required positional argument: 'units'"),
        ],
    )
    def test_a_model_that_could_not_be_loaded(self, op: str, words: str, item: str, tmp_path: Path):
        text = spec(f"  - {item % (op + ', signature: (*s) -> (*s)')}\n")
        assert build(text) is not None
        found = fault(text, out=tmp_path / "m.keras")
        assert found.code == "E500"
        assert "could not be loaded again" in found.message
        assert words in found.notes[0].text
        assert not list(tmp_path.iterdir())


class TestNotAllowed:
    def test_nothing_is_imported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        """Neither the module nor the package that it may stand in."""
        package = tmp_path / "side_effects"
        package.mkdir()
        for name in ("__init__", "layers"):
            (package / f"{name}.py").write_text(f"open({str(tmp_path / name)!r}, 'w')\n", encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.syspath_prepend(tmp_path)
        text = spec("  - side_effects.layers:Layer:\n    signature: (*s) -> (*s)\n")
        assert check_text(text).ok
        with pytest.raises(specc.SpecError, match="is imported only where that is allowed") as raised:
            specc.build(text)
        (found,) = raised.value.report.diagnostics
        assert (found.code, found.fixes[0].applicability) == ("E500", "display")
        assert "--allow-custom" in found.fixes[0].title
        assert [path.name for path in tmp_path.iterdir()] == ["side_effects"]
        assert "side_effects" not in sys.modules

    def test_in_wrappers_too(self):
        wrapped = "{layer: {TimeDistributed: {layer: {own_layers:LayerScale: 2, signature: (c) -> (c)}}}}"
        with pytest.raises(specc.SpecError, match="`own_layers:LayerScale` is imported only where"):
            specc.build(spec(f"  - TimeDistributed: {wrapped}\n", "{x: [2, 3, 4]}"))


def test_the_path_is_left_as_it_was():
    before = list(sys.path)
    build(one("LayerScale", "(*s) -> (*s)"))
    assert sys.path == before


def test_nothing_here_passes_for_what_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "colorsys.py").write_text("raise AssertionError('not the installed one')\n", encoding="utf-8")
    sys.modules.pop("colorsys", None)
    found = fault(spec("  - colorsys:Layer:\n    signature: (*s) -> (*s)\n"))
    assert found.message == "the module `colorsys` has no `Layer`"
    assert os.fspath(tmp_path) not in str(sys.modules["colorsys"].__file__)


class TestMasks:
    def text(self, word: str, signature: str) -> str:
        return spec(f"  - Masking: 0.0\n  - own_layers:{word}:\n    signature: {signature}\n  - Dense: 2\n")

    def test_as_promised(self):
        model = build(self.text("Masked", "(*s, c) -> (*s, c); mask"))
        x = np.ones((1, 4, 3), "float32")
        x[0, 2:] = 0
        assert np.array(model(x)._keras_mask).tolist() == [[True, True, False, False]]

    @pytest.mark.filterwarnings("ignore:.*passed an input with a mask:UserWarning")
    @pytest.mark.parametrize(
        ("word", "words", "message"),
        [
            ("Masked", "", "`masked` was promised without a mask, and hands one on"),
            (
                "LayerScale",
                "; params c, mask",
                "`layer_scale` was promised with a mask over [time: 4], and hands",
            ),
        ],
    )
    def test_other_than_promised(self, word: str, words: str, message: str):
        error = fault(self.text(word, f"(*s, c) -> (*s, c){words}"))
        assert error.code == "E500"
        assert error.message.startswith(message)
