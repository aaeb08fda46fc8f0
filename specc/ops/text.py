"""TextVectorization: texts as sequences of indices, or as counts of words."""

from collections.abc import Sequence
from typing import Annotated, Any, cast

from specc.ops.categories import dense_only, one_hot
from specc.ops.declare import Example, Inputs, Place, Shape, op
from specc.ops.kinds import Flag, Kind, Positive, Text, checked, words
from specc.ops.lookup import StringLookup
from specc.ops.misfit import Misfit, SetArgument, bad_argument
from specc.ops.vocabulary import FromVocabulary
from specc.shapes.axis import FEATURE, TIME
from specc.shapes.dim import Size, unknown
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor


def _ngrams(value: Any) -> Any:
    several: Sequence[Any] = cast("list[Any]", value) if isinstance(value, list | tuple) else [value]
    if not several or any(isinstance(n, bool) or not isinstance(n, int) or n < 1 for n in several):
        raise ValueError("must be a positive integer or a list of them")
    return tuple(several) if isinstance(value, list | tuple) else value


NGrams = Annotated[
    int | tuple[int, ...],
    Kind(
        "a positive integer or a list of them",
        checked(_ngrams),
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 1}},
            ]
        },
    ),
]


@op(
    Example({"vocabulary": ["a", "b"], "output_sequence_length": 5}, ((),), "string"),
    Example({"vocabulary": ["a", "b"]}, ((1,),), "string"),
    Example({"vocabulary": ["a", "b"], "output_mode": "count", "ngrams": 2}, ((),), "string"),
    Example({"vocabulary": ["a", "b"], "split": None, "ngrams": [1, 2]}, ((4,),), "string"),
)
class TextVectorization(FromVocabulary):
    """Cleans a text, splits it into words, and gives the index of each, or counts them.

    A sample is one text, or without `split` an axis of words.
    """

    standardize: Annotated[str, words("lower_and_strip_punctuation", "lower", "strip_punctuation")] | None = (
        "lower_and_strip_punctuation"
    )
    split: Annotated[str, words("whitespace", "character")] | None = "whitespace"
    ngrams: NGrams | None = None
    output_sequence_length: Positive | None = None
    ragged: Flag = False
    encoding: Text = "utf-8"

    @property
    def places(self) -> tuple[Place, ...] | None:
        """One axis of words without `split`, unless each one is encoded by itself; else whatever is one text."""
        return ("feature",) if self.split is None and self.output_mode != "one_hot" else None

    @property
    def lookup(self) -> StringLookup:
        """The lookup that is made of the words."""
        shared = (
            "max_tokens",
            "vocabulary",
            "tokens",
            "idf_weights",
            "output_mode",
            "pad_to_max_tokens",
            "sparse",
        )
        given = {name: value for name, value in vars(self).items() if name in shared}
        return StringLookup.holding({**given, "mask_token": ""})

    @property
    def depth(self) -> int:
        return self.lookup.depth

    def output(self, x: Shape) -> Shape:
        """(time) of indices, as long as the longest text unless that is said, or features; E107, E200 otherwise."""
        self.lookup.check()
        dense_only(self.ragged, "ragged")
        if self.output_mode != "int" and self.output_sequence_length is not None:
            drop = SetArgument("output_sequence_length", None, "leave it out")
            raise bad_argument("output_sequence_length", "counts have no length of a sequence", drop)
        return self._of_words(x) if self.split is None else self._of_text(x)

    def _of_text(self, x: Shape) -> Shape:
        sizes = ((), (1,)) if self.output_mode == "int" else ((),)
        if self.output_mode == "one_hot":
            raise bad_argument(
                "output_mode", "a `one_hot` of each word is ragged: make `int`, and encode that"
            )
        if x.sizes not in sizes:
            facts = ("Keras announces another shape than it makes of other texts",)
            wants = "`[]`, one text a sample" + (", or `[1]`" if self.output_mode == "int" else "")
            raise Misfit("E200", f"takes {wants}, and is given {sizes_text(x)}", facts=facts)
        if self.output_mode == "int":
            return Shape((self.output_sequence_length or unknown(),), (TIME,))
        return Shape((self.depth,), (FEATURE,))

    def _of_words(self, x: Shape) -> Shape:
        made = self._joined(x)
        if self.output_mode == "int":
            # Keras counts the words only as it runs.
            return made.with_last(self.output_sequence_length or unknown(), made.axes[-1])
        if self.output_mode != "one_hot":
            return Shape((self.depth,), (FEATURE,))
        if made.sizes != x.sizes:
            raise bad_argument(
                "ngrams", "Keras announces a `one_hot` of the words, and makes one of the n-grams"
            )
        return one_hot(x, self.depth)

    def _joined(self, x: Shape) -> Shape:
        """The words and what `ngrams` joins of them."""
        if self.ngrams is None:
            return x
        if not x.sizes:
            raise bad_argument("ngrams", "n-grams would join the words of other samples")
        widths = range(1, self.ngrams + 1) if isinstance(self.ngrams, int) else self.ngrams
        count: Size = 0
        for width in widths:
            size = x.sizes[-1]
            count = count + (max(size - width + 1, 0) if isinstance(size, int) else unknown())
        if count == 0:
            raise Misfit("E206", f"{sizes_text(x)} holds no n-gram of these widths", parameter="ngrams")
        return x.with_last(count, x.axes[-1])

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Indices and counts are int64; E210 for what is no text."""
        x = inputs[0]
        if x.dtype != "string":
            raise Misfit("E210", f"takes text and is given {x.dtype}")
        return (Tensor(self.output(x.shape), "float32" if self.output_mode == "tf_idf" else "int64"),)
