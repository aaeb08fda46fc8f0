"""StringLookup and IntegerLookup: words as indices, by a vocabulary."""

from typing import Annotated, ClassVar

from specc.ops.categories import dense_only
from specc.ops.declare import Example, Inputs, Shape, op
from specc.ops.hashing import Salt
from specc.ops.kinds import TEXT, Flag, Kind, NonNegative, Text, words
from specc.ops.misfit import Misfit, bad_argument
from specc.ops.vocabulary import FromVocabulary, Integers, Token, distinct
from specc.shapes.tensor import Tensor

Word = Annotated[Token, TEXT]
Whole = Annotated[
    Token,
    Kind(
        "an integer of 64 bits",
        {"type": "int", "strict": True, "ge": -(2**63), "lt": 2**63},
        {"type": "integer"},
    ),
]


class Lookup(FromVocabulary):
    """Gives each word the index that it has in the vocabulary, or, inverted, each index its word.

    In front of the vocabulary stand the mask, where indices are made, and `num_oov_indices` places for words that are
    not in it.
    """

    word_dtype: ClassVar[str] = "string"

    num_oov_indices: NonNegative = 1
    mask_token: Word | None = None
    oov_token: Word | None = "[UNK]"
    invert: Flag = False
    salt: Salt | None = None

    @property
    def special(self) -> tuple[Token | None, ...]:
        """What stands in front of the words: the mask and the places for unknown words."""
        mask = () if self.mask_token is None or self.encodes else (self.mask_token,)
        return (*mask, *((self.oov_token,) * self.num_oov_indices))

    @property
    def size(self) -> int:
        """The number of indices; E107 where the vocabulary is none."""
        words, special = self.words, self.special
        own = words[len(special) :] if words[: len(special)] == special else words
        distinct(own)
        if not own:
            raise bad_argument("vocabulary", "the vocabulary holds no words")
        reserved = [self.mask_token, self.oov_token if self.invert else None]
        for token in reserved:
            if token is not None and token in own:
                message = (
                    f"`{token}` is reserved, and may stand in the vocabulary only in front: {list(special)}"
                )
                raise bad_argument("vocabulary", message)
        size = len(special) + len(own)
        if self.max_tokens is not None and size > self.max_tokens:
            raise bad_argument(
                "max_tokens", f"`max_tokens` is {self.max_tokens}, and the vocabulary makes {size} indices"
            )
        return size

    @property
    def depth(self) -> int:
        """The number of indices, or `max_tokens` where they are padded to that."""
        return self.max_tokens if self.pad_to_max_tokens and self.max_tokens is not None else self.size

    def output(self, x: Shape) -> Shape:
        """As every encoder; E107 where arguments do not go together."""
        self.check()
        return super().output(x)

    def check(self) -> None:
        """E106 without a vocabulary; E107 where it, or what is said of it, cannot be."""
        size = self.size
        if self.pad_to_max_tokens and self.max_tokens is None:
            raise bad_argument("pad_to_max_tokens", "`pad_to_max_tokens` goes with `max_tokens`")
        if self.invert and self.encodes:
            raise bad_argument("output_mode", "an inverted lookup makes words: its `output_mode` is `int`")
        if self.invert and self.oov_token is None:
            raise bad_argument("oov_token", "an inverted lookup needs a word for unknown indices")
        if self.output_mode != "tf_idf":
            if self.idf_weights is not None:
                raise bad_argument("idf_weights", "`idf_weights` are for `output_mode: tf_idf` alone")
        elif self.idf_weights is None:
            raise Misfit("E106", "needs `idf_weights`, one for each word, for `tf_idf`")
        elif len(self.idf_weights) != len(self.words):
            message = f"`idf_weights` has {len(self.idf_weights)} numbers for {len(self.words)} words"
            raise bad_argument("idf_weights", message)
        assert size > 0
        dense_only(self.sparse)

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Indices and counts are int64 and words text, whatever Keras announces; E210 where no words are read."""
        x = inputs[0]
        self.refuse_dtype(x.dtype)
        counted = "float32" if self.output_mode == "tf_idf" else "int64"
        return (Tensor(self.output(x.shape), self.word_dtype if self.invert else counted),)

    def refuse_dtype(self, dtype: str) -> None:
        """E210 where `dtype` is not that of words, or, inverted, of indices."""
        if (dtype == "string") == self.invert:
            wants = "indices" if self.invert else "text"
            raise Misfit("E210", f"takes {wants} and is given {'text' if self.invert else dtype}")


@op(
    Example({"vocabulary": ["a", "b", "c"]}, ((3,),), "string"),
    Example({"vocabulary": ["a", "b"], "output_mode": "multi_hot", "num_oov_indices": 2}, ((3,),), "string"),
    Example({"vocabulary": ["a", "b"], "invert": True, "mask_token": ""}, ((3, 2),), "int64"),
    Example({"vocabulary": ["a", "b"], "idf_weights": [0.5, 1], "output_mode": "tf_idf"}, ((3,),), "string"),
)
class StringLookup(Lookup):
    """Gives each word the index that it has in a vocabulary; inverted, each index its word."""

    encoding: Text = "utf-8"


@op(
    Example({"vocabulary": [7, 0, 3]}, ((3,),), "int32"),
    Example({"vocabulary": [7, 0], "output_mode": "one_hot", "mask_token": 5}, ((3,),), "int64"),
    Example({"vocabulary": [7, 0], "oov_method": "farmhash", "num_oov_indices": 3}, ((3,),), "int32"),
)
class IntegerLookup(Lookup):
    """Gives each integer the index that it has in a vocabulary; inverted, each index its integer."""

    reads_integers = True
    word_dtype = "int64"

    mask_token: Whole | None = None
    oov_token: Whole | None = -1
    vocabulary: Integers | None = None
    vocabulary_dtype: Annotated[str, words("int64")] = "int64"
    oov_method: Annotated[str, words("floormod", "farmhash")] = "floormod"

    def check(self) -> None:
        """E107 also where `salt` does not go with the hash."""
        super().check()
        if self.salt is not None and self.oov_method != "farmhash":
            raise bad_argument("salt", "`salt` goes with `oov_method: farmhash`")

    def refuse_dtype(self, dtype: str) -> None:
        """E210 for text; Keras casts any number to an integer."""
        if dtype == "string":
            raise Misfit("E210", "takes integers and is given text")
