"""The functions of `keras.ops`, a module for each family; see `specc.ops.function`."""
