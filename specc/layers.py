"""The layers of specc that are none of Keras's: `import specc.layers` registers them, and Keras loads models with them.

A model with a `crf` is the only one that `specc.build` writes that needs this: all others load in plain Keras.
"""

from specc.backends.keras.crf import CRF, CRFLoss

__all__ = ["CRF", "CRFLoss"]
