"""Keras's serialized objects as a spec writes them: `he_normal`, `{L2: 1e-4}`, `[1, 2]`."""

from typing import Any, cast

from specc.importing.defaults import DEFAULTS
from specc.ops.families import Family


class Unsayable(Exception):
    """Something that a spec has no words for; `message` goes on behind the name of the layer."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def class_of(data: Any) -> str | None:
    """The class of a serialized object; None for plain data."""
    found = cast("dict[str, Any]", data).get("class_name") if isinstance(data, dict) else None
    return found if isinstance(found, str) else None


def config_of(data: Any) -> dict[str, Any]:
    """The configuration of a serialized object."""
    found = cast("dict[str, Any]", data).get("config")
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def is_of_keras(module: Any) -> bool:
    """Whether a module is one of Keras's own."""
    return isinstance(module, str) and module.split(".")[0] == "keras"


def object_from(data: Any, family: Family) -> Any:
    """An object of a family: its name, or its name with the arguments that are no defaults."""
    name = class_of(data)
    if name is None:
        return data
    if name == "__lambda__":
        raise Unsayable("holds a lambda: Python bytecode, which is not decoded")
    if data.get("module") == "builtins" and data.get("config") in family.bare:
        return family.bare[data["config"]]
    if data.get("module") == "builtins" or not is_of_keras(data.get("module")):
        word = data.get("registered_name") or name
        raise Unsayable(f"has {family.article} {family.what} of its own, `{word}`, which a spec cannot name")
    if name not in family.classes:
        raise Unsayable(f"has the {family.what} `{name}`, which a spec cannot name")
    given = _given(name, config_of(data), family)
    if not given and name in family.bare:
        return family.bare[name]
    return {name: given}


def _given(name: str, config: dict[str, Any], family: Family) -> dict[str, Any]:
    """The arguments that are no defaults, in Keras's order."""
    defaults = DEFAULTS[family.module].get(name, {})
    found: dict[str, Any] = {}
    for parameter, want in family.classes[name].items():
        if parameter not in config:
            continue
        value = plain(config[parameter])
        if want.required or value != defaults.get(parameter):
            found[parameter] = value
    return found


def plain(data: Any) -> Any:
    """Plain data; arrays as lists, a dtype policy by its name."""
    if isinstance(data, list):
        return [plain(item) for item in cast("list[Any]", data)]
    if not isinstance(data, dict):
        return data
    match class_of(data):
        case None:
            return {key: plain(item) for key, item in cast("dict[str, Any]", data).items()}
        case "DTypePolicy":
            return config_of(data).get("name")
        case "__numpy__" | "__tensor__":
            return plain(config_of(data).get("value"))
        case "__lambda__":
            raise Unsayable("holds a lambda: Python bytecode, which is not decoded")
        case "Constant" if isinstance(config_of(data).get("value"), list):
            raise Unsayable("has an initializer that holds an array")
        case name:
            raise Unsayable(f"has a `{name}` among its arguments, which a spec cannot name")
