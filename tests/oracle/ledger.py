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
        parameters_of(op_class(op))[name].kind.text == "true or false" and not isinstance(value, bool)
        for op, name, value in _given(verdict)
        if name in parameters_of(op_class(op))
    )


def _seed(verdict: Verdict) -> bool:
    return _refused(verdict, "E107") and any(not isinstance(v, int | None) for *_, v in _given(verdict, "seed"))


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
    return any(v not in (1, [1], [1, 1], [1, 1, 1]) for v in given) and _batch_fails(verdict, "dilation", "Dilat")


LEDGER: tuple[Entry, ...] = (
    Entry("flags", "Keras takes whatever Python takes for true or false; a spec says true or false", _flag),
    Entry("seeds", "Keras keeps a seed that is no integer, and fails only where it draws from it", _seed),
    Entry("clipped dropout", "recurrent layers clip a dropout outside 0 to 1 in silence", _clipped),
    Entry("glu", "glu halves the last axis: no activation of a layer", _glu),
    Entry("noise for two", "a noise_shape with a size for the batch fits batches of that size only", _noise_for_two),
    Entry("channels_first", "TensorFlow convolves channels_first on accelerators only", _channels_first),
    Entry("dilated transpose", "TensorFlow dilates transposed convolutions on accelerators only", _dilated_transpose),
)
