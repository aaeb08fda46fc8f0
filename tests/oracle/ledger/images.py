"""The entries for the layers for images."""

from typing import Any

from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import (
    Entry,
    argument_refused,
    arguments_of,
    has_op,
    ops_in,
    refused,
    refused_at,
)
from tests.oracle.strategies.images import IMAGES


def _one_image(verdict: Verdict) -> bool:
    made = [shape for layer in verdict.keras.made for shape in layer.shapes]
    flat = any(len(sizes) == 2 for sizes in (*verdict.case.inputs, *made))
    return flat and refused_at(verdict, "E200", *IMAGES)


def _cycle(verdict: Verdict) -> bool:
    keras = verdict.keras
    return has_op(verdict, "Equalization") and keras.stage == "build" and "part of a cycle" in keras.error


def _enlarged(verdict: Verdict) -> bool:
    dtypes = [text for text in verdict.differences if ": dtypes" in text]
    return has_op(verdict, "CenterCrop") and len(dtypes) == len(verdict.differences) == 1


def _range(verdict: Verdict) -> bool:
    given = [v for op, _, v in arguments_of(verdict, "value_range") if op in IMAGES]
    return argument_refused(verdict) == "value_range" and any(not _is_range(v) for v in given)


def _is_range(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and value[0] != value[1]


def _factor(verdict: Verdict) -> bool:
    name = argument_refused(verdict)
    given = [v for op, _, v in arguments_of(verdict, name) if op in IMAGES and _draws(name)]
    return any(not v or isinstance(v, list | float) or name in _COUNTS for v in given)


_COUNTS = ("alpha", "num_chains", "chain_depth", "num_ops")


def _draws(name: str) -> bool:
    return name.endswith("factor") or name in ("scale", "sigma", "kernel_size", *_COUNTS)


def _shear(verdict: Verdict) -> bool:
    given = [v for op, name, v in arguments_of(verdict, "x_factor", "y_factor") if op == "RandomShear"]
    return refused(verdict, "E107") and any(isinstance(v, int | float) for v in given)


def _turned(verdict: Verdict) -> bool:
    given = [op for op, _, v in arguments_of(verdict, "data_format") if v == "channels_first"]
    return refused(verdict, "E107") and any(op in ("AutoContrast", "RandomColorJitter") for op in given)


def _chance(verdict: Verdict) -> bool:
    return refused_at(verdict, "E203", "AugMix")


def _unannounced(verdict: Verdict) -> bool:
    inside = ("Pipeline", "RandomColorDegeneration")
    return refused(verdict, "E203") and inside in ops_in(verdict)


def _unread(verdict: Verdict) -> bool:
    given = {(op, name) for op, name, _ in arguments_of(verdict, "mode", "max_number", "fill_value")}
    flip = ("RandomFlip", "mode") in given
    boxes = any(op == "MaxNumBoundingBoxes" for op, _ in given)
    return refused(verdict, "E107") and (
        (flip and verdict.case.mutated == "mode")
        or (boxes and verdict.case.mutated in ("max_number", "fill_value"))
    )


def _half_built(verdict: Verdict) -> bool:
    ranks = any(v for *_, v in arguments_of(verdict, "lora_rank"))
    return refused(verdict, "E107") and ranks and has_op(verdict, "Pipeline")


ENTRIES: tuple[Entry, ...] = (
    Entry("one image", "Keras takes a batch of values with two axes for a single image", _one_image),
    Entry(
        "equalization",
        "Keras hands on the input of an Equalization for its result; specc builds it in a Pipeline",
        _cycle,
    ),
    Entry("enlarged", "CenterCrop leaves in float32 what it enlarges, whatever it announces", _enlarged),
    Entry("value ranges", "Keras does not look at all ranges of values, or divides by an empty one", _range),
    Entry(
        "factors",
        "Keras holds but one end of a range against the bounds, takes nothing for 0, and counts below 0",
        _factor,
    ),
    Entry("shear", "Keras saves the single number of a RandomShear as a range that it cannot load", _shear),
    Entry("turned", "Keras takes other axes for space than those of channels_first", _turned),
    Entry(
        "unread words",
        "a RandomFlip of no known mode flips nothing; boxes that are not there are not counted",
        _unread,
    ),
    Entry(
        "unannounced",
        "in a Pipeline, RandomColorDegeneration does not hold the channels against 3",
        _unannounced,
    ),
    Entry(
        "half built",
        "a Pipeline runs a Dense that has failed to build its factors, without them",
        _half_built,
    ),
    Entry("chance", "whether an AugMix takes the channels hangs on what it draws", _chance),
)
