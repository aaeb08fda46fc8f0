"""The entries for functions that move, join, choose and multiply."""

from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import Entry, arguments_of, batch_fails, has_op, refused


def _no_elements(verdict: Verdict) -> bool:
    empty = any(0 in shape for made in verdict.keras.made for shape in made.shapes)
    return empty and any(refused(verdict, code) for code in ("E206", "E208", "E107"))


def _batch_of_a_matrix(verdict: Verdict) -> bool:
    codes = ("E200", "E107")
    products = ("ops.matmul", "ops.dot", "ops.inner", "ops.tensordot")
    ranks = {len(sizes) for sizes in verdict.case.inputs}
    reads_batch = min(ranks) < 2 or len(ranks) > 1
    return (
        reads_batch
        and has_op(verdict, "ops.tril", "ops.triu", *products)
        and any(refused(verdict, code) for code in codes)
    )


def _lucky_batch(verdict: Verdict) -> bool:
    codes = ("E202", "E203", "E107")
    return has_op(verdict, "ops.reshape") and any(refused(verdict, code) for code in codes)


def _letters_of_the_batch(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and "the batch in front" in verdict.messages[0]


def _no_axis(verdict: Verdict) -> bool:
    given = [value for *_, value in arguments_of(verdict, "axis", "repeats")]
    return refused(verdict, "E107") and has_op(verdict, "ops.squeeze", "ops.tile") and [] in given


def _half_turns(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and "half a turn" in verdict.messages[0]


def _number_of_results(verdict: Verdict) -> bool:
    given = [step.arguments.get("num") for step in verdict.case.steps if step.op == "ops.unstack"]
    return refused(verdict, "E107") and given == [None]


def _reaches_the_batch(verdict: Verdict) -> bool:
    told = refused(verdict, "E203") and "the batch" in verdict.messages[0]
    numbers = () in verdict.case.inputs and has_op(verdict, "ops.hsplit", "ops.dstack")
    return told or (numbers and refused(verdict, "E200"))


def _beyond(verdict: Verdict) -> bool:
    return has_op(verdict, "ops.take_along_axis") and batch_fails(verdict, "is not in [0")


def _other_vectors(verdict: Verdict) -> bool:
    codes = ("E205", "E107", "E203")
    return has_op(verdict, "ops.cross") and any(refused(verdict, code) for code in codes)


def _constant_mask(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and "name it in `from`" in verdict.messages[0]


ENTRIES = (
    Entry("no elements", "a value without elements is a mistake", _no_elements),
    Entry("batch of a matrix", "the batch is no axis of a matrix", _batch_of_a_matrix),
    Entry("lucky batch", "a size that counts the batch fits batches of one size only", _lucky_batch),
    Entry("letters of the batch", "an equation that mixes samples", _letters_of_the_batch),
    Entry(
        "no axes",
        "an empty list of axes or repeats says nothing; Keras takes it for all axes, or none",
        _no_axis,
    ),
    Entry("half turns", "Keras announces the axes of half a turn in each other's place", _half_turns),
    Entry("number of results", "a spec says how many values it takes apart into", _number_of_results),
    Entry(
        "reaches the batch",
        "what repeats, pads, turns, cuts or moves the batch is no function of samples",
        _reaches_the_batch,
    ),
    Entry("beyond", "indices that a value holds are known when the network runs alone", _beyond),
    Entry(
        "other vectors",
        "cross products are of vectors of three elements, alike; Keras also takes two, and does not look at axes "
        "that it does not use",
        _other_vectors,
    ),
    Entry("constant mask", "masks and biases of attention are values", _constant_mask),
)
