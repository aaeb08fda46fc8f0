"""What the ops share that keep the axes of their input as they are."""

from typing import ClassVar

from specc.ops.declare import Inputs, Shape, Unary
from specc.ops.misfit import wrong_dtype
from specc.shapes.tensor import Tensor

TEXT = ("string",)
NO_FLOATS = ("int", "uint", "bool", "string")
"""How the names of dtypes begin that an op refuses: text, and all that are no floats."""


class Pointwise(Unary):
    """An op that gives the axes that it is given."""

    refused_dtypes: ClassVar[tuple[str, ...]] = TEXT

    def refuses(self, dtype: str) -> bool:
        """Whether Keras cannot compute with `dtype` here."""
        return dtype.startswith(self.refused_dtypes)

    def output(self, x: Shape) -> Shape:
        """The same axes."""
        return x

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes in the compute dtype; E210 where Keras cannot compute with the input's."""
        x = inputs[0]
        if self.refuses(x.dtype):
            raise wrong_dtype(x.dtype, "numbers" if self.refused_dtypes == TEXT else "floats")
        return (Tensor(self.output(x.shape), self.result_dtype(x.dtype)),)
