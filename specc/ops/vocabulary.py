"""The words that a layer looks up: listed in the spec, or one a line in a file beside it."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, BinaryIO, ClassVar, cast

from specc.arrays.files import FileFault, reading
from specc.ops.categories import Encoder
from specc.ops.declare import Op
from specc.ops.files import BESIDE, found_in, inside
from specc.ops.kinds import Flag, Kind, NumberList, Schema, checked, is_int64, words
from specc.ops.misfit import Misfit, bad_argument
from specc.ops.wants import shown

Token = str | int
Tokens = tuple[Token, ...]

MAX_BYTES = 16 * 2**20
MAX_TOKENS = 1_000_000


def _text(token: Any) -> str:
    if not isinstance(token, str):
        raise ValueError(f"must hold text, not `{shown(token)}`")
    if token.endswith("\0"):
        raise ValueError("holds a word that ends in a zero, which NumPy would cut off")
    return token


def _integer(token: Any) -> int:
    if not is_int64(token):
        raise ValueError(f"must hold integers of 64 bits, not `{shown(token)}`")
    return token


def _listed(token: Callable[[Any], Token]) -> Callable[[Any], str | Tokens]:
    def accept(value: Any) -> str | Tokens:
        if isinstance(value, str):
            return value
        if not isinstance(value, list | tuple):
            raise ValueError("must be a list, or the name of a file")
        return tuple(map(token, cast("list[Any]", value)))

    return accept


def _kind(what: str, token: Callable[[Any], Token], json: Schema) -> Kind:
    either: list[Schema] = [{"type": "string"}, {"type": "array", "items": json}]
    return Kind(f"a list of {what}, or the name of a file", checked(_listed(token)), {"anyOf": either})


Vocabulary = str | Tokens
MaxTokens = Annotated[
    int,
    Kind("an integer above 1", {"type": "int", "strict": True, "ge": 2}, {"type": "integer", "minimum": 2}),
]
LookupMode = Annotated[str, words("int", "one_hot", "multi_hot", "count", "tf_idf")]
Words = Annotated[Vocabulary, _kind("words", _text, {"type": "string"})]
Integers = Annotated[Vocabulary, _kind("integers", _integer, {"type": "integer"})]


def read_lines(folder: str, name: str) -> tuple[str, ...]:
    """The lines of the file `name` inside `folder`, UTF-8; raises `FileFault`."""
    data = reading(inside(folder, name), name, _bounded, BESIDE)
    if len(data) > MAX_BYTES:
        raise FileFault(f"`{name}` is larger than {MAX_BYTES // 2**20} MiB")
    try:
        lines = data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise FileFault(f"`{name}` is not UTF-8: see byte {error.start + 1}") from None
    while lines and not lines[-1]:
        lines.pop()
    if len(lines) > MAX_TOKENS:
        raise FileFault(f"`{name}` has more than {MAX_TOKENS:,} lines")
    return tuple(lines)


def _bounded(file: BinaryIO) -> bytes:
    return file.read(MAX_BYTES + 1)


def read_integers(folder: str, name: str) -> tuple[int, ...]:
    """The integers of such a file, one a line; raises `FileFault`."""
    found: list[int] = []
    for number, line in enumerate(read_lines(folder, name), start=1):
        digits = line.strip()
        if len(digits) > 20 or not digits.removeprefix("-").isdecimal() or not is_int64(int(digits)):
            raise FileFault(f"line {number} of `{name}` is no integer of 64 bits")
        found.append(int(digits))
    return tuple(found)


def read_words(folder: str, name: str) -> tuple[str, ...]:
    """The words of such a file, one a line; raises `FileFault`."""
    lines = read_lines(folder, name)
    for number, line in enumerate(lines, start=1):
        if line.endswith("\0"):
            raise FileFault(f"line {number} of `{name}` ends in a zero, which NumPy would cut off")
    return lines


def distinct(tokens: Sequence[Token]) -> None:
    """E107 where a word of a vocabulary stands in it twice."""
    if len(set(tokens)) == len(tokens):
        return
    first: dict[Token, int] = {}
    for number, token in enumerate(tokens, start=1):
        if token in first:
            twice = f"at {first[token]} and {number}"
            raise bad_argument("vocabulary", f"`{token}` stands in the vocabulary twice, {twice}")
        first[token] = number


class FromVocabulary(Encoder):
    """An op with a vocabulary: a list, or the name of a file beside the spec that holds it.

    Keras casts nothing here, so the layer has no dtype of its own: `dtype` changes nothing.
    """

    max_tokens: MaxTokens | None = None
    vocabulary: Words | None = None
    idf_weights: NumberList | None = None
    output_mode: LookupMode = "int"
    pad_to_max_tokens: Flag = False
    sparse: Flag = False

    has_policy = False
    announces_dtype = False
    tokens: ClassVar[Tokens | None] = None
    """The words of the file, once the op is located."""
    reads_integers: ClassVar[bool] = False

    @property
    def arguments(self) -> dict[str, Any]:
        return {k: v for k, v in super().arguments.items() if k != "tokens"}

    @property
    def words(self) -> Tokens:
        """The vocabulary; E106 where none is given, E111 where its file could not be opened yet."""
        given = self.tokens or self.vocabulary
        if given is None:
            why = "a spec holds no data to learn one from: give a list, or the name of a file with one word a line"
            raise Misfit("E106", "needs `vocabulary`", facts=(why,))
        if isinstance(given, str):
            why = "a wrapper's layer reads no files: list the vocabulary, or stand the layer outside"
            raise Misfit("E111", why, parameter="vocabulary")
        return given

    @property
    def steps_read(self) -> int:
        """A step for each word, and for each 16 characters."""
        return 0 if self.tokens is None else sum(len(str(token)) // 16 + 1 for token in self.tokens)

    def located(self, folder: str | None) -> Op:
        """The op with the words of its file in `folder`; E111 where that is none of words."""
        if not isinstance(self.vocabulary, str):
            return self
        found = found_in(
            folder, self.vocabulary, "vocabulary", read_integers if self.reads_integers else read_words
        )
        if not found:
            raise Misfit("E111", f"`{self.vocabulary}` holds no words", parameter="vocabulary")
        return self.holding({**vars(self), "tokens": found})
