# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Models that a function of the user's makes."""

import json
import os
import sys
from importlib import import_module
from typing import Any

import keras


class NoModel(Exception):
    """A function cannot be found, fails, or makes no model."""


def model_config(name: str) -> dict[str, Any]:
    """What Keras writes of the model that `package.module:function` makes; raises `NoModel`.

    Modules are looked for where Python looks for them, and in the current folder.
    """
    module, _, word = name.partition(":")
    if os.getcwd() not in sys.path and "" not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        function = getattr(import_module(module), word)
    except Exception as error:
        raise NoModel(f"`{name}` cannot be imported: {_words(error)}") from None
    try:
        model = function()
    except Exception as error:
        raise NoModel(f"`{name}` makes no model: {_words(error)}") from None
    if not isinstance(model, keras.Model):
        raise NoModel(f"`{name}` gives a `{type(model).__name__}`, which is no Keras model")
    return json.loads(json.dumps(keras.saving.serialize_keras_object(model)))


def _words(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
