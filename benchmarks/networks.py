"""The networks that are measured: the text of their specs, and the same network as Keras code."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

FORMS = ("chain", "residual")
ARGUMENTS = ("alike", "varied")


class Made(NamedTuple):
    """An object as an argument: a layer, or a regularizer."""

    module: str
    name: str
    arguments: Mapping[str, Any]


class Item(NamedTuple):
    """One layer of a network: its name, its arguments, and the layers that it reads."""

    name: str
    op: str
    arguments: Mapping[str, Any]
    sources: Sequence[str]


class Network(NamedTuple):
    """A network to be written as a spec or as Keras code; `inputs` maps names to sizes by axis name."""

    inputs: Mapping[str, Mapping[str, int]]
    dtypes: Mapping[str, str]
    items: Sequence[Item]


class _Chain:
    """Writes layers one after the other."""

    def __init__(self, start: str, items: list[Item]) -> None:
        self.last = start
        self.items = items

    def add(self, op: str, *sources: str, **arguments: Any) -> str:
        name = f"{op.lower()}_{len(self.items)}"
        self.items.append(Item(name, op, arguments, sources or (self.last,)))
        self.last = name
        return name


def two_towers() -> Network:
    """100 layers: a residual network for an image, a transformer for a question, and a head over both."""
    items: list[Item] = []
    image, question = _image_tower(items), _question_tower(items)
    head = _Chain(image, items)
    head.add("Concatenate", image, question, axis=-1)
    head.add("BatchNormalization", momentum=0.95)
    head.add(
        "Dense", units=512, activation="gelu", kernel_regularizer=Made("regularizers", "L2", {"l2": 1e-4})
    )
    head.add("Dropout", rate=0.4)
    head.add("Dense", units=128, activation="relu")
    head.add("Dense", units=40, activation="softmax")
    assert len(items) == 100, len(items)
    inputs = {"image": {"height": 128, "width": 128, "channel": 3}, "question": {"time": 24}}
    return Network(inputs, {"question": "int32"}, items)


def _image_tower(items: list[Item]) -> str:
    tower = _Chain("image", items)
    tower.add("ZeroPadding2D", padding=3)
    tower.add("Conv2D", filters=32, kernel_size=7, strides=2, use_bias=False, kernel_initializer="he_normal")
    tower.add("BatchNormalization", momentum=0.9, epsilon=1.001e-5)
    tower.add("Activation", activation="relu")
    tower.add("MaxPooling2D", pool_size=3, strides=2, padding="same")
    for stage, filters in enumerate((32, 64, 128, 256)):
        for block in range(2):
            stride = 2 if stage and not block else 1
            start = tower.last
            tower.add(
                "Conv2D", filters=filters, kernel_size=3, strides=stride, padding="same", use_bias=False
            )
            tower.add("BatchNormalization", momentum=0.9 + 0.01 * stage)
            tower.add("LeakyReLU", negative_slope=0.1 + 0.05 * block)
            tower.add("SeparableConv2D", filters=filters, kernel_size=3 + 2 * block, padding="same")
            body = tower.add("BatchNormalization", epsilon=1e-3 / (stage + 1))
            shortcut = start
            if not block:
                tower.add("Conv2D", start, filters=filters, kernel_size=1, strides=stride, use_bias=False)
                shortcut = tower.add("BatchNormalization", momentum=0.95)
            tower.add("Add", body, shortcut)
            tower.add("Activation", activation="relu")
        tower.add("SpatialDropout2D", rate=0.05 * (stage + 1))
    return tower.add("GlobalAveragePooling2D")


def _question_tower(items: list[Item]) -> str:
    tower = _Chain("question", items)
    tower.add("Embedding", input_dim=8000, output_dim=96)
    tower.add("Conv1D", filters=96, kernel_size=3, padding="same", activation="relu")
    cell = Made("layers", "LSTM", {"units": 48, "return_sequences": True})
    tower.add("Bidirectional", layer=cell)
    for block in range(2):
        x = tower.last
        heads = 2 + 2 * block
        attended = tower.add("MultiHeadAttention", x, x, num_heads=heads, key_dim=48 // heads, dropout=0.1)
        tower.add("Add", x, attended)
        x = tower.add("LayerNormalization", epsilon=1e-6)
        tower.add("Dense", units=192 + 96 * block, activation="gelu")
        tower.add("Dropout", rate=0.1 + 0.1 * block)
        y = tower.add("Dense", units=96)
        tower.add("Add", x, y)
        tower.add("LayerNormalization", epsilon=1e-5)
    return tower.add("GlobalAveragePooling1D")


def spec_text(network: Network, name: str = "two_towers") -> str:
    """The network as a spec; layers carry a name or a source only where the order does not say it."""
    named = _named(network)
    lines = ["specc: 1", f"name: {name}", "", "inputs:"]
    for entry, sizes in network.inputs.items():
        shape = _flow([{axis: size} for axis, size in sizes.items()]).replace("{", "").replace("}", "")
        dtype = network.dtypes.get(entry)
        lines.append(
            f"  {entry}: {shape}" if dtype is None else f"  {entry}: {{shape: {shape}, dtype: {dtype}}}"
        )
    lines += ["", "layers:"]
    before: tuple[str, ...] = ()
    for item in network.items:
        lines.append(f"  - {item.op}: {_flow(item.arguments)}" if item.arguments else f"  - {item.op}:")
        if item.name in named:
            lines.append(f"    name: {item.name}")
        if tuple(item.sources) != before:
            sources = list(item.sources)
            lines.append(f"    from: {_flow(sources[0] if len(sources) == 1 else sources)}")
        before = (item.name,)
    last = network.items[-1].name
    lines += ["", "outputs:", f"  {last}: [class: {network.items[-1].arguments['units']}]", "", "compile:"]
    lines += [
        "  optimizer: {Adam: {learning_rate: 1e-3}}",
        "  loss: categorical_crossentropy",
        "  metrics: [accuracy]",
    ]
    return "\n".join(lines) + "\n"


def _named(network: Network) -> set[str]:
    """The layers that another one reads by name, and the output."""
    named = {network.items[-1].name}
    before: tuple[str, ...] = ()
    for item in network.items:
        if tuple(item.sources) != before:
            named.update(source for source in item.sources if source not in network.inputs)
        before = (item.name,)
    return named


def _flow(value: Any) -> str:
    """A value as YAML in one line."""
    if isinstance(value, Made):
        return _flow({value.name: value.arguments})
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


MERGES = ("Add", "Concatenate")


def keras_code(network: Network) -> str:
    """The network as a script that builds and compiles it in Keras."""
    lines = ["import keras", ""]
    for name, sizes in network.inputs.items():
        dtype = network.dtypes.get(name, "float32")
        lines.append(f"{name} = keras.Input({tuple(sizes.values())}, dtype={dtype!r}, name={name!r})")
    for item in network.items:
        sources = ", ".join(item.sources)
        received = f"[{sources}]" if item.op in MERGES else sources
        arguments = "".join(f"{key}={_code(value)}, " for key, value in item.arguments.items())
        lines.append(f"{item.name} = keras.layers.{item.op}({arguments}name={item.name!r})({received})")
    inputs, output = ", ".join(network.inputs), network.items[-1].name
    lines.append(f"model = keras.Model([{inputs}], {output})")
    lines.append("optimizer = keras.optimizers.Adam(learning_rate=1e-3)")
    lines.append("model.compile(optimizer=optimizer, loss='categorical_crossentropy', metrics=['accuracy'])")
    return "\n".join(lines) + "\n"


def _code(value: Any) -> str:
    if isinstance(value, Made):
        arguments = ", ".join(f"{key}={_code(entry)}" for key, entry in value.arguments.items())
        return f"keras.{value.module}.{value.name}({arguments})"
    return repr(value)


def long_text(form: str, arguments: str, layers: int) -> str:
    """The spec of a chain or a residual network of `layers` layers.

    With arguments "alike", the same few layers come again and again; "varied", no layer is written as another one.
    """
    blocks = (_chain if form == "chain" else _residual)(arguments == "varied")
    head = "specc: 1\nname: long\n\ninputs:\n  image: [height: 32, width: 32, channel: 64]\n\nlayers:\n"
    return head + "".join(next(blocks) for _ in range(layers // 4))


def _chain(varied: bool) -> Iterator[str]:
    """Four layers at a time."""
    i = 0
    while True:
        k = i if varied else 0
        yield (
            f"  - Conv2D: {{filters: {k + 64}, kernel_size: {1 + k % 4}, padding: same}}\n"
            f"  - BatchNormalization: {{momentum: {0.9 + k * 1e-6:.6f}}}\n"
            f"  - LeakyReLU: {{negative_slope: {0.1 + k * 1e-6:.6f}}}\n"
            f"  - Dropout: {0.1 + k * 1e-6:.6f}\n"
        )
        i += 1


def _residual(varied: bool) -> Iterator[str]:
    """A block of three layers and the sum: in turns as a construct, and wired by name."""
    i = 0
    while True:
        k = i if varied else 0
        first = f"BatchNormalization: {{momentum: {0.9 + k * 1e-6:.6f}}}\n"
        second = f"Conv2D: {{filters: {k + 64}, kernel_size: 3, padding: same, activation: relu}}\n"
        third = (
            f"Conv2D: {{filters: 64, kernel_size: {1 + k % 7}, dilation_rate: {1 + k // 7}, padding: same}}\n"
        )
        if i % 2 == 0:
            yield f"  - residual:\n      - {first}      - {second}      - {third}    name: sum_{i}\n"
        else:
            yield f"  - {first}  - {second}  - {third}  - Add:\n    name: sum_{i}\n    from: [_, sum_{i - 1}]\n"
        i += 1
