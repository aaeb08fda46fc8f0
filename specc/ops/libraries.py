"""Ops of installed libraries. A library names the module that declares them by an entry point of its package:

    [project.entry-points."specc.ops"]
    audio = "my_audio.ops_for_specc"

A class `Resample` of that module, declared by `@op(keras="my_audio.layers:Resample")`, is then the op `audio.Resample`.
Entry points are looked for, and the module imported, for a key with a dot in it and no others.
"""

import sys
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from importlib import import_module
from typing import Any, NamedTuple, cast

from specc.ops.declare import REGISTERED, Op
from specc.ops.making import ArgumentErrors, make
from specc.ops.misfit import Misfit

GROUP = "specc.ops"
_RULES = (
    "results",
    "weights_for",
    "cost",
    "warnings",
    "frozen",
    "result_count",
    "fold_difference",
    "located",
)


class Library(NamedTuple):
    """The ops of a library by their whole names, or why there are none."""

    ops: dict[str, type[Op]]
    fault: str | None = None


def libraries() -> dict[str, str]:
    """The module that each installed library names, by the library's name."""
    return _libraries(tuple(sys.path))


@lru_cache(maxsize=1)
def _libraries(path: tuple[str, ...]) -> dict[str, str]:
    from importlib.metadata import entry_points

    return {entry.name: entry.value for entry in entry_points(group=GROUP)}


def library(name: str) -> Library | None:
    """What the library called `name` declares; None if none is installed."""
    module = libraries().get(name)
    return None if module is None else _library(name, module)


def names() -> list[str]:
    """The names of the ops of all libraries."""
    return sorted(name for word, module in libraries().items() for name in _library(word, module).ops)


def faults() -> dict[str, str]:
    """Why libraries have no ops, by the name of the library."""
    found = {word: _library(word, module).fault for word, module in libraries().items()}
    return {word: fault for word, fault in found.items() if fault is not None}


def find_op(name: str) -> type[Op] | None:
    """The op `library.Name`, if there is one."""
    found = library(name.partition(".")[0])
    return None if found is None else found.ops.get(name)


@lru_cache(maxsize=100)
def _library(name: str, module: str) -> Library:
    known = dict(REGISTERED)
    try:
        members = vars(import_module(module)).values()
        made = [_renamed(cls, name) for cls in members if _is_declared(cls)]
    except (Exception, SystemExit) as error:  # whatever a stranger's module does, a check goes on
        return Library({}, _said(error))
    strangers = _strangers(known)
    if strangers:
        return Library({}, f'`{strangers[0]}` lacks the class that it becomes: `@op(keras="module:Class")`')
    return Library({cls.name: cls for cls in made}, None if made else f"`{module}` declares no op")


def _is_declared(member: object) -> bool:
    """Whether a member of a module is an op that becomes a class of the library."""
    return isinstance(member, type) and issubclass(member, Op) and vars(member).get("keras") is not None


def _renamed(cls: type[Op], library: str) -> type[Op]:
    """The op under its whole name, its rules guarded; what is wrong with its parameters shows here."""
    members: dict[str, Any] = {"name": f"{library}.{cls.name}", "__doc__": cls.__doc__}
    made = type(cls.__name__, (cls,), members | {rule: _guarded(getattr(cls, rule)) for rule in _RULES})
    try:
        make(made, {})
    except ArgumentErrors:
        pass  # arguments may be missing; that they can be read at all is what shows here
    return made


def _guarded(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A rule whose faults are told of (E500), and end nothing."""

    @wraps(rule)
    def guarded(self: Op, *arguments: Any) -> Any:
        try:
            found = rule(self, *arguments)
            return tuple(cast("Iterator[Any]", found)) if isinstance(found, Iterator) else found
        except Misfit:
            raise
        except Exception as error:
            raise Misfit("E500", f"the op of the library fails: {_said(error)}") from error

    return guarded


def _said(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _strangers(known: dict[str, type[Op]]) -> list[str]:
    """The ops that were declared as if they were Keras's; they are taken out again."""
    found = [
        n for n, c in REGISTERED.items() if known.get(n) is not c and not c.__module__.startswith("specc.")
    ]
    for name in found:
        del REGISTERED[name]
    REGISTERED.update({name: known[name] for name in found if name in known})
    return found
