"""The entries for layers, and for arguments of any op."""

from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import (
    Entry,
    argument_refused,
    arguments_of,
    batch_fails,
    has_op,
    kind_text,
    makes_another,
    refused,
    refused_at,
)
from tests.oracle.reference import BATCH


def _flag(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and any(
        kind_text(op, name) == "true or false" and not isinstance(value, bool)
        for op, name, value in arguments_of(verdict)
    )


def _number(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and any(
        (
            kind_text(op, name) in ("an integer", "a number")
            and (not isinstance(v, int | float) or name == "seed")
        )
        or (name == "axis" and isinstance(v, float))
        for op, name, v in arguments_of(verdict)
    )


def _whole_numbers(verdict: Verdict) -> bool:
    given = list(arguments_of(verdict, "negative_slope", "threshold", "max_value"))
    whole = all(op == "ReLU" and isinstance(v, int | None) for op, _, v in given)
    return bool(given) and whole and refused(verdict, "E210")


def _stretched_state(verdict: Verdict) -> bool:
    read = [r for step in verdict.case.steps for r in step.reads[1:]]
    states = [verdict.case.inputs[int(r[1:])] for r in read if r[0] == "x"]
    held = any(1 in shape for made in verdict.keras.made for shape in made.shapes)
    other = any(not sizes or 1 in sizes or sizes[0] == BATCH for sizes in states)
    return refused(verdict, "E212") and (held or other)


def _unread(verdict: Verdict) -> bool:
    names = {(op, name) for op, name, _ in arguments_of(verdict)}
    renorm = any(value is True for *_, value in arguments_of(verdict, "renorm"))
    no_rank = any(not value for *_, value in arguments_of(verdict, "lora_rank"))
    clipping = ("BatchNormalization", "renorm_clipping") in names and not renorm
    no_noise = argument_refused(verdict) == "noise_shape" and 0 in [
        v for *_, v in arguments_of(verdict, "rate")
    ]
    return refused(verdict, "E107") and (
        no_rank or clipping or no_noise or ("SimpleRNN", "activity_regularizer") in names
    )


def _mapping(verdict: Verdict) -> bool:
    given = arguments_of(verdict, "target_shape", "dims")
    return refused(verdict, "E107") and any(isinstance(v, dict) for *_, v in given)


def _constant(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and any(v == {"Constant": {}} for *_, v in arguments_of(verdict))


def _negative_shared(verdict: Verdict) -> bool:
    several = (v if isinstance(v, list) else [v] for *_, v in arguments_of(verdict, "shared_axes"))
    return refused(verdict, "E107") and any(isinstance(a, int) and a < 0 for axes in several for a in axes)


def _attention_ranks(verdict: Verdict) -> bool:
    return refused_at(verdict, "E200", "Attention", "AdditiveAttention")


def _clipped(verdict: Verdict) -> bool:
    given = arguments_of(verdict, "dropout", "recurrent_dropout")
    return refused(verdict, "E107") and any(
        isinstance(value, int | float) and not 0 <= value <= 1 for *_, value in given
    )


def _glu(verdict: Verdict) -> bool:
    given = arguments_of(verdict, "activation", "recurrent_activation")
    return refused(verdict, "E107") and any(value == "glu" for *_, value in given)


def _noise_for_two(verdict: Verdict) -> bool:
    return refused(verdict, "E205") and any(v[0] == 2 for *_, v in arguments_of(verdict, "noise_shape") if v)


def _channels_first(verdict: Verdict) -> bool:
    given = [value == "channels_first" for *_, value in arguments_of(verdict, "data_format")]
    return any(given) and batch_fails(verdict, "NHWC", "NDHWC")


def _dilated_transpose(verdict: Verdict) -> bool:
    given = [v for op, _, v in arguments_of(verdict, "dilation_rate") if "Transpose" in op]
    return any(v not in (1, [1], [1, 1], [1, 1, 1]) for v in given) and batch_fails(
        verdict, "dilation", "Dilat"
    )


def _integer_policy(verdict: Verdict) -> bool:
    given = arguments_of(verdict, "dtype")
    return refused(verdict, "E107") and any(v == "bool" or "int" in str(v) for *_, v in given)


def _stretching(verdict: Verdict) -> bool:
    either = refused(verdict, "E205") or refused(verdict, "E107")
    return either and makes_another(verdict)


def _no_kernel(verdict: Verdict) -> bool:
    pools = ("MaxPooling3D", "AveragePooling3D")
    return has_op(verdict, *pools) and batch_fails(verdict, "Could not find device for node")


def _cudnn(verdict: Verdict) -> bool:
    given = any(v is True for *_, v in arguments_of(verdict, "use_cudnn"))
    only = verdict.accepted and len(verdict.differences) == 1
    return given and only and "cuDNN is not supported" in verdict.keras.error


def _text_unread(verdict: Verdict) -> bool:
    return refused(verdict, "E210") and "string" in verdict.case.dtypes


def _unchecked_rank(verdict: Verdict) -> bool:
    return refused_at(verdict, "E200", "TimeDistributed")


def _scores(verdict: Verdict) -> bool:
    scored = [
        s
        for s in verdict.case.steps
        if s.op == "MultiHeadAttention" and s.options.get("return_attention_scores")
    ]
    return bool(scored) and verdict.keras.ok and all(text.startswith("E503") for text in verdict.differences)


def _lone_concatenation(verdict: Verdict) -> bool:
    lone = any(step.op == "Concatenate" and len(step.reads) == 1 for step in verdict.case.steps)
    return lone and refused(verdict, "E203")


def _axis_twice(verdict: Verdict) -> bool:
    ops = ("Normalization", "ops.squeeze")
    given = [v for op, _, v in arguments_of(verdict, "axis") if op in ops and isinstance(v, list)]
    return refused(verdict, "E203") and any(len(set(v)) < len(v) for v in given)


def _none_of_it(verdict: Verdict) -> bool:
    name = argument_refused(verdict)
    return name in ("num_query_heads", "bins") and 0 in [value for *_, value in arguments_of(verdict, name)]


def _upper_case(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and any(v == "SAME" for *_, v in arguments_of(verdict, "padding"))


def _dot_wraps(verdict: Verdict) -> bool:
    given = [v for op, _, v in arguments_of(verdict, "axes") if op == "Dot"]
    return refused(verdict, "E203") and any(isinstance(v, int) and v < -1 for v in given)


def _more_states(verdict: Verdict) -> bool:
    return refused(verdict, "E303") and verdict.case.mutation == "more inputs"


def _inner_dtype(verdict: Verdict) -> bool:
    wrapped = [
        next(iter(s.arguments["layer"].values())) for s in verdict.case.steps if s.op == "TimeDistributed"
    ]
    return refused(verdict, "E107") and any("dtype" in given for given in wrapped)


def _along_batch(verdict: Verdict) -> bool:
    return refused(verdict, "E203") and "is the batch" in verdict.messages[0]


def _uneven_strides(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and "the same stride" in verdict.messages[0]


def _one_for_many(verdict: Verdict) -> bool:
    ones = any(1 in sizes for sizes in verdict.case.inputs)
    return ones and refused_at(verdict, "E205", "MultiHeadAttention")


def _no_axis(verdict: Verdict) -> bool:
    given = [v for op, name, v in arguments_of(verdict, "axis", "attention_axes") if op in _ALONG_AXES]
    return refused(verdict, "E107") and any(v in (None, []) for v in given)


_ALONG_AXES = ("Softmax", "MultiHeadAttention", "ops.softmax", "ops.log_softmax")


def _many_axes(verdict: Verdict) -> bool:
    soft = any(value in ("softmax", "log_softmax") for *_, value in arguments_of(verdict, "activation"))
    return (soft or has_op(verdict, "Softmax")) and batch_fails(verdict, "Input dims must be <= 5")


def _several_units(verdict: Verdict) -> bool:
    given = [v for op, _, v in arguments_of(verdict, "units") if op == "Dense"]
    listed = any(isinstance(v, list) for v in given)
    return listed and verdict.accepted and verdict.keras.stage == "build"


def _noisy_indices(verdict: Verdict) -> bool:
    looked_up = has_op(verdict, "Embedding", "ReversibleEmbedding") and len(verdict.case.steps) > 1
    return looked_up and batch_fails(verdict, "is not in [0")


def _causal_over_axes(verdict: Verdict) -> bool:
    told = refused_at(verdict, "E107", "MultiHeadAttention")
    return told and "goes with attention over one axis" in verdict.messages[0]


def _several_in_a_row(verdict: Verdict) -> bool:
    return refused_at(verdict, "E107", "Pipeline") and "makes several results" in verdict.messages[0]


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "several results in a row",
        "a layer of a Pipeline makes one value, which the next one reads; Keras does not look at the last",
        _several_in_a_row,
    ),
    Entry("noisy indices", "which rows are looked up hangs on what layers in front make", _noisy_indices),
    Entry(
        "causal over axes",
        "Keras lays a mask of one axis over all that are attended, which fits where their sizes do",
        _causal_over_axes,
    ),
    Entry("flags", "Keras takes whatever Python takes for true or false; a spec says true or false", _flag),
    Entry(
        "numbers",
        "Keras fails on what is no number only where it computes with it, or broadcasts it",
        _number,
    ),
    Entry("several units", "in a spec, the units of a Dense may be several axes", _several_units),
    Entry("unread arguments", "Keras does not look at arguments that it does not use", _unread),
    Entry("mappings", "Python takes the keys of a mapping for a list", _mapping),
    Entry(
        "lone concatenation",
        "Keras does not look at the axis where one value alone is joined",
        _lone_concatenation,
    ),
    Entry("axis twice", "Keras takes an axis of size 1 that is named twice", _axis_twice),
    Entry("none of it", "Keras takes 0 heads or 0 bins, and makes nothing of the values", _none_of_it),
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
        "Keras stretches a size of 1, or no axis, in a state to that of the cell, or takes an axis for the batch",
        _stretched_state,
    ),
    Entry(
        "uneven strides",
        "whether TensorFlow takes another stride along each axis of a depthwise kernel hangs on the processor",
        _uneven_strides,
    ),
    Entry(
        "one for many", "attention stretches a single step of one value over those of another", _one_for_many
    ),
    Entry("no axis", "a softmax takes null, and attention an empty list, for axes to work along", _no_axis),
    Entry("many axes", "on some processors TensorFlow's softmax takes five axes at most", _many_axes),
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
