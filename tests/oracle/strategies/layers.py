"""The strategies of convolutions, recurrent layers, merges, attention and what reshapes."""

from math import prod
from typing import Any

from specc.ops import registry
from tests.oracle.case import Sizes
from tests.oracle.draft import Draft, rank_of, space_of
from tests.oracle.strategies.registry import STRATEGIES, strategy


def window(draft: Draft) -> None:
    """Windows over space: groups that divide, strides that go with the dilation."""
    rng, n = draft.rng, space_of(draft.op)
    if draft.channels_first and not draft.given:
        lead = len(draft.shape) - n - 1
        shape = draft.shape
        draft.shapes[0] = (*shape[:lead], shape[-1], *shape[lead:-1])
    first = len(draft.shape) - n - 1
    channels = draft.shape[first if draft.channels_first else -1]
    groups = draft.arguments.get("groups")
    if isinstance(groups, int) and draft.chance(0.85):
        divisors = [g for g in range(1, channels + 1) if channels % g == 0]
        draft.arguments["groups"] = g = rng.choice(divisors)
        draft.arguments["filters"] = g * rng.randint(1, 2)
    if "dilation_rate" in draft.arguments and "strides" in draft.arguments and draft.chance(0.85):
        del draft.arguments[rng.choice(("dilation_rate", "strides"))]
    even = draft.op.startswith(("Depthwise", "Separable"))
    if even and draft.chance(0.8) and isinstance(draft.arguments.get("strides"), list):
        draft.arguments["strides"] = draft.arguments["strides"][0]
    if draft.arguments.get("output_padding") is not None and draft.chance(0.7):
        strides = draft.per_axis("strides", n)
        draft.arguments["output_padding"] = [rng.randrange(s) for s in strides]


def states(draft: Draft, count: int, state: Sizes) -> None:
    """Initial states for a recurrent layer, and now and then a batch of fixed size that it may keep them over."""
    if draft.chance(0.15) and not draft.given:
        draft.shapes += [state] * count
    if draft.chance(0.06):
        draft.arguments["stateful"] = True
        draft.batch = 2 if draft.chance(0.8) else None


def recurrent(draft: Draft) -> None:
    states(draft, 2 if draft.op == "LSTM" else 1, (draft.arguments["units"],))


def conv_lstm(draft: Draft) -> None:
    window(draft)
    draft.arguments.pop("unroll", None)
    n = space_of(draft.op)
    space = draft.shape[2:] if draft.channels_first else draft.shape[1:-1]
    kernel, strides = draft.per_axis("kernel_size", n), draft.per_axis("strides", n)
    rate = draft.per_axis("dilation_rate", n)
    valid = draft.get("padding") == "valid"
    shrink = [(k - 1) * d if valid else 0 for k, d in zip(kernel, rate, strict=True)]
    space = tuple(max(1, -(-(s - k) // t)) for s, k, t in zip(space, shrink, strides, strict=True))
    filters = (draft.arguments["filters"],)
    states(draft, 2, (*filters, *space) if draft.channels_first else (*space, *filters))


def bidirectional(draft: Draft) -> None:
    rng = draft.rng
    inner = Draft(rng, rng.choice(("LSTM", "GRU", "SimpleRNN")), draft.shape)
    inner.draw()
    inner.arguments.pop("go_backwards", None)
    draft.arguments["layer"] = {inner.op: inner.arguments}
    if draft.chance(0.2):
        arguments = {k: v for k, v in inner.arguments.items() if k.startswith("return_") or k == "units"}
        if draft.chance(0.8):
            arguments["go_backwards"] = True
        if draft.chance(0.1):
            arguments["units"] += 1
        draft.arguments["backward_layer"] = {rng.choice(("LSTM", "GRU", "SimpleRNN")): arguments}
    if draft.chance(0.12) and not draft.given:
        ahead, back = draft.arguments["layer"], draft.arguments.get("backward_layer")
        counts = [2 if "LSTM" in (layer or ahead) else 1 for layer in (ahead, back)]
        draft.shapes += [(inner.arguments["units"],)] * sum(counts)


INSIDE = (
    *("Dense", "Conv1D", "Conv2D", "MaxPooling2D", "AveragePooling1D", "LSTM", "GRU", "Flatten", "Dropout"),
    *(
        "BatchNormalization",
        "LayerNormalization",
        "Softmax",
        "Reshape",
        "Permute",
        "RepeatVector",
        "Activation",
    ),
    *("GlobalAveragePooling1D", "GlobalMaxPooling2D", "SeparableConv2D", "UpSampling2D", "ZeroPadding1D"),
    *("Conv2DTranspose", "PReLU", "Identity", "Rescaling", "UnitNormalization", "GroupNormalization"),
)


def time_distributed(draft: Draft) -> None:
    rng = draft.rng
    step = draft.shape[1:] if draft.given else None
    inner = Draft(
        rng, rng.choice([op for op in INSIDE if step is None or rank_of(rng, op) == len(step)]), step
    )
    inner.draw()
    strategy(inner)
    draft.arguments["layer"] = {inner.op: inner.arguments}
    if not draft.given:
        draft.shapes = [(rng.randint(1, 4), *inner.shape)]


def reshape(draft: Draft) -> None:
    rest, target = prod(draft.shape), list[int]()
    while rest > 1 and draft.chance(0.75):
        size = draft.rng.choice([d for d in range(1, rest + 1) if rest % d == 0])
        target.append(size)
        rest //= size
    target.append(rest)
    if draft.chance(0.4):
        target[draft.rng.randrange(len(target))] = -1
    draft.arguments["target_shape"] = target


def permute(draft: Draft) -> None:
    rank = len(draft.shape)
    draft.arguments["dims"] = draft.rng.sample(range(1, rank + 1), rank)


def dropout(draft: Draft) -> None:
    if draft.chance(0.25):
        sizes = [draft.rng.choice((1, None, size)) for size in draft.shape]
        draft.arguments["noise_shape"] = [draft.rng.choice((None, None, 1, 2)), *sizes]


def integers(draft: Draft) -> None:
    if draft.chance(0.7):
        draft.dtype = draft.rng.choice(("int32", "int64", "uint8"))


def prelu(draft: Draft) -> None:
    if "shared_axes" in draft.arguments and draft.chance(0.8):
        rank = len(draft.shape)
        draft.arguments["shared_axes"] = draft.rng.sample(range(1, rank + 1), draft.rng.randint(1, rank))


def group_normalization(draft: Draft) -> None:
    axis = draft.get("axis")
    size = draft.shape[axis - 1 if axis > 0 else axis]
    divisors = [-1, *(g for g in range(1, size + 1) if size % g == 0)]
    if draft.chance(0.9):
        draft.arguments["groups"] = draft.rng.choice(divisors)


def normalization(draft: Draft) -> None:
    axis = draft.get("axis")
    draft.arguments.pop("mean", None)
    draft.arguments.pop("variance", None)
    if draft.chance(0.4):
        numbers: Any = 0.5
        if isinstance(axis, int) and draft.chance(0.6):
            numbers = [0.5] * draft.shape[axis - 1 if axis > 0 else axis]
        draft.arguments |= {"mean": numbers, "variance": numbers}


def rescaling(draft: Draft) -> None:
    for name in ("scale", "offset"):
        if name in draft.arguments and draft.chance(0.3):
            draft.arguments[name] = [0.5] * draft.shape[-1]


def merge(draft: Draft) -> None:
    """Two to four inputs alike, some of them with fewer axes or sizes of 1; exactly two where the op wants so."""
    rng = draft.rng
    count = 2 if draft.op in ("Subtract", "Dot") else rng.randint(1, 4)
    for _ in range(count - 1):
        sizes = [1 if rng.random() < 0.12 else size for size in draft.shape]
        if len(sizes) > 1 and rng.random() < 0.15:
            del sizes[: rng.randint(1, len(sizes) - 1)]
        draft.shapes.append(tuple(sizes))


def concatenate(draft: Draft) -> None:
    rng, axis = draft.rng, draft.get("axis")
    for _ in range(rng.randint(0, 3)):
        sizes = list(draft.shape)
        sizes[axis - 1 if axis > 0 else axis] = rng.randint(1, 4)
        draft.shapes.append(tuple(sizes))


def dot(draft: Draft) -> None:
    rng = draft.rng
    other = [rng.randint(1, 4) for _ in range(rng.choice((1, 2, 2, 3)))]
    axes = [rng.choice([a for a in range(-r, r + 1) if a]) for r in (len(draft.shape), len(other))]
    if draft.chance(0.5):
        rank = min(len(draft.shape), len(other))
        axes = [rng.choice([a for a in range(-rank, rank + 1) if a])] * 2
    i, j = (a - 1 if a > 0 else a for a in axes)
    other[j] = draft.shape[i]
    draft.shapes.append(tuple(other))
    draft.arguments["axes"] = axes[0] if axes[0] == axes[1] and draft.chance(0.7) else axes


def attention(draft: Draft) -> None:
    """Query, value and now and then a key; scores and masks by call."""
    rng, query = draft.rng, draft.shape
    steps, lead = rng.randint(1, 5), query[:-2]
    projects = draft.op == "MultiHeadAttention"
    width = rng.randint(1, 5) if projects else query[-1]
    if projects and len(query) > 2 and draft.chance(0.5):
        axis = rng.randint(1, len(query) - 1)
        draft.arguments["attention_axes"] = axis if draft.chance(0.5) else [axis]
        sizes = list(query)
        sizes[axis - 1] = steps
        value = (*sizes[:-1], width)
    else:
        value = (*lead, steps, width)
        if not projects or draft.chance(0.9):
            draft.arguments.pop("attention_axes", None)
    draft.shapes.append(value)
    if draft.chance(0.3):
        draft.shapes[1] = (*value[:-1], rng.randint(1, 5))
        draft.shapes.append(value)
    for option, probability in (("use_causal_mask", 0.15), ("return_attention_scores", 0.2)):
        if draft.chance(probability):
            draft.options[option] = True


STRATEGIES |= {
    **dict.fromkeys((name for name in registry.names() if space_of(name)), window),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN"), recurrent),
    **{f"ConvLSTM{n}D": conv_lstm for n in (1, 2, 3)},
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), merge),
    **dict.fromkeys(("Attention", "AdditiveAttention", "MultiHeadAttention"), attention),
    "Bidirectional": bidirectional,
    "TimeDistributed": time_distributed,
    "Reshape": reshape,
    "Permute": permute,
    "Dropout": dropout,
    "Embedding": integers,
    "PReLU": prelu,
    "GroupNormalization": group_normalization,
    "Normalization": normalization,
    "Rescaling": rescaling,
    "Concatenate": concatenate,
    "Dot": dot,
}
