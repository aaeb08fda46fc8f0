"""From a Keras model to a spec.

A `.keras` file is read as data (`archive`, `records`), its layers as ops (`layers`, `functions`, `signature`), its
network as a chain of items (`network`, `chain`, `naming`). What was written is checked before anyone sees it (`model`).
"""
