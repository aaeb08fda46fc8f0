"""The defaults of Keras's objects, against the installed Keras."""

import inspect
from typing import Any

import keras
import pytest

from specc.importing.defaults import DEFAULTS
from specc.ops.families import Family
from specc.ops.losses import LOSSES
from specc.ops.metrics import METRICS
from specc.ops.objects import ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS
from specc.ops.optimizers import OPTIMIZERS, SCHEDULES

FAMILIES = [ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS, LOSSES, METRICS, OPTIMIZERS, SCHEDULES]
CLASSES = [(family, name) for family in FAMILIES for name in family.classes if name != "crf"]
"""All but the loss that is specc's own, which takes nothing."""


@pytest.mark.parametrize(("family", "name"), CLASSES, ids=lambda x: x if isinstance(x, str) else x.what)
def test_defaults_are_those_of_keras(family: Family, name: str):
    module: Any = keras
    for part in family.module.split(".")[1:]:
        module = getattr(module, part)
    signature = inspect.signature(getattr(module, name))
    ours = DEFAULTS[family.module].get(name, {})
    for parameter, want in family.classes[name].items():
        if not want.required:
            default = signature.parameters[parameter].default
            assert ours.get(parameter) == (list(default) if isinstance(default, tuple) else default), (
                parameter
            )
    assert ours.keys() <= family.classes[name].keys()


def test_no_class_is_listed_that_is_not_there():
    for family in FAMILIES:
        assert DEFAULTS[family.module].keys() <= family.classes.keys()
