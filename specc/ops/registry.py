"""Finding ops by name, importing only the families that a spec names."""

from importlib import import_module

from specc.ops.catalog import ALIASES, FAMILIES, MODULES
from specc.ops.declare import REGISTERED, Op

FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names}


def canonical(name: str) -> str:
    """The name that an alias stands for (`ops.relu` for `ops.nn.relu`), or the name itself."""
    if name.startswith("ops."):
        module, _, last = name.removeprefix("ops.").rpartition(".")
        short = ALIASES.get(f"ops.{last}", f"ops.{last}")
        if module and MODULES.get(FAMILY_OF.get(short, "")) == module:
            return short
    return ALIASES.get(name, name)


def names() -> list[str]:
    """The names of all ops, aliases not counted."""
    return sorted(FAMILY_OF)


def find(name: str) -> type[Op] | None:
    """The op that Keras (or the language) calls `name`; None if there is none."""
    found = REGISTERED.get(name)
    if found is None:
        name = canonical(name)
        family = FAMILY_OF.get(name)
        if family is None:
            return _of_library(name)
        import_module(f"specc.ops.{family}")
        found = REGISTERED[name]
    return found


def _of_library(name: str) -> type[Op] | None:
    """The op `library.Name` of an installed library, if that is one."""
    if "." not in name or name.startswith("ops."):
        return None
    from specc.ops.libraries import find_op

    return find_op(name)


def known(name: str) -> type[Op]:
    """The op called `name`, which there must be."""
    found = find(name)
    assert found is not None, name
    return found
