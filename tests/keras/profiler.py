"""The floating-point operations that TensorFlow's profiler counts in a Keras model, for one sample, not training."""

from typing import Any

import tensorflow as tf
from tensorflow.python.framework import ops
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

UNLIKE = frozenset(("Softmax", "Rsqrt", "Sub"))
"""What is counted otherwise than by specc (a softmax takes 5 for an element, here 1), or once for a model, not for
each sample (the statistics of a normalization)."""


def counted_flops(model: Any) -> int:
    """The sum over the operations of the graph of which TensorFlow knows what they cost, `UNLIKE` left out."""
    inputs = [tf.TensorSpec((1, *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs]

    def call(*values: Any) -> Any:
        return model(values[0] if len(inputs) == 1 else list(values), training=False)

    frozen = convert_variables_to_constants_v2(tf.function(call).get_concrete_function(*inputs))
    graph = frozen.graph
    costs = (
        ops.get_stats_for_node_def(graph, operation.node_def, "flops").value
        for operation in graph.get_operations()
        if operation.type not in UNLIKE
    )
    return sum(int(cost) for cost in costs if cost)
