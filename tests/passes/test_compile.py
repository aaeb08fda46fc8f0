"""The `compile` section: names, arguments, outputs, and losses that do not go with them."""

from typing import Any

import pytest

from specc.diagnostics.model import Diagnostic
from specc.passes.resolution.values import Failed
from specc.passes.training.compile import Compile, check_compile
from specc.shapes.shape import nameless
from specc.shapes.tensor import Tensor
from specc.source import Source
from specc.syntax.reader import read
from specc.syntax.tree import Node, to_plain

DIGIT = {"digit": Tensor(nameless((10,)), "float32")}
TWO = {**DIGIT, "tags": Tensor(nameless((4, 3)), "float32")}


def check(
    text: str,
    outputs: dict[str, Tensor] | None = None,
    activations: dict[str, str] | None = None,
    parameters: dict[str, Any] | None = None,
) -> tuple[Compile | None, list[Diagnostic]]:
    section, _ = read(Source("t.yaml", text))
    assert section is not None

    def evaluate(node: Node) -> Any:
        plain = to_plain(node)
        if isinstance(plain, str) and plain.startswith("$"):
            if plain[1:] not in (parameters or {}):
                raise Failed
            return (parameters or {})[plain[1:]]
        return plain

    return check_compile(section, evaluate, outputs or DIGIT, (activations or {"digit": "softmax"}).get)


def repaired(text: str, diagnostic: Diagnostic, number: int = 0) -> str:
    for edit in sorted(diagnostic.fixes[number].edits, key=lambda e: -e.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def test_a_section_as_keras_takes_it():
    made, found = check(
        """
        optimizer: {SGD: {learning_rate: {ExponentialDecay: {initial_learning_rate: 0.1, decay_steps: 1000,
                    decay_rate: 0.9}}, momentum: 0.9}}
        loss: {digit: SparseCategoricalCrossentropy}
        loss_weights: {digit: 1}
        metrics: {digit: [accuracy, {SparseTopKCategoricalAccuracy: {k: 3}}]}
        jit_compile: false
        """
    )
    assert not found
    assert made is not None
    decay = {"initial_learning_rate": 0.1, "decay_steps": 1000, "decay_rate": 0.9}
    schedule = {"module": "keras.optimizers.schedules", "class_name": "ExponentialDecay", "config": decay}
    assert made.optimizer == {
        "module": "keras.optimizers",
        "class_name": "SGD",
        "config": {"learning_rate": schedule, "momentum": 0.9},
    }
    assert made.loss == {"digit": "sparse_categorical_crossentropy"}
    assert made.loss_weights == {"digit": 1.0}
    top = {"module": "keras.metrics", "class_name": "SparseTopKCategoricalAccuracy", "config": {"k": 3}}
    assert made.metrics == {"digit": ["accuracy", top]}
    assert made.options == {"jit_compile": False}


def test_one_loss_and_one_list_of_metrics_serve_all_outputs():
    made, found = check("{loss: mse, metrics: [mae]}", TWO)
    assert not found
    assert made is not None
    assert made.loss == {"digit": "mean_squared_error", "tags": "mean_squared_error"}
    assert made.metrics == {"digit": ["mae"], "tags": ["mae"]}


def test_an_output_may_go_without_a_loss():
    made, found = check("{loss: {digit: mse, tags: null}}", TWO)
    assert not found
    assert made is not None
    assert list(made.loss) == ["digit"]


def test_parameters_choose():
    made, found = check(
        "{optimizer: $o, loss: $l, metrics: $m}", parameters={"o": "adam", "l": "mse", "m": ["mae"]}
    )
    assert not found
    assert made is not None
    assert (made.optimizer, made.loss["digit"], made.metrics["digit"]) == (
        "adam",
        "mean_squared_error",
        ["mae"],
    )


def test_what_could_not_be_evaluated_is_said_once():
    assert check("{optimizer: $nowhere, loss: mse}") == (None, [])


@pytest.mark.parametrize(
    ("text", "code", "message", "place"),
    [
        ("[adam]", "E102", "`compile` is a mapping, not a list", "[adam]"),
        ("{optimiser: adam}", "E103", "has no key `optimiser`; did you mean `optimizer`?", "optimiser"),
        ("{optimizer: adan}", "E401", "no optimizer `adan`; did you mean `adam`?", "adan"),
        ("{optimizer: {Adan: 0.1}}", "E401", "no optimizer `Adan`; did you mean `Adam`?", "Adan"),
        ("{optimizer: {Adam: {lr: 0.1}}}", "E401", "`Adam` has no argument `lr`", "lr"),
        ("{optimizer: {SGD: {momentum: 2}}}", "E107", "must be a number from 0 to 1, not `2`", "2"),
        ("{optimizer: {Adam: {learning_rate: fast}}}", "E401", "no learning-rate schedule `fast`", "fast"),
        (
            "{optimizer: {Adam: {learning_rate: {CosineDecay: 0.1}}}}",
            "E106",
            "needs `decay_steps`",
            "CosineDecay",
        ),
        ("{optimizer: {SGD: {clipnorm: 1, clipvalue: 1}}}", "E107", "only one of", "1"),
        ("{optimizer: null}", "E107", "an optimizer is a name", "null"),
        ("{loss: mean_square_error}", "E401", "did you mean `mean_squared_error`?", "mean_square_error"),
        ("{loss: {digits: mse}}", "E402", "no output `digits` for `loss`", "digits"),
        ("{loss: {a: mse, digit: mse}}", "E402", "no output `a`", "a"),
        ("{loss: {a: mse}}", "E402", "no output `a`", "a"),
        ("{loss: {MeanSquaredErr: {}}}", "E401", "did you mean `MeanSquaredError`?", "MeanSquaredErr"),
        ("{loss: {CategoricalCrossentropy: {from_logit: true}}}", "E401", "`from_logits`", "from_logit"),
        ("{loss: [mse]}", "E107", "one for all outputs", "[mse]"),
        ("{metrics: [acuracy]}", "E401", "did you mean `accuracy`?", "acuracy"),
        ("{metrics: [mean]}", "E401", "takes no labels", "mean"),
        ("{metrics: {digt: [mae]}}", "E402", "did you mean `digit`?", "digt"),
        ("{loss: mse, loss_weights: {digit: big}}", "E107", "must be a number, not `big`", "big"),
        ("{loss: mse, jit_compile: maybe}", "E107", "must be true or false or `auto`", "maybe"),
        (
            "{loss: {CategoricalCrossentropy: {axis: 3}}}",
            "E400",
            "is told axis 3",
            "{CategoricalCrossentropy: {axis: 3}}",
        ),
        ("{loss: ctc}", "E400", "takes outputs with 2 axes", "ctc"),
    ],
)
def test_mistakes(text: str, code: str, message: str, place: str):
    made, (diagnostic,) = check(text)
    assert made is None
    assert diagnostic.code == code
    assert message in diagnostic.message
    assert diagnostic.span is not None
    assert diagnostic.span.text == place


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("{loss: mean_square_error}", "{loss: mean_squared_error}"),
        ("{optimiser: adam}", "{optimizer: adam}"),
        ("{metrics: {digt: [mae]}}", "{metrics: {digit: [mae]}}"),
        (
            "{loss: {CategoricalCrossentropy: {from_logit: false}}}",
            "{loss: {CategoricalCrossentropy: {from_logits: false}}}",
        ),
    ],
)
def test_a_misspelt_word_is_corrected(text: str, better: str):
    _, (diagnostic,) = check(text)
    assert repaired(text, diagnostic) == better
    assert check(better)[1] == []


@pytest.mark.parametrize(
    ("output", "text", "code"),
    [
        (Tensor(nameless((10,)), "int32"), "{loss: mse}", "E400"),
        (Tensor(nameless(()), "float32"), "{loss: categorical_crossentropy}", "E400"),
        (Tensor(nameless((4, 3)), "float32"), "{metrics: [F1Score]}", "E400"),
    ],
)
def test_a_loss_or_metric_for_another_kind_of_output(output: Tensor, text: str, code: str):
    made, (diagnostic,) = check(text, {"digit": output})
    assert (made, diagnostic.code) == (None, code)


@pytest.mark.parametrize(
    ("size", "activation", "loss", "better"),
    [
        (1, "linear", "categorical_crossentropy", "mean_squared_error"),
        (1, "sigmoid", "categorical_crossentropy", "binary_crossentropy"),
        (1, "linear", "sparse_categorical_crossentropy", None),
        (10, "sigmoid", "categorical_crossentropy", "binary_crossentropy"),
        (10, "linear", "categorical_crossentropy", "{CategoricalCrossentropy: {from_logits: true}}"),
        (
            10,
            "linear",
            "{BinaryCrossentropy: {label_smoothing: 0.1}}",
            "{BinaryCrossentropy: {label_smoothing: 0.1, from_logits: true}}",
        ),
        (
            10,
            "softmax",
            "{CategoricalCrossentropy: {from_logits: true}}",
            "{CategoricalCrossentropy: {from_logits: false}}",
        ),
        (10, "linear", "kl_divergence", None),
        (10, "linear", "dice", None),
        (10, "relu", "categorical_crossentropy", None),
    ],
)
def test_losses_that_are_seldom_meant(size: int, activation: str, loss: str, better: str | None):
    outputs, activations = {"digit": Tensor(nameless((size,)), "float32")}, {"digit": activation}
    text = f"{{loss: {loss}}}"
    made, (diagnostic,) = check(text, outputs, activations)
    assert made is not None
    assert diagnostic.code == "W603"
    if better is None:
        assert all(fix.applicability == "display" for fix in diagnostic.fixes)
    else:
        assert repaired(text, diagnostic) == f"{{loss: {better}}}"
        assert check(repaired(text, diagnostic), outputs, activations)[1] == []


def test_a_softmax_over_one_element_is_not_said_again():
    one = {"digit": Tensor(nameless((1,)), "float32")}
    assert check("{loss: categorical_crossentropy}", one)[1] == []


@pytest.mark.parametrize("activation", ["softmax", None])
def test_the_usual_losses_are_silent(activation: str | None):
    activations = {} if activation is None else {"digit": activation}
    for loss in ("categorical_crossentropy", "sparse_categorical_crossentropy", "mse", "hinge", "poisson"):
        assert check(f"{{loss: {loss}}}", activations=activations or {"other": ""})[1] == []
