"""Builds, compiles and saves the network of specs/resnet50.yaml in plain Keras: `python keras_resnet50.py FILE`."""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from keras import layers

EPSILON = 1.001e-5


def bottleneck(x, filters: int, stride: int, project: bool):
    """Three convolutions beside a shortcut, which is projected where the sizes change."""
    y = layers.Conv2D(filters, 1, strides=stride)(x)
    y = layers.BatchNormalization(epsilon=EPSILON)(y)
    y = layers.Activation("relu")(y)
    y = layers.Conv2D(filters, 3, padding="same")(y)
    y = layers.BatchNormalization(epsilon=EPSILON)(y)
    y = layers.Activation("relu")(y)
    y = layers.Conv2D(4 * filters, 1)(y)
    y = layers.BatchNormalization(epsilon=EPSILON)(y)
    if project:
        x = layers.Conv2D(4 * filters, 1, strides=stride)(x)
        x = layers.BatchNormalization(epsilon=EPSILON)(x)
    return layers.Activation("relu")(layers.Add()([y, x]))


def resnet50(classes: int = 1000) -> keras.Model:
    """ResNet-50 for images (224, 224, 3), compiled."""
    image = keras.Input((224, 224, 3), name="image")
    x = layers.ZeroPadding2D(3)(image)
    x = layers.Conv2D(64, 7, strides=2)(x)
    x = layers.BatchNormalization(epsilon=EPSILON)(x)
    x = layers.Activation("relu")(x)
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, strides=2)(x)
    for filters, depth, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        x = bottleneck(x, filters, stride, project=True)
        for _ in range(depth - 1):
            x = bottleneck(x, filters, 1, project=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(classes, activation="softmax", name="predictions")(x)
    model = keras.Model(image, x, name="resnet50")
    optimizer = keras.optimizers.SGD(learning_rate=0.1, momentum=0.9)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


if __name__ == "__main__":
    resnet50().save(sys.argv[1])
