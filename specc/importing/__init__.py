"""From a Keras model to a spec.

A `.keras` file is read as data (`archive`, `config`, `records`), its layers as ops (`layers`, `functions`, `own`,
`signature`), its network as a chain of items (`network`, `chain`, `naming`), in which repeats and the like are found
again (`stages`, `merges`, `rows`, `blocks`; `same` says whether that is the same network). What was written is checked
before anyone sees it (`model`).
"""
