"""Random specs as plain data, for properties: `specs()`; most of them check without errors.

A chain knows what its value is: an image, a sequence or a vector, behind leading axes that layers are distributed
over. Its layers keep the sizes of space and time, so that values of one kind can be merged.
"""

from typing import Any, NamedTuple

from hypothesis import strategies as st

from specc.syntax.write import spec_text

Item = Any
MAX_DEPTH = 3


class Value(NamedTuple):
    """What a value is: `image`, `sequence` or `vector`, and the leading axes in front of that."""

    kind: str
    lead: tuple[str, ...] = ()


class _Scope:
    """The names that can be used, and the blocks, by what they read and give."""

    def __init__(self, blocks: dict[str, tuple[Value, bool]]) -> None:
        self.blocks = blocks
        self.names: dict[str, Value] = {}
        self.layers: dict[str, Value] = {}
        self.parameters: list[str] = []
        self.count = 0

    def fresh(self) -> str:
        self.count += 1
        return f"n{self.count}"


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """A spec."""
    spec: dict[str, Any] = {"specc": 1, "name": draw(st.sampled_from(["net", "no", "a b", "1e3", "$$x"]))}
    if draw(st.booleans()):
        spec["description"] = draw(st.text(max_size=20))
    if draw(st.integers(0, 4)) == 0:
        spec["distribute"] = "time_distributed"
    spec["params"] = {"width": draw(st.integers(1, 4)), "deep": {"type": "int", "default": 2, "min": 0}}
    shape, value = draw(inputs())
    spec["inputs"] = {"x": shape}
    blocks: dict[str, tuple[Value, bool]] = {}
    written: dict[str, Any] = {}
    for number in range(draw(st.integers(0, 2))):
        name = f"block{number}"
        written[name], blocks[name] = draw(_block(dict(blocks)))
    if written:
        spec["blocks"] = written
    scope = _Scope(blocks)
    scope.parameters = ["width"]
    scope.names["x"] = value
    items, last = draw(_chain(value, scope, MAX_DEPTH))
    spec["layers"] = [*items, {"Dense": 3, "name": "last"}]
    outputs = draw(st.sampled_from(["none", "last", "several"]))
    if outputs != "none":
        spec["outputs"] = ["last"]
        others = sorted(name for name, v in scope.names.items() if v == last and name != "x")
        if outputs == "several" and others:
            spec["outputs"] = {"last": None, "other": {"from": draw(st.sampled_from(others))}}
    return spec


def text_of(spec: dict[str, Any]) -> str:
    """A generated spec as an author would hand it in."""
    return spec_text(spec)


@st.composite
def inputs(draw: st.DrawFn) -> tuple[list[Any], Value]:
    """The shape of an input, with names or without, and what it is."""
    kind = draw(st.sampled_from(["image", "image", "sequence", "vector"]))
    leads: list[tuple[str, ...]] = [(), ("time",), ("camera",), ("camera", "time")]
    lead = draw(st.sampled_from(leads if kind == "image" else [(), ("series",), ("series", "camera")]))
    if kind == "vector":
        lead = lead[:1]
    sizes: dict[str, Any] = {"camera": 2, "series": 2, "time": draw(st.sampled_from([3, "T", None]))}
    core: list[Any] = {
        "image": [{"height": 6}, {"width": 5}, {"channel": draw(st.integers(1, 3))}],
        "sequence": [{"time": sizes["time"]}, {"feature": draw(st.integers(1, 3))}],
        "vector": [{"feature": 4}],
    }[kind]
    if kind == "image" and draw(st.integers(0, 3)) == 0:
        core = [core[2], *core[:2]]
    shape = [*({name: sizes[name]} for name in lead), *core]
    if kind == "image" and draw(st.integers(0, 3)) == 0:
        shape = [*({name: 2} for name in lead), {"height": 6}, {"width": 5}, {"channel": 2}]
        return [next(iter(entry.values())) for entry in shape], Value(kind, lead)
    return shape, Value(kind, lead)


@st.composite
def _block(
    draw: st.DrawFn, blocks: dict[str, tuple[Value, bool]]
) -> tuple[dict[str, Any], tuple[Value, bool]]:
    """A block that gives what it reads; it may ask for a parameter."""
    value = Value(draw(st.sampled_from(["image", "sequence", "vector"])))
    asks = draw(st.booleans())
    scope = _Scope(blocks)
    scope.parameters = ["units"] if asks else []
    items = draw(_keeping(value, scope, 1))
    block: dict[str, Any] = {"layers": items}
    if asks:
        block["params"] = {"units": {"type": "int"}}
    if value.kind != "vector" and draw(st.integers(0, 3)) == 0:
        shape = [None, None, None] if value.kind == "image" else [None, None]
        block["inputs"] = {"value": shape}
    return block, (value, asks)


@st.composite
def _chain(draw: st.DrawFn, value: Value, scope: _Scope, depth: int) -> tuple[list[Item], Value]:
    """Layers that may change what the value is."""
    items: list[Item] = []
    for _ in range(draw(st.integers(1, 3))):
        items += draw(_keeping(value, scope, depth))
        item, value = draw(_turning(value))
        if item is not None:
            items.append(item)
    return items, value


@st.composite
def _turning(draw: st.DrawFn, value: Value) -> tuple[Item | None, Value]:
    """A layer that makes something else of a value; None: it stays what it is."""
    ways: list[tuple[Item | None, Value]] = [(None, value)]
    if value.kind == "image":
        ways.append(("GlobalAveragePooling2D", Value("vector", value.lead)))
        if value.lead[-1:] == ("time",):
            ways.append(
                ({"LSTM": {"units": 3, "return_sequences": True}}, Value("sequence", value.lead[:-1]))
            )
        if not value.lead:
            ways.append(("Flatten", Value("vector")))
    elif value.kind == "sequence":
        ways.append(({"GRU": 3}, Value("vector", value.lead)))
        ways.append(({"reduce": {"axis": "time", "how": "max"}}, Value("vector", value.lead)))
    elif not value.lead:
        ways.append(({"RepeatVector": 3}, Value("sequence")))
    return draw(st.sampled_from(ways))


@st.composite
def _keeping(draw: st.DrawFn, value: Value, scope: _Scope, depth: int) -> list[Item]:
    """Items behind which a value is what it was."""
    items: list[Item] = []
    for _ in range(draw(st.integers(1, 3))):
        deep = depth > 0 and draw(st.integers(0, 2)) == 0
        item = draw(_construct(value, scope, depth - 1) if deep else _layer(value, scope))
        if isinstance(item, dict) and "when" not in item and draw(st.integers(0, 3)) == 0:
            item["name"] = scope.fresh()
            scope.names[item["name"]] = value
            if not deep:
                scope.layers[item["name"]] = value
        items.append(item)
    return items


_IMAGE: list[Any] = [
    {"Conv2D": {"filters": 2, "kernel_size": 3, "padding": "same"}},
    {"Conv2D": {"filters": 3, "kernel_size": [1, 2], "padding": "same", "activation": "relu"}},
    {"DepthwiseConv2D": {"kernel_size": 2, "padding": "same", "depthwise_regularizer": {"L2": 1e-5}}},
    {"MaxPooling2D": {"pool_size": 2, "strides": 1, "padding": "same"}},
    {"ZeroPadding2D": [[0, 0], [0, 0]]},
]
_SEQUENCE: list[Any] = [
    {"LSTM": {"units": 2, "return_sequences": True}},
    {"Conv1D": {"filters": 2, "kernel_size": 3, "padding": "causal"}},
    {"Bidirectional": {"layer": {"GRU": {"units": 2, "return_sequences": True}}, "merge_mode": "sum"}},
    {"MultiHeadAttention": {"num_heads": 1, "key_dim": 2}, "call": {"use_causal_mask": True}},
    {"TimeDistributed": {"layer": {"Dense": 3}}},
]
_ANY: list[Any] = [
    {"Dense": "$(size(-1) * 2)"},
    {"Dropout": 0.25},
    {"LayerNormalization": {"epsilon": 1e-3}},
    {"Activation": "tanh"},
    "ReLU",
    {"Rescaling": {"scale": 0.1, "offset": -1}},
]


@st.composite
def _layer(draw: st.DrawFn, value: Value, scope: _Scope) -> Item:
    """One layer."""
    own = {"image": _IMAGE, "sequence": _SEQUENCE, "vector": [{"Dense": 4}]}[value.kind]
    item = draw(st.sampled_from([*own, *own, *_ANY]))
    if isinstance(item, str):
        return item
    item = dict(item)
    choice = draw(st.integers(0, 9))
    same = sorted(name for name, v in scope.names.items() if v == value)
    built = sorted(name for name, v in scope.layers.items() if v == value)
    if choice == 0 and scope.parameters:
        item = {"Dense": f"${scope.parameters[0]}"}
    elif choice == 1 and same:
        item = {"Concatenate": {"axis": -1}, "from": ["_", draw(st.sampled_from(same))]}
    elif choice == 2 and same:
        item["from"] = draw(st.sampled_from(same))
    elif choice == 3 and built:
        item = {"reuse": draw(st.sampled_from(built))}
    elif choice == 4:
        item["when"] = draw(st.booleans())
    elif choice == 5 and "LSTM" in item:
        item["LSTM"] = {**item["LSTM"], "return_state": True}
        item["as"] = [scope.fresh(), "_", scope.fresh()]
    elif choice == 6 and value.lead:
        item["distribute"] = "time_distributed"
    return item


@st.composite
def _construct(draw: st.DrawFn, value: Value, scope: _Scope, depth: int) -> Item:
    """One construct; what it names inside is seen inside alone."""
    outer = dict(scope.names), dict(scope.layers)
    item = draw(_inner(value, scope, depth))
    scope.names, scope.layers = outer
    return item


@st.composite
def _inner(draw: st.DrawFn, value: Value, scope: _Scope, depth: int) -> Item:
    ways = ["repeat", "each", "residual", "branches"]
    if value.lead:
        ways += ["map", "map", "map"]
    usable = [name for name, (v, _) in scope.blocks.items() if v.kind == value.kind]
    ways += ["use", "use"] if usable else []
    match draw(st.sampled_from(ways)):
        case "repeat":
            rounds = (
                draw(st.sampled_from([0, 1, 2, "$deep", {"units": [2, 3]}]))
                if scope.parameters == ["width"]
                else 2
            )
            return {"repeat": rounds, "index": "i", "layers": draw(_keeping(value, scope, depth))}
        case "each":
            return {
                "each": {"units": [1, 2]},
                "layers": [*draw(_keeping(value, scope, depth)), {"Dense": "$units"}],
            }
        case "residual":
            body = [*draw(_keeping(value, scope, depth)), {"Dense": 2}]
            return {"residual": body, "shortcut": [{"Dense": 2}]}
        case "branches":
            chains = [draw(_keeping(value, scope, depth)), []]
            return {
                "branches": chains
                if draw(st.booleans())
                else dict(zip(("left", "right"), chains, strict=True))
            }
        case "map":
            inside = Value(value.kind, value.lead[1:])
            scope.names, scope.layers = {}, {}
            return {"map": {"over": value.lead[0], "layers": draw(_keeping(inside, scope, depth))}}
        case _:
            name = draw(st.sampled_from(usable))
            used: dict[str, Any] = {"use": name}
            if scope.blocks[name][1]:
                used["with"] = {"units": draw(st.integers(1, 3))}
            return used
