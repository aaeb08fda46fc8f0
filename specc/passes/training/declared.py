"""What an entry of `inputs` or `targets` says of an array: its shape, its dtype, and what else may stand there."""

from typing import Any

from specc.diagnostics.model import corrected
from specc.ops.kinds import DTYPES
from specc.passes.resolution.values import Env, Failed, Findings, evaluate, shape_from
from specc.shapes.tensor import Tensor
from specc.suggest import did_you_mean, nearest
from specc.syntax import tree
from specc.syntax.document import is_note
from specc.syntax.tree import Node

FLOATS = "float32"


def declared_tensor(
    name: str, node: Node, what: str, keys: tuple[str, ...], found: Findings, env: Env
) -> tuple[Tensor, dict[str, Any]]:
    """The shape and dtype that `node` says, a list or a mapping, and the values of the other keys that it has.

    `what` is the word for such an entry; raises `Failed` after recording what is wrong.
    """
    if not isinstance(node, tree.Mapping):
        return Tensor(shape_from(node, env, found), FLOATS), {}
    article = "an" if what[0] in "aeio" else "a"
    if node.entries and not any(nearest(str(key.value), keys) for key, _ in node.entries):
        example = ", ".join(f"{key.value}: …" for key, _ in node.entries[:3])
        message = f"the shape of {article} {what} is a list, as `[{example}]`, not a mapping"
        found.error("E102", message, node)
        raise Failed
    parts: dict[str, Any] = {}
    mistyped: set[str | None] = set()
    for key, part in node.entries:
        if is_note(key.value):
            continue
        if key.value not in keys:
            close = nearest(str(key.value), keys)
            mistyped.add(close)
            hint = did_you_mean(close) or "; a shape is a list, as `[height: 28, width: 28]`"
            fixes = corrected(key.span, close)
            found.error("E103", f"{article} {what} has no key `{key.value}`{hint}", key, fixes=fixes)
        elif key.value != "shape":
            parts[str(key.value)] = evaluate(part, env, found)
    shape = node.get("shape")
    if shape is None:
        if "shape" not in mistyped:
            found.error("E106", f"{what} `{name}` needs a `shape`", node)
        raise Failed
    dtype = parts.pop("dtype", FLOATS)
    if dtype not in DTYPES or str(dtype).startswith("mixed"):
        message = f"there is no dtype `{dtype}`{did_you_mean(nearest(str(dtype), DTYPES))}"
        found.error("E107", message, node.get("dtype") or node)
        dtype = FLOATS
    return Tensor(shape_from(shape, env, found), dtype), parts
