"""Cases, valid and invalid, made from a seed and a number alone."""

from random import Random

from specc.ops import catalog
from tests.oracle.case import Case, Sizes, Step, op_class
from tests.oracle.draft import Draft, made_sizes, rank_of
from tests.oracle.mutate import mutate
from tests.oracle.strategies import strategy
from tests.oracle.strategies.masks import mask_sizes

OPS: tuple[str, ...] = tuple(
    name
    for family, names in catalog.FAMILIES.items()
    if family not in ("constructs", "additions", "crf", "masking")
    for name in names
)
"""The layers and functions of Keras that specc has."""

_ONE_INPUT = tuple(
    name
    for name in OPS
    if not (name.startswith("ops.") or op_class(name).takes_list)
    and name not in ("MultiHeadAttention", "GroupQueryAttention", "Embedding", "Bidirectional")
)


def generate(seed: int, number: int, ops: tuple[str, ...] = OPS) -> Case:
    """Case `number` of the run of `seed`; its last layer is an op of `ops`, each in turn."""
    rng = Random(f"{seed}:{number}")
    case = _valid(rng, ops[number % len(ops)])
    return mutate(rng, case) if rng.random() < 0.4 else case


def _valid(rng: Random, op: str) -> Case:
    """A case that is meant to be valid: the op alone, or behind up to three others."""
    if op in _STATES and rng.random() < 0.12:
        return _encoder_and_decoder(rng, op)
    inputs, dtypes, steps = list[Sizes](), list[str](), list[Step]()
    here: Sizes | None = None
    name = ""
    for before in _before(rng, op):
        if here is not None and not _suits(rng, before, here):
            before = rng.choice(("Dense", "Activation", "Dropout", "LayerNormalization"))
        draft = _drafted(rng, before, here)
        steps.append(Step(before, draft.arguments, _read(draft, name, inputs, dtypes), draft.options))
        here, name = made_sizes(draft), f"l{len(steps) - 1}"
        if here is None:
            break
    if here is None or not _suits(rng, op, here):
        here, inputs, dtypes, steps = None, [], [], []
    draft = _drafted(rng, op, here)
    reads = _read(draft, name, inputs, dtypes)
    masks: dict[str, str] = {}
    for word, sizes in mask_sizes(draft).items():
        masks[word] = f"x{len(inputs)}"
        inputs.append(sizes)
        dtypes.append("bool")
    steps.append(Step(op, draft.arguments, reads, draft.options, (), masks))
    return Case(tuple(inputs), tuple(dtypes), tuple(steps), draft.batch)


def _encoder_and_decoder(rng: Random, op: str) -> Case:
    """A recurrent layer that starts from the states of another."""
    encoder, decoder = Draft(rng, op), Draft(rng, op)
    for draft in (encoder, decoder):
        draft.draw()
    units = encoder.arguments["units"]
    encoder.arguments["return_state"] = True
    if rng.random() < 0.85:
        decoder.arguments["units"] = units
    results = ("l0", *(f"state{i}" for i in range(_STATES[op])))
    steps = (
        Step(op, encoder.arguments, ("x0",), {}, results),
        Step(op, decoder.arguments, ("x1", *results[1:])),
    )
    return Case((encoder.shape, decoder.shape), ("float32", "float32"), steps)


_STATES = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}


def _before(rng: Random, op: str) -> list[str]:
    if op == "Embedding" or rng.random() < 0.7:
        return []
    if op.startswith("ops."):
        return [rng.choice(("Dense", "Activation", "Dropout", "LayerNormalization"))]
    return [rng.choice(_ONE_INPUT) for _ in range(rng.randint(1, 3))]


def _suits(rng: Random, op: str, sizes: Sizes) -> bool:
    return bool(sizes) and max(sizes) < 40 and any(rank_of(rng, op) == len(sizes) for _ in range(4))


def _drafted(rng: Random, op: str, given: Sizes | None) -> Draft:
    draft = Draft(rng, op, given)
    draft.draw()
    strategy(draft)
    if draft.dtype == "float32" and rng.random() < 0.06:
        draft.dtype = rng.choice(
            ("int32", "bool", "float16", "float64", "uint8", "int64", "string", "bfloat16")
        )
    return draft


def _read(draft: Draft, first: str, inputs: list[Sizes], dtypes: list[str]) -> tuple[str, ...]:
    """New inputs for what the draft reads; the first is `first` where the draft stands behind another layer."""
    reads = [first] if draft.given else []
    for sizes in draft.shapes[len(reads) :]:
        reads.append(f"x{len(inputs)}")
        inputs.append(sizes)
        alike = len(reads) == 1 or draft.rng.random() < 0.9
        dtypes.append(draft.dtypes.get(len(reads) - 1, draft.dtype if alike else "float32"))
    return tuple(reads)
