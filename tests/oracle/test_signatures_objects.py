# pyright: reportAttributeAccessIssue=false, reportMissingImports=false, reportOptionalMemberAccess=false
# pyright: reportOptionalOperand=false, reportOptionalCall=false, reportArgumentType=false, reportCallIssue=false
"""The tables of objects and of what a network is trained with, against the installed Keras."""

import inspect
from typing import Any

import keras
import pytest
from keras.src import activations, constraints, initializers, losses, metrics, optimizers, regularizers

from specc.backends.keras.training import loss_of
from specc.ops.families import Family, Object, snake_case, to_keras_config
from specc.ops.losses import CRF, LOSSES
from specc.ops.metrics import METRICS
from specc.ops.objects import ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS
from specc.ops.optimizers import OPTIMIZERS, SCHEDULES
from specc.ops.wants import Fault

GET = {
    "initializer": keras.initializers.get,
    "regularizer": keras.regularizers.get,
    "constraint": keras.constraints.get,
    "activation": keras.activations.get,
    "optimizer": keras.optimizers.get,
    "loss": loss_of,
    "metric": keras.metrics.get,
    "learning-rate schedule": keras.optimizers.schedules.deserialize,
}
FAMILIES = [ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS, LOSSES, METRICS, OPTIMIZERS, SCHEDULES]
ABSTRACT = {"Constraint", "Initializer", "Regularizer", "Loss", "LossFunctionWrapper", "Metric", "Optimizer"}
OF_PYTHON = {"MultiOptimizer", "OptimizerMap", "MeanMetricWrapper", "Mean", "Sum", "LearningRateSchedule"}
REQUIRED: dict[str, Any] = {
    "value": 2.0,
    "initial_learning_rate": 0.1,
    "decay_steps": 10,
    "first_decay_steps": 10,
    "decay_rate": 0.5,
    "boundaries": [10.0],
    "values": [0.1, 0.01],
    "inner_optimizer": {"Adam": {"learning_rate": 0.5}},
    "num_classes": 3,
    "target_class_ids": [0],
    "recall": 0.5,
    "precision": 0.5,
    "specificity": 0.5,
    "sensitivity": 0.5,
}

pytestmark = pytest.mark.filterwarnings("ignore")


def classes() -> list[tuple[Family, str]]:
    return [(family, name) for family in FAMILIES for name in family.classes if name != CRF]


def of_keras(family: Family, name: str) -> Any:
    found: Any = keras
    for part in family.module.split(".")[1:]:
        found = getattr(found, part)
    return getattr(found, name)


@pytest.mark.parametrize(("family", "name"), classes())
def test_parameters_are_those_of_keras(family: Family, name: str):
    signature = inspect.signature(of_keras(family, name))
    plain = [
        p
        for p in signature.parameters.values()
        if p.kind is not p.VAR_KEYWORD and p.kind is not p.VAR_POSITIONAL
    ]
    assert list(family.classes[name]) == [p.name for p in plain]
    required = {p.name for p in plain if p.default is p.empty}
    if name == "Constant":
        required = {"value"}  # its `from_config`, through which `get` goes, asks for it
    assert {p for p, want in family.classes[name].items() if want.required} == required
    for parameter in plain:
        if parameter.default is not parameter.empty:
            family.classes[name][parameter.name].accept(parameter.default)


@pytest.mark.parametrize(("family", "name"), classes())
def test_keras_makes_the_object_that_is_meant(family: Family, name: str):
    needed = {p: REQUIRED[p] for p, want in family.classes[name].items() if want.required}
    value = family.read({name: needed})
    made = GET[family.what](to_keras_config(value))
    if isinstance(value, Object):
        assert type(made) is of_keras(family, name)
    else:
        assert made is not None


@pytest.mark.parametrize(
    ("family", "known"),
    [
        (ACTIVATIONS, activations.ALL_OBJECTS_DICT),
        (CONSTRAINTS, constraints.ALL_OBJECTS_DICT),
        (INITIALIZERS, initializers.ALL_OBJECTS_DICT),
        (REGULARIZERS, regularizers.ALL_OBJECTS_DICT),
        (LOSSES, losses.ALL_OBJECTS_DICT),
        (METRICS, metrics.ALL_OBJECTS_DICT),
        (OPTIMIZERS, optimizers.ALL_OBJECTS_DICT),
    ],
)
def test_names_are_those_that_get_takes(family: Family, known: dict[str, Any]):
    python = ABSTRACT | OF_PYTHON
    python |= {snake_case(name) for name in python} | {name.lower() for name in python}
    ours = set(family.bare) - {
        "acc",
        CRF,
    }  # Keras's compile resolves the one by itself, and does not know the other
    missing = set(known) - ours - python - set(family.refused)
    assert not missing
    for name in ours:
        if not any(want.required for want in family.classes.get(family.spelled.get(name, ""), {}).values()):
            assert GET[family.what](name) is not None, name


@pytest.mark.parametrize("family", [LOSSES, METRICS])
def test_every_public_name_is_known(family: Family):
    """What a module of Keras shows, as class or function, is known, refused with a reason, or not what `get` takes."""
    module: Any = keras.losses if family is LOSSES else keras.metrics
    names = {name for name in dir(module) if callable(getattr(module, name)) and name[0] != "_"}
    names -= ABSTRACT | OF_PYTHON | {"get", "serialize", "deserialize"}
    assert len(names) > 40
    for name in sorted(names - set(family.bare) - set(family.refused)):
        assert name not in family.classes, name
        with pytest.raises(ValueError, match="Could not interpret"):
            module.get(name)


@pytest.mark.parametrize("name", ["crossentropy", "ce", "CategoricalGeneralizedCrossEntropy"])
def test_losses_that_are_refused_say_what_to_write(name: str):
    with pytest.raises(Fault, match="write"):
        LOSSES.read(name)


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        ({"SGD": {"learning_rate": 1}}, 1.0),
        ({"Adam": 0.5}, 0.5),
        (
            {
                "SGD": {
                    "learning_rate": {"PiecewiseConstantDecay": {"boundaries": [5], "values": [0.25, 0.5]}}
                }
            },
            0.25,
        ),
    ],
)
def test_optimizers_get_their_learning_rate(written: Any, rate: float):
    made = keras.optimizers.get(to_keras_config(OPTIMIZERS.read(written)))
    made.build([keras.Variable([1.0])])
    assert float(keras.ops.convert_to_numpy(made.learning_rate)) == rate


def test_arguments_of_an_inner_optimizer_arrive():
    made = keras.optimizers.get(
        to_keras_config(
            OPTIMIZERS.read({"LossScaleOptimizer": {"inner_optimizer": {"SGD": {"momentum": 0.5}}}})
        )
    )
    assert made.inner_optimizer.momentum == 0.5


@pytest.mark.parametrize("activation", ["swish", "sparsemax", {"LeakyReLU": 0.3}, {"ReLU": {"max_value": 6}}])
def test_an_activation_is_saved_and_loaded(activation: Any, tmp_path: Any):
    config = to_keras_config(ACTIVATIONS.read(activation))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation=config)])
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    x = keras.ops.reshape(keras.ops.arange(8, dtype="float32"), (2, 4)) - 4
    assert keras.ops.convert_to_numpy(model(x) == again(x)).all()
