"""FLOPs that many ops add in the same way."""


def activation_flops(activation: object) -> int:
    """For each element: 1 for an activation, 0 where there is none or it does nothing."""
    return int(activation not in (None, "linear"))


def afterwards(use_bias: bool, activation: object) -> int:
    """For each sum: 1 for the bias, and what the activation takes."""
    return int(use_bias) + activation_flops(activation)


_TAPS = {"bilinear": 4, "bicubic": 16, "lanczos3": 36, "lanczos5": 100}


def interpolation_flops(method: str) -> int:
    """For each element: 2 for each of those that it is interpolated from; none where elements are repeated."""
    return 2 * _TAPS.get(method, 0)
