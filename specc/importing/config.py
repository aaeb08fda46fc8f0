"""From the configuration of a model, in the notation of any version of Keras, to its network."""

from typing import Any, cast

from specc.importing.archive import Broken
from specc.importing.records import Application, Network, Record, Sort, Value, leaves, read_values
from specc.ops.kinds import DTYPES

MODELS = ("Functional", "Sequential", "Model")


def network_from(config: dict[str, Any]) -> Network:
    """The network that a model's configuration describes; raises `Broken`."""
    if not is_model(config):
        name = config.get("class_name")
        raise Broken(f"the file holds no functional or sequential model, but a `{name}`")
    if config["class_name"] == "Sequential":
        return _sequence(config)
    return _functional(config)


def is_model(config: dict[str, Any]) -> bool:
    """Whether this is the configuration of a model that Keras itself makes again from its layers."""
    inner = config.get("config")
    return (
        config.get("class_name") in MODELS
        and _of_keras(config.get("module"))
        and isinstance(inner, dict)
        and "layers" in inner
    )


def _of_keras(module: Any) -> bool:
    return module is None or (isinstance(module, str) and module.split(".")[0] == "keras")


def _functional(config: dict[str, Any]) -> Network:
    inner = _mapping(config["config"], "the configuration of the model")
    types: dict[Value, Sort] = {}
    records: dict[str, Record] = {}
    for entry in _list(inner["layers"], "`layers`"):
        record = _record(_mapping(entry, "a layer"), types)
        if record.name in records:
            raise Broken(f"two layers are called `{record.name}`")
        records[record.name] = record
    network = Network(
        _text(inner.get("name", "model"), "the name of the model"),
        records,
        _ends(inner.get("input_layers"), records, "input_layers"),
        _ends(inner.get("output_layers"), records, "output_layers"),
        types,
        {},
    )
    _count_results(network)
    return network


def _record(entry: dict[str, Any], types: dict[Value, Sort]) -> Record:
    config = _mapping(entry.get("config"), "the configuration of a layer")
    name = _text(entry.get("name", config.get("name")), "the name of a layer")
    cls = _text(entry.get("class_name"), f"the class of `{name}`")
    module = entry.get("module")
    if module is not None and not isinstance(module, str):
        raise Broken(f"the module of `{name}` is no text")
    nodes = _list(entry.get("inbound_nodes", []), f"the inputs of `{name}`")
    applications = [_application(node, name, types) for node in nodes]
    network = network_from(entry) if is_model(entry) else None
    if not applications and cls == "InputLayer":
        types[Value(name, 0, 0)] = _input_sort(config, name)
    return Record(name, module, cls, config, applications, network)


def _input_sort(config: dict[str, Any], name: str) -> Sort:
    shape = config.get("batch_shape", config.get("batch_input_shape"))
    sort = _sort(shape, config.get("dtype", "float32"), f"input `{name}`")
    if not sort.has_batch:
        raise Broken(f"the shape of input `{name}` has no batch")
    return sort


def _sort(shape: Any, dtype: Any, what: str) -> Sort:
    sizes = _list(shape, f"the shape of {what}")
    for size in sizes:
        if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
            raise Broken(f"the shape of {what} holds `{size}`")
    if dtype not in DTYPES:
        raise Broken(f"the dtype of {what} is `{dtype}`")
    return Sort(tuple(sizes[1:]), sizes[0], dtype) if sizes else Sort((), None, dtype, has_batch=False)


def _application(node: Any, name: str, types: dict[Value, Sort]) -> Application:
    """A call, in Keras's notation, or in that of its version 2: a list of `[layer, node, index, arguments]`."""
    if isinstance(node, list):
        values: list[Any] = []
        named: dict[str, Any] = {}
        for part in cast("list[Any]", node):
            entry = _list(part, f"an input of `{name}`")
            values.append(_end(entry[:3], f"the inputs of `{name}`"))
            if len(entry) > 3:
                named |= _mapping(entry[3], f"the arguments of `{name}`")
        return Application([values[0] if len(values) == 1 else values] if values else [], named)
    call = _mapping(node, f"an input of `{name}`")
    arguments = _list(call.get("args", []), f"the inputs of `{name}`")
    named = _mapping(call.get("kwargs", {}), f"the arguments of `{name}`")
    return Application(
        [_decoded(a, name, types) for a in arguments],
        {key: _decoded(value, name, types) for key, value in named.items()},
    )


def _decoded(data: Any, name: str, types: dict[Value, Sort]) -> Any:
    """An argument of a call: values, slices, arrays and plain data."""
    if isinstance(data, list):
        return [_decoded(item, name, types) for item in cast("list[Any]", data)]
    if not isinstance(data, dict):
        return data
    mapping = cast("dict[str, Any]", data)
    inner = mapping.get("config")
    if not isinstance(inner, dict):
        return {key: _decoded(item, name, types) for key, item in mapping.items()}
    config = cast("dict[str, Any]", inner)
    match mapping.get("class_name"):
        case "__keras_tensor__":
            value = _end(config.get("keras_history"), f"the inputs of `{name}`")
            types[value] = _sort(config.get("shape"), config.get("dtype"), f"the input of `{name}`")
            return value
        case "__slice__":
            return slice(config.get("start"), config.get("stop"), config.get("step"))
        case "__ellipsis__":
            return ...
        case "__tensor__" | "__numpy__":
            return config.get("value")
        case _:
            return mapping


def _end(entry: Any, what: str) -> Value:
    if isinstance(entry, list):
        match cast("list[Any]", entry):
            case [str(layer), int(node), int(result)] if node >= 0 <= result and bool not in map(
                type, (node, result)
            ):
                return Value(layer, node, result)
            case _:
                pass
    raise Broken(f"{what} hold something that is no value: `[layer, node, index]` is one")


def _ends(tree: Any, records: dict[str, Record], what: str) -> Any:
    """The inputs or outputs of a model. Keras counts the applications of a nested functional model from 1 here."""
    if isinstance(tree, dict):
        return {k: _ends(v, records, what) for k, v in cast("dict[str, Any]", tree).items()}
    parts = _list(tree, f"`{what}`")
    if not parts or not isinstance(parts[0], str):
        return [_ends(part, records, what) for part in parts]
    value = _end(parts, f"`{what}`")
    record = records.get(value.layer)
    if record is not None and record.network is not None and record.cls != "Sequential":
        return value._replace(node=value.node - 1)
    return value


def _count_results(network: Network) -> None:
    """Fill in how many results are read; raises `Broken` for a value that no layer makes."""
    for value in (*read_values(network), *leaves(network.inputs), *leaves(network.outputs)):
        record = network.records.get(value.layer)
        if record is None:
            raise Broken(f"there is no layer `{value.layer}`, whose result is read")
        if not 0 <= value.node < max(1, len(record.applications)):
            raise Broken(
                f"`{value.layer}` is applied {len(record.applications)} times; more results are read"
            )
        key = (value.layer, value.node)
        network.results[key] = max(value.result + 1, network.results.get(key, 1))
    if not leaves(network.inputs) or not leaves(network.outputs):
        raise Broken(f"the model `{network.name}` has no inputs, or no outputs")
    for value in leaves(network.inputs):
        if network.records[value.layer].cls != "InputLayer":
            raise Broken(
                f"`{value.layer}` stands among the inputs, and is a `{network.records[value.layer].cls}`"
            )


def _sequence(config: dict[str, Any]) -> Network:
    """A sequential model as a network in which each layer is applied to the result of the one before."""
    inner = _mapping(config["config"], "the configuration of the model")
    name = _text(inner.get("name", "sequential"), "the name of the model")
    entries = [_mapping(entry, "a layer") for entry in _list(inner["layers"], "`layers`")]
    if not entries or entries[0].get("class_name") != "InputLayer":
        shape = inner.get("build_input_shape") or _input_shape(entries)
        if shape is None:
            raise Broken(f"the model `{name}` was never built: the file does not say the shape of its input")
        config = {"name": "input", "batch_shape": shape, "dtype": "float32"}
        entries.insert(0, {"class_name": "InputLayer", "config": config})
    records: dict[str, Record] = {}
    types: dict[Value, Sort] = {}
    last: Value | None = None
    for entry in entries:
        record = _record({**entry, "inbound_nodes": []}, types)
        if record.name in records:
            raise Broken(f"two layers are called `{record.name}`")
        if last is not None:
            record.applications.append(Application([last], {}))
            _note_built(entry, last, types)
        records[record.name] = record
        last = Value(record.name, 0, 0)
    first = Value(next(iter(records)), 0, 0)
    return Network(name, records, first, last, types, {})


def _input_shape(entries: list[dict[str, Any]]) -> Any:
    """The shape that the first layer was built for, or that an older Keras wrote into its configuration."""
    if not entries:
        return None
    config = _mapping(entries[0].get("config"), "the configuration of a layer")
    return config.get("batch_input_shape") or _built_for(entries[0])


def _built_for(entry: dict[str, Any]) -> Any:
    built = entry.get("build_config")
    return cast("dict[str, Any]", built).get("input_shape") if isinstance(built, dict) else None


def _note_built(entry: dict[str, Any], value: Value, types: dict[Value, Sort]) -> None:
    """What a layer was built for is what is known of the value before it."""
    shape = _built_for(entry)
    if value not in types and isinstance(shape, list) and all(isinstance(s, int | None) for s in shape):  # pyright: ignore[reportUnknownVariableType]
        types[value] = _sort(shape, "float32", f"`{value.layer}`")


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Broken(f"{what} is no mapping")
    return cast("dict[str, Any]", value)


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise Broken(f"{what} is no list")
    return cast("list[Any]", value)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise Broken(f"{what} is no text")
    return value
