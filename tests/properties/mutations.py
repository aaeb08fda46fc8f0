"""Specs with something wrong in them: seeded mutations of those that we have."""

import math
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from specc.ops import catalog, registry
from specc.syntax.document import CONSTRUCT_FIELDS, FIELDS
from specc.syntax.parser import TOP_KEYS
from tests.properties.trees import Pairs, at, copied, corpus, places, put, written

NUMBERS = (0, 1, -1, 2, 3, 7, 10**6, 2**31, 2**63, 10**30, -(10**30), 0.5, -0.0, 1e-300, 1e308)
STRANGE = ("", " ", "\u202e", "\x85", "a\tb", "a\nb", "x" * 300, "é", "日本語", "💥")
WORDS = (
    "_  .  ..  *  a.b  a.*.b  stack.0.conv  null  ~  time  feature  channel  height  relu  same  valid  causal  "
    "channels_first  float16  int32  string  T  2*T + 1  T // 0  glorot_uniform  l2  numpy.random  os:system  a:b  "
    "../x.npy  /etc/passwd  word_vectors.npy  $  $$  $x  $width  $(  $(1  $(1 // 0)  $(1 % 0)  $(2 ** 10000)  "
    "$(9 ** 9 ** 9)  $('a' * 999)  $([1, 2][5])  $(size(time))  $(size(0))  $(size(-1) // 2)  $(size(99))  "
    "$(1 if True else 2)  $([])  $(len('abc'))  $(abs('a'))  $(int('x'))  $(min())  $(1.5)  $(True)  a$(1)b  "
    "$(-1)  $(1e308 * 10)"
)
SCALARS: tuple[Any, ...] = (
    *(None, True, False, math.nan, math.inf, -math.inf, *NUMBERS, *STRANGE),
    *WORDS.split("  "),
)
"""Values that may stand anywhere, right or wrong."""

COLLECTIONS: tuple[Callable[[], Any], ...] = (
    list,
    Pairs,
    lambda: [None],
    lambda: [1, 2],
    lambda: [2, 2, 2],
    lambda: [0, -1],
    lambda: [-1, -1],
    lambda: [[1, 1], [1, 1]],
    lambda: [[]],
    lambda: ["_", "_"],
    lambda: [Pairs([("time", 4)]), Pairs([("feature", -1)])],
    lambda: [Pairs([("time", None)]), Pairs([("time", 3)])],
    lambda: Pairs([("a", 1), ("b", 2)]),
    lambda: Pairs([("units", 3)]),
    lambda: Pairs([("L2", 0.1)]),
    lambda: Pairs([("Dense", 3)]),
    lambda: Pairs([(None, None)]),
)


@cache
def _ops() -> tuple[str, ...]:
    return (*registry.names(), *catalog.ALIASES, *CONSTRUCT_FIELDS)


@cache
def _arguments() -> tuple[str, ...]:
    from specc.ops.declare import parameters_of

    found = {name for op in registry.names() if (cls := registry.find(op)) for name in parameters_of(cls)}
    return tuple(sorted(found))


def any_value(random: Random) -> Any:
    """A scalar or a small collection of any kind."""
    return random.choice(SCALARS) if random.random() < 0.7 else random.choice(COLLECTIONS)()


def any_item(random: Random, depth: int = 0) -> Any:
    """A layer or a construct, with arguments and wiring of any kind."""
    op = random.choice(_ops())
    value: Any
    roll = random.random()
    if op in CONSTRUCT_FIELDS and depth < 3:
        return _construct(op, random, depth)
    if roll < 0.2:
        return op
    if roll < 0.5:
        value = random.choice((1, 2, 3, 0.5, [2], [4, 4], "relu", None))
    elif roll < 0.6:
        value = any_value(random)
    else:
        cls = registry.find(op)
        from specc.ops.declare import parameters_of

        own = list(parameters_of(cls)) if cls is not None else []
        names = random.sample(own, min(len(own), random.randrange(4)))
        value = Pairs(
            (
                name,
                random.choice((1, 2, 3, -1, 0, True, "same")) if random.random() < 0.6 else any_value(random),
            )
            for name in names
        )
    item = Pairs([(op, value)])
    _wire(item, random)
    return item


def _construct(op: str, random: Random, depth: int) -> Any:
    chain = [any_item(random, depth + 1) for _ in range(random.randrange(4))]
    rows: Any = random.choice(
        (0, 1, 2, 3, Pairs([("a", [1, 2])]), Pairs([("a", [1]), ("b", [1, 2])]), any_value(random))
    )
    item = {
        "repeat": lambda: Pairs([("repeat", rows), ("layers", chain), ("index", "i")]),
        "each": lambda: Pairs([("each", rows), ("layers", chain)]),
        "residual": lambda: Pairs([("residual", chain)]),
        "branches": lambda: Pairs([("branches", [chain, []])]),
        "map": lambda: Pairs(
            [("map", Pairs([("over", random.choice(("time", 0, "camera"))), ("layers", chain)]))]
        ),
    }.get(op, lambda: Pairs([(op, any_value(random))]))()
    _wire(item, random)
    return item


def _wire(item: Pairs, random: Random) -> None:
    for field in ("name", "from", "when", "as", "merge", "call", "distribute"):
        if random.random() < 0.06:
            item.append((field, any_value(random)))


def _replace(data: Any, random: Random) -> None:
    put(random.choice(places(data)), any_value(random))


def _replace_scalar(data: Any, random: Random) -> None:
    scalars = [place for place in places(data) if not isinstance(at(place), list)]
    if scalars:
        place = random.choice(scalars)
        old = at(place)
        near = isinstance(old, int) and not isinstance(old, bool) and random.random() < 0.6
        put(place, old + random.choice((-1, 1, -old, old)) if near else any_value(random))


def _delete(data: Any, random: Random) -> None:
    node, index = random.choice(places(data))
    del node[index]


def _duplicate(data: Any, random: Random) -> None:
    node, index = random.choice(places(data))
    node.insert(index, copied(node)[index])


def _swap(data: Any, random: Random) -> None:
    node, index = random.choice(places(data))
    other = random.randrange(len(node))
    node[index], node[other] = node[other], node[index]


def _exchange(data: Any, random: Random) -> None:
    """Put a copy of one node in the place of another."""
    several = places(data)
    put(random.choice(several), copied(at(random.choice(several))))


def _transplant(data: Any, random: Random) -> None:
    """Put a node of another spec here."""
    put(random.choice(places(data)), copied(at(random.choice(places(random.choice(corpus()))))))


def _rekey(data: Any, random: Random) -> None:
    """Another key: another op, argument, field, or anything."""
    keyed = [place for place in places(data) if isinstance(place[0], Pairs)]
    if keyed:
        node, index = random.choice(keyed)
        words = random.choice((_ops(), _arguments(), tuple(FIELDS), TOP_KEYS, SCALARS))
        node[index] = (random.choice(words), node[index][1])


def _insert(data: Any, random: Random) -> None:
    lists = [node for node, _ in places(data) if isinstance(node, list) and not isinstance(node, Pairs)]
    if lists:
        node = random.choice(lists)
        node.insert(random.randrange(len(node) + 1), any_item(random))


def _extend(data: Any, random: Random) -> None:
    """Another key and value in some mapping."""
    mappings = [node for node, _ in places(data) if isinstance(node, Pairs)]
    if mappings:
        words = random.choice((_arguments(), tuple(FIELDS), SCALARS))
        random.choice(mappings).append((random.choice(words), any_value(random)))


def _wrap(data: Any, random: Random) -> None:
    """Move a stretch of a list of items into a construct."""
    chains = [n for n, _ in places(data) if not isinstance(n, Pairs) and any(isinstance(i, Pairs) for i in n)]
    if chains:
        chain = random.choice(chains)
        start = random.randrange(len(chain))
        stop = random.randrange(start, len(chain)) + 1
        inside = chain[start:stop]
        makers = (
            lambda: Pairs([("repeat", random.choice((0, 1, 2, 3))), ("layers", inside)]),
            lambda: Pairs([("residual", inside)]),
            lambda: Pairs([("branches", [inside, inside])]),
            lambda: Pairs([("each", 2), ("layers", inside)]),
            lambda: Pairs(
                [("map", Pairs([("over", random.choice(("time", "height", 0, [0, 1]))), ("layers", inside)]))]
            ),
        )
        chain[start:stop] = [random.choice(makers)()]


def _rewire(data: Any, random: Random) -> None:
    """Give an item a source, a name, or another field."""
    items = [at(p) for p in places(data) if isinstance(at(p), Pairs)]
    if items:
        names = [str(v) for item in items for k, v in item if k == "name"] or ["x"]
        name = random.choice((random.choice(names), "_", "dense", "conv2d", "lstm", "x.*.y", "a.b"))
        field = random.choice(("from", "from", "name", "as", "when", "reuse", "call"))
        random.choice(items).append((field, random.choice((name, [name, "_"], any_value(random)))))


MUTATIONS = (
    *(
        _replace,
        _replace_scalar,
        _replace_scalar,
        _delete,
        _duplicate,
        _swap,
        _exchange,
        _transplant,
        _rekey,
        _insert,
    ),
    *(_insert, _extend, _wrap, _rewire),
)


def mutated(random: Random) -> str:
    """The text of a spec of the corpus with one to five mutations."""
    data = copied(random.choice(corpus()))
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5))):
        if places(data):
            random.choice(MUTATIONS)(data, random)
    return written(data, flow=random.random() < 0.3)
