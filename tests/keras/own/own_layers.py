"""Layers of a user's own, right and wrong, for `test_own.py`."""

import keras
from keras import ops


class LayerScale(keras.layers.Layer):
    def __init__(self, init=1.0, **kwargs):
        super().__init__(**kwargs)
        self.init = init

    def build(self, input_shape):
        start = keras.initializers.Constant(self.init)
        self.gamma = self.add_weight(shape=(input_shape[-1],), initializer=start, name="gamma")

    def call(self, x):
        return x * self.gamma

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "init": self.init}


class SpaceToDepth(keras.layers.Layer):
    def call(self, x):
        return ops.concatenate([x[:, i::2, j::2] for i in (0, 1) for j in (0, 1)], -1)


class Top(keras.layers.Layer):
    """The first `k` steps, and the place of the largest feature of each."""

    def __init__(self, k, **kwargs):
        super().__init__(**kwargs)
        self.k = k

    def call(self, x):
        best = x[:, : self.k]
        return best, ops.argmax(best, -1)


class Attend(keras.layers.Layer):
    def call(self, x, *, memory):
        return x + ops.mean(memory, axis=1, keepdims=True)


class Mix(keras.layers.Layer):
    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs):
        return inputs[0] + self.scale * inputs[1]


class Moving(keras.layers.Layer):
    """A weight that is trained, and one that is not."""

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1],), name="kernel")
        self.mean = self.add_weight(shape=(input_shape[-1],), name="mean", trainable=False)

    def call(self, x, training=False):
        return x * self.kernel + self.mean if training else x


class AnnouncesMore(keras.layers.Layer):
    def call(self, x):
        return x

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)


class Rounds(keras.layers.Layer):
    """Makes integers, and announces floats."""

    def call(self, x):
        return ops.cast(x, "int32")

    def compute_output_shape(self, input_shape):
        return input_shape


class TakesNoName(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()


class RaisesWhenMade(keras.layers.Layer):
    def __init__(self, **kwargs):
        raise RuntimeError("not\ntoday")


class RaisesWhenCalled(keras.layers.Layer):
    def call(self, x):
        raise LookupError("not here")


class MakesADict(keras.layers.Layer):
    def call(self, x):
        return {"x": x}


class ForgetsTheBatch(keras.layers.Layer):
    def call(self, x):
        return ops.mean(x, 0, keepdims=True)


class MakesAScalar(keras.layers.Layer):
    def call(self, x):
        return ops.mean(x)


class SaysNothing(keras.layers.Layer):
    def call(self, x):
        return x

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        raise NotImplementedError("ask somebody else")


class Forgets(keras.layers.Layer):
    """Leaves an argument that it needs out of its configuration."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)

    def call(self, x):
        return x

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config()


class NoLayer:
    pass


NUMBER = 3


class Masked(keras.layers.Layer):
    """Doubles, and hands masks on."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, x):
        return x * 2
