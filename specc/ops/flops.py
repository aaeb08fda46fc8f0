"""FLOPs that many ops add in the same way."""


def activation_flops(activation: object) -> int:
    """For each element: 1 for an activation, 0 where there is none or it does nothing."""
    return int(activation not in (None, "linear"))


def afterwards(use_bias: bool, activation: object) -> int:
    """For each sum: 1 for the bias, and what the activation takes."""
    return int(use_bias) + activation_flops(activation)
