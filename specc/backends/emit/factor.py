"""Folds the flat program of a model into functions for its blocks and loops for its repeats, from the inside out."""

from specc.backends.emit.draft import Draft
from specc.backends.emit.functions import Functions
from specc.backends.emit.loops import Loops
from specc.backends.emit.nodes import Program


def factored(draft: Draft) -> Program:
    """The folded program of a draft."""
    functions, loops = Functions(draft), Loops(draft)
    for kind in draft.tree.kinds():
        match kind[0]:
            case "rounds":
                loops.loops(kind)
            case "block" | "op":
                functions.blocks(kind)
            case _:
                pass
    return Program(tuple(functions.made), tuple(draft.nodes(draft.tree.root)))
