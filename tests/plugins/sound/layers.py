"""Keras layers, which know nothing of specc."""

import keras


@keras.saving.register_keras_serializable("sound")
class Decimate(keras.layers.Layer):
    """Keeps every `factor`-th step, each channel times a learned gain."""

    def __init__(self, factor, gain="ones", **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
        self.gain = keras.initializers.get(gain)

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1],), initializer=self.gain, name="kernel")

    def call(self, x):
        return x[:, :: self.factor] * self.kernel

    def compute_output_shape(self, input_shape):
        batch, steps, channels = input_shape
        return batch, None if steps is None else -(-steps // self.factor), channels

    def get_config(self):
        gain = keras.initializers.serialize(self.gain)
        return {**super().get_config(), "factor": self.factor, "gain": gain}
