"""The signatures of layers that are not Keras's own, from the shapes that the file says of their values."""

from collections.abc import Iterable, Sequence
from string import ascii_lowercase

from specc.importing.records import Sizes, Sort


def signature_of(inputs: Sequence[Sort], results: Sequence[Sort | None], takes_list: bool, dtype: str) -> str:
    """What a layer makes of its inputs; a result that nothing reads is taken to be as the first input.

    `dtype` is the one that the layer computes in, which a result need not repeat.
    """
    made = [inputs[0]._replace(dtype=dtype) if sort is None else sort for sort in results]
    alike = {sort.sizes for sort in (*inputs, *made)}
    if len(alike) == 1:
        read, given = ["(*s)"] * len(inputs), ["(*s)"] * len(made)
    else:
        names = _names(inputs)
        read = [_listed(sizes) for sizes in names]
        given = [_listed(_like(sort.sizes, names)) for sort in made]
    given = [
        text if sort.dtype == dtype else f"{text} {sort.dtype}"
        for text, sort in zip(given, made, strict=True)
    ]
    left = ", ".join(read)
    return f"{f'[{left}]' if takes_list else left} -> {', '.join(given)}"


def _names(inputs: Iterable[Sort]) -> list[list[str]]:
    """The sizes of each input, an unknown one by a letter of its own."""
    letters = iter(ascii_lowercase)
    return [[next(letters, "_") if size is None else str(size) for size in sort.sizes] for sort in inputs]


def _like(sizes: Sizes, inputs: list[list[str]]) -> list[str]:
    """The sizes of a result; an unknown one is that of the same axis of an input, where that is unknown too."""
    found: list[str] = []
    for i, size in enumerate(sizes):
        same = (names[i] for names in inputs if i < len(names) and not names[i].isdigit())
        found.append(next(same, "_") if size is None else str(size))
    return found


def _listed(sizes: Sequence[str]) -> str:
    return f"({', '.join(sizes)})"
