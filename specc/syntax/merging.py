"""The entries of a mapping in which a key is given twice, or others are merged in (`<<`)."""

from specc.diagnostics.collector import Collector
from specc.diagnostics.model import Diagnostic, Note
from specc.syntax.tree import Mapping, Node, Scalar, Sequence


def settled(entries: list[tuple[Scalar, Node]], found: Collector) -> list[tuple[Scalar, Node]]:
    """The entries without duplicates, which are reported, and with merge keys resolved.

    What a mapping says itself wins, then the first that is merged in.
    """
    own: dict[object, Scalar] = {}
    kept: list[tuple[Scalar, Node]] = []
    merges = False
    for key, node in entries:
        first = own.setdefault(key.value, key)
        if first is key:
            kept.append((key, node))
            merges = merges or _is_merge(key)
        else:
            note = Note("given first here", first.span)
            found.append(
                Diagnostic("E101", f"the key `{key.span.text}` is given twice", key.span, notes=(note,))
            )
    if not merges:
        return kept
    merged: list[tuple[Scalar, Node]] = []
    for key, node in kept:
        if not _is_merge(key):
            merged.append((key, node))
            continue
        for mapping in node.items if isinstance(node, Sequence) else [node]:
            if not isinstance(mapping, Mapping):
                what = f"`<<` takes a mapping or a list of mappings, not {mapping.kind}"
                found.append(Diagnostic("E102", what, mapping.span))
                continue
            for entry in mapping.entries:
                if entry[0].value not in own:
                    own[entry[0].value] = entry[0]
                    merged.append(entry)
    return merged


def _is_merge(key: Scalar) -> bool:
    return key.value == "<<" and key.source.text[key.end - 1] == "<"
