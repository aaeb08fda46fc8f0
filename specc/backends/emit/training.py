"""The call that compiles a model as its spec says."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from specc.backends.emit.code import Call, Expr, Listing, Name, Pairs, literal
from specc.backends.emit.program import Flat
from specc.ir.graph import Output
from specc.ops.losses import CRF
from specc.passes.training.compile import Compile


def compile_call(outputs: Sequence[Output], training: Compile, flat: Flat) -> Call:
    """`model.compile(…)`; what is by output stands alone where there is one."""

    def loss(value: Any) -> Expr:
        return Call(Name(flat.imports.name("specc.layers:CRFLoss"))) if value == CRF else flat.expr(value)

    alone = outputs[0].name if len(outputs) == 1 else None
    weights = training.loss_weights and {name: training.loss_weights.get(name, 1.0) for name in training.loss}
    given = {
        "loss": training.loss,
        "loss_weights": weights,
        "metrics": training.metrics,
        "weighted_metrics": training.weighted_metrics,
    }
    keywords: list[tuple[str, Expr]] = [("optimizer", flat.expr(training.optimizer))]
    for name, by_output in given.items():
        if by_output:
            keywords.append((name, _by_output(by_output, alone, loss if name == "loss" else flat.expr)))
    keywords += [(name, literal(value)) for name, value in training.options.items()]
    return Call(Name("model.compile"), (), tuple(keywords))


def _by_output(given: Mapping[str, Any], alone: str | None, expr: Callable[[Any], Expr]) -> Expr:
    def written(value: Any) -> Expr:
        return Listing(tuple(map(expr, value))) if isinstance(value, list) else expr(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    if alone is not None:
        return written(given.get(alone))
    return Pairs(tuple((literal(name), written(value)) for name, value in given.items()))
