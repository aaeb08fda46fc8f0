"""Every op by its examples: built, saved, imported and built again, and Keras has made the same layers twice."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import specc
from specc.importing.model import import_model
from specc.ops import registry
from specc.ops.declare import Example
from specc.syntax.write import spec_text

CASES = [(name, i) for name in registry.names() for i in range(len(registry.known(name).examples))]
SAMPLE = [(name, i) for name, i in CASES if i == 0 and name[0].isupper() and not name.startswith("Random")]


def spec(name: str, example: Example) -> str:
    inputs = {f"x{i}": {"shape": [*shape], "dtype": example.dtype} for i, shape in enumerate(example.shapes)}
    item: dict[str, Any] = {name: json.loads(json.dumps(example.arguments)), "name": "it"}
    if len(inputs) > 1:
        item["from"] = list(inputs)
    return spec_text({"specc": 1, "name": "m", "inputs": inputs, "layers": [item], "outputs": ["it"]})


def configuration(path: Path) -> list[Any]:
    """What Keras keeps of each layer but its name; indexing along two axes comes back as two that are along one."""
    with zipfile.ZipFile(path) as file:
        layers = json.loads(file.read("config.json"))["config"]["layers"]
    layers = [x for x in layers if x["class_name"] != "GetItem"]
    return sorted((_plain({**x, "inbound_nodes": len(x["inbound_nodes"])}) for x in layers), key=str)


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        dropped = ("name", "shared_object_id", "keras_history")
        return {key: _plain(value) for key, value in data.items() if key not in dropped}
    return [_plain(part) for part in data] if isinstance(data, list) else data


def there_and_back(name: str, number: int, folder: Path) -> None:
    text = spec(name, registry.known(name).examples[number])
    report = specc.check(text, strict=True)
    if not report.ok:
        pytest.skip("the example is none of a whole spec")
    specc.build(text, folder / "one.keras", strict=True)
    imported = import_model(str(folder / "one.keras"))
    assert imported.text is not None, [d.message for d in imported.diagnostics]
    specc.build(imported.text, folder / "two.keras", strict=True)
    assert configuration(folder / "one.keras") == configuration(folder / "two.keras")


@pytest.mark.parametrize(("name", "number"), SAMPLE)
def test_layer_comes_back(name: str, number: int, tmp_path: Path):
    there_and_back(name, number, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), [case for case in CASES if case not in SAMPLE])
def test_op_comes_back(name: str, number: int, tmp_path: Path):
    there_and_back(name, number, tmp_path)
