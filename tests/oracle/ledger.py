"""The deliberate differences from Keras: each with its reason and the cases that it covers, as few as can be."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from specc.ops.declare import parameters_of
from tests.oracle.case import op_class
from tests.oracle.judge import Verdict


class Entry(NamedTuple):
    """A difference: its name, why it is meant, and whether a verdict shows it."""

    name: str
    reason: str
    matches: Callable[[Verdict], bool]


def entry_for(verdict: Verdict) -> Entry | None:
    """The entry that covers a disagreement."""
    return next((entry for entry in LEDGER if entry.matches(verdict)), None)


def _given(verdict: Verdict, *names: str) -> Iterator[tuple[str, str, Any]]:
    """Op, name and value of the arguments, of wrapped layers too; only those called `names`, if there are any."""
    todo = [(step.op, step.arguments) for step in verdict.case.steps]
    for op, arguments in todo:
        for name, value in arguments.items():
            if not names or name in names:
                yield op, name, value
            if name.endswith("layer") and isinstance(value, dict):
                todo += [(inner, given) for inner, given in value.items() if isinstance(given, dict)]


def _refused(verdict: Verdict, code: str) -> bool:
    """Whether Keras accepts, and specc refuses with this code alone."""
    return verdict.keras.ok and verdict.codes == (code,)


def _batch_fails(verdict: Verdict, *texts: str) -> bool:
    """Whether both agree on all that is built, and only the batch fails, with one of these texts."""
    only = verdict.accepted and len(verdict.differences) == 1 and verdict.keras.stage == "batch"
    return only and any(text in verdict.keras.error for text in texts)


def _flag(verdict: Verdict) -> bool:
    return _refused(verdict, "E107") and any(
        _kind(op, name) == "true or false" and not isinstance(value, bool)
        for op, name, value in _given(verdict)
    )


def _kind(op: str, name: str) -> str:
    parameter = parameters_of(op_class(op)).get(name)
    return "" if parameter is None else parameter.kind.text


def _number(verdict: Verdict) -> bool:
    return _refused(verdict, "E107") and any(
        (_kind(op, name) in ("an integer", "a number") and (not isinstance(v, int | float) or name == "seed"))
        or (name == "axis" and isinstance(v, float))
        for op, name, v in _given(verdict)
    )


def _whole_numbers(verdict: Verdict) -> bool:
    given = list(_given(verdict, "negative_slope", "threshold", "max_value"))
    whole = all(op == "ReLU" and isinstance(v, int | None) for op, _, v in given)
    return bool(given) and whole and _refused(verdict, "E210")


def _stretched_state(verdict: Verdict) -> bool:
    states = [verdict.case.inputs[int(r[1:])] for r in verdict.case.steps[-1].reads[1:] if r[0] == "x"]
    return _refused(verdict, "E212") and any(not sizes or 1 in sizes for sizes in states)


def _unread(verdict: Verdict) -> bool:
    names = {(op, name) for op, name, _ in _given(verdict)}
    renorm = any(value is True for *_, value in _given(verdict, "renorm"))
    no_rank = any(not value for *_, value in _given(verdict, "lora_rank"))
    clipping = ("BatchNormalization", "renorm_clipping") in names and not renorm
    return _refused(verdict, "E107") and (
        no_rank or clipping or ("SimpleRNN", "activity_regularizer") in names
    )


def _mapping(verdict: Verdict) -> bool:
    given = _given(verdict, "target_shape", "dims")
    return _refused(verdict, "E107") and any(isinstance(v, dict) for *_, v in given)


def _constant(verdict: Verdict) -> bool:
    return _refused(verdict, "E107") and any(v == {"Constant": {}} for *_, v in _given(verdict))


def _negative_shared(verdict: Verdict) -> bool:
    several = (v if isinstance(v, list) else [v] for *_, v in _given(verdict, "shared_axes"))
    return _refused(verdict, "E107") and any(isinstance(a, int) and a < 0 for axes in several for a in axes)


def _attention_ranks(verdict: Verdict) -> bool:
    ranks = [len(verdict.case.inputs[int(r[1:])]) for r in verdict.case.steps[-1].reads if r[0] == "x"]
    unlike = len(set(ranks)) > 1 or min(ranks, default=2) < 2
    return unlike and _refused(verdict, "E200") and _has(verdict, "Attention", "AdditiveAttention")


def _clipped(verdict: Verdict) -> bool:
    given = _given(verdict, "dropout", "recurrent_dropout")
    return _refused(verdict, "E107") and any(
        isinstance(value, int | float) and not 0 <= value <= 1 for *_, value in given
    )


def _glu(verdict: Verdict) -> bool:
    given = _given(verdict, "activation", "recurrent_activation")
    return _refused(verdict, "E107") and any(value == "glu" for *_, value in given)


def _noise_for_two(verdict: Verdict) -> bool:
    return _refused(verdict, "E205") and any(v[0] == 2 for *_, v in _given(verdict, "noise_shape") if v)


def _channels_first(verdict: Verdict) -> bool:
    given = [value == "channels_first" for *_, value in _given(verdict, "data_format")]
    return any(given) and _batch_fails(verdict, "NHWC", "NDHWC")


def _dilated_transpose(verdict: Verdict) -> bool:
    given = [v for op, _, v in _given(verdict, "dilation_rate") if "Transpose" in op]
    return any(v not in (1, [1], [1, 1], [1, 1, 1]) for v in given) and _batch_fails(
        verdict, "dilation", "Dilat"
    )


def _has(verdict: Verdict, *ops: str) -> bool:
    return any(op in ops or inner in ops for op, inner in _ops(verdict))


def _ops(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """The ops of the layers, each with that of the layer that it wraps, if any."""
    for step in verdict.case.steps:
        inner = step.arguments.get("layer")
        yield step.op, next(iter(inner), "") if isinstance(inner, dict) else str(inner)


def _integer_policy(verdict: Verdict) -> bool:
    given = _given(verdict, "dtype")
    return _refused(verdict, "E107") and any(v == "bool" or "int" in str(v) for *_, v in given)


def _stretching(verdict: Verdict) -> bool:
    shapes = [(m.shapes, r.shapes) for m, r in zip(verdict.keras.made, verdict.keras.ran, strict=False)]
    refused = _refused(verdict, "E205") or _refused(verdict, "E107")
    return refused and any(a != b for a, b in shapes)


def _no_kernel(verdict: Verdict) -> bool:
    pools = ("MaxPooling3D", "AveragePooling3D")
    return _has(verdict, *pools) and _batch_fails(verdict, "Could not find device for node")


def _cudnn(verdict: Verdict) -> bool:
    given = _given(verdict, "use_cudnn")
    return any(v is True for *_, v in given) and _batch_fails(verdict, "cuDNN is not supported")


def _text_unread(verdict: Verdict) -> bool:
    return _refused(verdict, "E210") and "string" in verdict.case.dtypes


def _unchecked_rank(verdict: Verdict) -> bool:
    return _refused(verdict, "E200") and _has(verdict, "TimeDistributed")


def _scores(verdict: Verdict) -> bool:
    scored = [
        s
        for s in verdict.case.steps
        if s.op == "MultiHeadAttention" and s.options.get("return_attention_scores")
    ]
    return bool(scored) and verdict.keras.ok and all(text.startswith("E503") for text in verdict.differences)


def _lone_concatenation(verdict: Verdict) -> bool:
    lone = any(step.op == "Concatenate" and len(step.reads) == 1 for step in verdict.case.steps)
    return lone and _refused(verdict, "E203")


def _axis_twice(verdict: Verdict) -> bool:
    given = [v for op, _, v in _given(verdict, "axis") if op == "Normalization" and isinstance(v, list)]
    return _refused(verdict, "E203") and any(len(set(v)) < len(v) for v in given)


def _upper_case(verdict: Verdict) -> bool:
    return _refused(verdict, "E107") and any(v == "SAME" for *_, v in _given(verdict, "padding"))


def _dot_wraps(verdict: Verdict) -> bool:
    given = [v for op, _, v in _given(verdict, "axes") if op == "Dot"]
    return _refused(verdict, "E203") and any(isinstance(v, int) and v < -1 for v in given)


def _more_states(verdict: Verdict) -> bool:
    return _refused(verdict, "E303") and verdict.case.mutation == "more inputs"


def _inner_dtype(verdict: Verdict) -> bool:
    wrapped = [
        next(iter(s.arguments["layer"].values())) for s in verdict.case.steps if s.op == "TimeDistributed"
    ]
    return _refused(verdict, "E107") and any("dtype" in given for given in wrapped)


def _along_batch(verdict: Verdict) -> bool:
    return _refused(verdict, "E203") and "is the batch" in verdict.messages[0]


def _masks(verdict: Verdict) -> bool:
    masked = _has(verdict, "Masking") or any(v is True for *_, v in _given(verdict, "mask_zero"))
    return masked and _has(verdict, "Softmax") and _batch_fails(verdict, "`mask` must be broadcastable")


LEDGER: tuple[Entry, ...] = (
    Entry("flags", "Keras takes whatever Python takes for true or false; a spec says true or false", _flag),
    Entry(
        "numbers",
        "Keras fails on what is no number only where it computes with it, or broadcasts it",
        _number,
    ),
    Entry("unread arguments", "Keras does not look at arguments that it does not use", _unread),
    Entry("mappings", "Python takes the keys of a mapping for a list", _mapping),
    Entry(
        "lone concatenation",
        "Keras does not look at the axis where one value alone is joined",
        _lone_concatenation,
    ),
    Entry("axis twice", "Normalization takes an axis of size 1 that is named twice", _axis_twice),
    Entry(
        "upper case", "some layers take padding in any case, others as it is: a spec says `same`", _upper_case
    ),
    Entry("wrapped axes", "Dot takes a negative axis beyond the first one for some other", _dot_wraps),
    Entry("more states", "a recurrent layer drops initial states beyond those that it has", _more_states),
    Entry(
        "whole numbers",
        "Keras computes with integers where all arguments are; specc gives it floats",
        _whole_numbers,
    ),
    Entry(
        "stretched states",
        "Keras stretches a size of 1, or no axis, in a state to that of the cell",
        _stretched_state,
    ),
    Entry("masks", "what a mask does to the layers behind it is not checked yet", _masks),
    Entry("constant", "Keras saves a Constant without a value, and cannot load it", _constant),
    Entry("shared axes", "PReLU takes -1 for the last axis but one", _negative_shared),
    Entry("attention ranks", "Keras matches the batch of one with the steps of another", _attention_ranks),
    Entry("clipped dropout", "recurrent layers clip a dropout outside 0 to 1 in silence", _clipped),
    Entry("glu", "glu halves the last axis: no activation of a layer", _glu),
    Entry(
        "noise for two",
        "a noise_shape with a size for the batch fits batches of that size only",
        _noise_for_two,
    ),
    Entry("channels_first", "TensorFlow convolves channels_first on accelerators only", _channels_first),
    Entry("3-D pooling", "TensorFlow pools 3-D values that are no float32 on accelerators only", _no_kernel),
    Entry("cuDNN", "cuDNN is there on accelerators only", _cudnn),
    Entry("integer policies", "a layer computes in floats, even one that computes nothing", _integer_policy),
    Entry(
        "stretching",
        "Keras makes another shape than it announces",
        _stretching,
    ),
    Entry(
        "inner dtype",
        "TimeDistributed runs its layer in its own dtype, whatever that of the layer",
        _inner_dtype,
    ),
    Entry("batch axis", "an axis number that means the batch", _along_batch),
    Entry("text", "text goes where values are moved about alone, even if nothing is computed", _text_unread),
    Entry(
        "unchecked rank",
        "TimeDistributed passes its layer values of a rank that the layer refuses",
        _unchecked_rank,
    ),
    Entry(
        "scores",
        "Keras announces attention scores of a wrong shape, so nothing may be built on them",
        _scores,
    ),
    Entry(
        "dilated transpose",
        "TensorFlow dilates transposed convolutions on accelerators only",
        _dilated_transpose,
    ),
)
