"""The networks of the benchmarks, written by hand in Keras."""

import keras
from keras import layers


def long_network(form: str, count: int) -> keras.Model:
    """The chain or the residual network of `networks.long_text`, its layers varied."""
    keras.backend.clear_session()
    image = keras.Input((32, 32, 64), name="image")
    x = image
    for k in range(count // 4):
        if form == "chain":
            x = layers.Conv2D(k + 64, 1 + k % 4, padding="same")(x)
            x = layers.BatchNormalization(momentum=0.9 + k * 1e-6)(x)
            x = layers.LeakyReLU(0.1 + k * 1e-6)(x)
            x = layers.Dropout(0.1 + k * 1e-6)(x)
        else:
            y = layers.BatchNormalization(momentum=0.9 + k * 1e-6)(x)
            y = layers.Conv2D(k + 64, 3, padding="same", activation="relu")(y)
            y = layers.Conv2D(64, 1 + k % 7, dilation_rate=1 + k // 7, padding="same")(y)
            x = layers.Add()([y, x])
    return keras.Model(image, x)


def quadrant_digits(steps: int) -> keras.Model:
    """The network of specs/quadrant_digits_channels_last.yaml, over `steps` steps, by `TimeDistributed`."""
    image = keras.Input((steps, 56, 14, 1), name="image")
    x = layers.TimeDistributed(layers.Conv2D(32, 3, activation="relu"))(image)
    x = layers.TimeDistributed(layers.Conv2D(32, 3, activation="relu"))(x)
    x = layers.TimeDistributed(layers.MaxPooling2D(2))(x)
    x = layers.TimeDistributed(layers.Dropout(0.25))(x)
    x = layers.TimeDistributed(layers.Flatten())(x)
    x = layers.LSTM(5)(x)
    x = layers.Dense(50)(x)
    return _compiled(image, layers.Dense(10, activation="softmax")(x))


def two_convolutions(steps: int | None) -> keras.Model:
    """Two convolutions, pooled, and a dense layer at each step of 20 x 20 images, by `TimeDistributed`."""
    image = keras.Input((steps, 20, 20, 1), name="image")
    x = image
    for layer in _two_convolutions():
        x = layers.TimeDistributed(layer)(x)
    return _compiled(image, x)


def one_step() -> keras.Model:
    """`two_convolutions` for a single step."""
    image = keras.Input((20, 20, 1), name="image")
    x = image
    for layer in _two_convolutions():
        x = layer(x)
    return keras.Model(image, x)


def _two_convolutions() -> list[keras.layers.Layer]:
    return [
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]


def _compiled(image: object, output: object) -> keras.Model:
    model = keras.Model(image, output)
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model
