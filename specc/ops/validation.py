"""pydantic-core's validator, without the Python half of its package.

The half that validates is one extension module. The package around it also imports the types of all schemas, in
twice the time that the rest of a check takes to start; nobody here needs them. Whoever imports the package itself,
before or after, has the same extension module.
"""

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import Any

_PACKAGE = "pydantic_core"
_EXTENSION = f"{_PACKAGE}._pydantic_core"


def _extension() -> Any:
    """The extension module alone; None where it is not where it is looked for."""
    package = PathFinder.find_spec(_PACKAGE)
    if package is None or package.submodule_search_locations is None:
        return None
    spec = PathFinder.find_spec(_EXTENSION, package.submodule_search_locations)
    if spec is None or spec.loader is None:
        return None
    module = module_from_spec(spec)
    sys.modules[_EXTENSION] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[_EXTENSION]
        raise
    return module


def _schema_validator() -> Any:
    module = sys.modules.get(_EXTENSION) or _extension()
    if module is None:
        import pydantic_core as module
    return module.SchemaValidator


SchemaValidator: Any = _schema_validator()
