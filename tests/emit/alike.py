"""Whether two Keras models are the same but for what Keras itself makes up."""

import re
from typing import Any

Config = dict[str, Any]

_NOISE = ("registered_name", "build_config", "shared_object_id", "module")
_MASKS = re.compile(
    r".*\.(notequal|any|all|logicaland|logicalor|getitem|cast|concatenate|expanddims|oneslike|zeroslike)(_\d+)?"
)
"""How a build names the operations by which Keras makes masks; in emitted code they have Keras's own names."""


def differences(built: Config, made: Config) -> list[str]:
    """What is different in two `get_config()` of functional models, `built` by specc and `made` by emitted code."""
    one, other = built["layers"], made["layers"]
    if len(one) != len(other):
        return [f"{len(one)} operations, {len(other)}"]
    names: dict[str, str] = {}
    found: list[str] = []
    for x, y in zip(one, other, strict=True):
        if x["class_name"] != y["class_name"]:
            found.append(f"{x['name']} is a {x['class_name']}, {y['name']} a {y['class_name']}")
        elif x["name"] != y["name"]:
            if not _MASKS.fullmatch(x["name"]):
                found.append(f"{x['name']} is called {y['name']}")
            names[y["name"]] = x["name"]
    if found:
        return found
    one, other = plain(built, {}), plain(made, names)
    for x, y in zip(one.pop("layers"), other.pop("layers"), strict=True):
        if x != y:
            found.append(f"{x}\n{y}")
    return found if one == other else [*found, f"{one}\n{other}"]


def plain(value: Any, names: dict[str, str], depth: int = 0) -> Any:
    """A configuration without noise: the seeds that Keras draws, the numbers in names that it makes up."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key not in _NOISE}
        if depth > 1 and isinstance(kept.get("name"), str):
            kept["name"] = re.sub(r"_\d+$", "", kept["name"])
        return {
            key: "drawn"
            if key == "seed" and _is_drawn(item)
            else plain(item, names, depth + (key == "config"))
            for key, item in kept.items()
        }
    if isinstance(value, list | tuple):
        return [plain(item, names, depth) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def _is_drawn(seed: Any) -> bool:
    return isinstance(seed, int) and seed > 1000
