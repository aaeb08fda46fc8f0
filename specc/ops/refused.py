"""The classes of `keras.layers` that are no ops: why, and what to write instead. Read where a name is not found."""

_OWN = "write a class of your own, as `package.module:Class` with a `signature`"

REFUSED: dict[str, str] = {
    "FlaxLayer": f"it runs Flax, which TensorFlow does not; {_OWN}",
    "Input": "the inputs stand under `inputs`, each with its shape",
    "InputLayer": "the inputs stand under `inputs`, each with its shape",
    "InputSpec": "it says what a layer takes; specc proves that by itself",
    "JaxLayer": f"it runs JAX, which TensorFlow does not; {_OWN}",
    "Lambda": f"it holds Python code, and a spec is data; write functions of `keras.ops` as `ops.NAME`, or {_OWN}",
    "Layer": f"it is the base of all layers; {_OWN}",
    "TFSMLayer": f"it runs a saved program; {_OWN}",
    "TorchModuleWrapper": f"it runs PyTorch, which TensorFlow does not; {_OWN}",
    "Wrapper": f"it is the base of layers that hold another; {_OWN}",
}
