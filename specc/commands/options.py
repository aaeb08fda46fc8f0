"""The command line as data: every command with its options, and the reading of arguments by it.

This stands in for `argparse`, whose import alone would take a tenth of the time of a check.
"""

from typing import NamedTuple

from specc.suggest import nearest


class UsageError(Exception):
    """A wrong command line; `hint` says what would be right."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Option(NamedTuple):
    """An option: `value` is the placeholder of its value (None: it takes none), `choices` what it may be."""

    name: str
    value: str | None
    help: str
    choices: tuple[str, ...] = ()
    short: str | None = None


class Command(NamedTuple):
    """A command: how its operands are written, what it does in one line and in full, an example."""

    name: str
    operands: str
    summary: str
    details: str
    example: str
    options: tuple[Option, ...]


class Arguments(NamedTuple):
    """A command line that was read: the command, its operands, and the values of options in their order."""

    command: Command
    operands: list[str]
    values: dict[str, list[str]]

    def has(self, name: str) -> bool:
        """Whether the option was given."""
        return name in self.values

    def all(self, name: str) -> list[str]:
        """All values that the option was given."""
        return self.values.get(name, [])

    def last(self, name: str) -> str | None:
        """The value that the option was given last; None if it was not given."""
        return self.values.get(name, [None])[-1]


HELP = Option("help", None, "print this help", short="h")
_COLOR = Option("color", "WHEN", "colour the output: auto, always or never", ("auto", "always", "never"))
_READING = (
    Option("set", "NAME=VALUE", "give a parameter another value, written as in YAML; may be repeated"),
    Option("variant", "NAME", "use a variant of the spec"),
    Option("strict", None, "insert nothing: what does not fit as written is an error"),
)
_FORMATS = ("text", "json", "sarif", "github")
_OUT = Option("out", "FILE", "write there instead of to the screen", short="o")
_DENY = Option("deny", "WARNINGS", "fail for warnings too: `warnings` for all, or a code; may be repeated")

CHECK = Command(
    "check",
    "SPEC…",
    "find the mistakes in specs, without importing TensorFlow",
    "SPEC is a file, a folder (all specs in it and below: .yaml, .yml and .json files with a top-level\n"
    "key `specc`), or - for standard input.",
    "specc check specs/ --set width=32 --format json",
    (
        *_READING,
        Option("format", "FORMAT", "text, json (one object a line for each spec), sarif or github", _FORMATS),
        Option(
            "data", "NAME=FILE", "hold an array (.npy, .npz:KEY) against an input or output; may be repeated"
        ),
        Option("data-values", None, "read the numbers of these arrays too, not only their shapes and dtypes"),
        Option("fix", None, "apply the safe fixes to the files; from standard input, print the fixed spec"),
        Option("unsafe-fixes", None, "apply fixes that change behaviour too, the first of each diagnostic"),
        _DENY,
        Option("quiet", None, "print errors and warnings only", short="q"),
        _COLOR,
    ),
)
BUILD = Command(
    "build",
    "SPEC",
    "build the Keras model and save it",
    "Checks the spec, builds the model, holds it against what the check inferred, layer by layer, and\n"
    "writes it in one step: FILE is the old model, or none, or the whole new one.",
    "specc build specs/quadrant_digits.yaml --out digits.keras --seed 1",
    (
        Option("out", "FILE", "the file of the model, ending in .keras (required)", short="o"),
        Option("seed", "NUMBER", "make the initial weights reproducible"),
        Option("weights", "MODEL", "take the weights of a .keras file, layer by layer, by their names"),
        Option("allow-custom", None, "import layers of your own, package.module:Class; else nothing is"),
        *_READING,
        Option("format", "FORMAT", "text, json, sarif or github", _FORMATS),
        _DENY,
        Option("quiet", None, "print errors and warnings only", short="q"),
        _COLOR,
    ),
)
SHOW = Command(
    "show",
    "SPEC",
    "print the table of layers: shapes, parameters, cost, what was inserted",
    "FLOPs and activation memory are for one sample; `?` stands where a size that they need is not known.",
    "specc show specs/resnet50.yaml",
    (*_READING, Option("format", "FORMAT", "text or json", ("text", "json")), _COLOR),
)
EXPAND = Command(
    "expand",
    "SPEC",
    "print the spec with blocks, parameters and insertions written out",
    "What is printed is itself a valid spec, one under `adapt: strict`.",
    "specc expand model.yaml --variant tiny --out tiny.yaml",
    (_OUT, *_READING, _COLOR),
)
EMIT = Command(
    "emit",
    "SPEC",
    "print Keras code that makes the same model, without specc",
    "The code has a function for each block and a loop for each repeat; `build_model()` gives the model that\n"
    "`specc build` would build, with the same names, compiled as the spec says.",
    "specc emit specs/resnet50.yaml --out resnet50.py",
    (_OUT, *_READING, _COLOR),
)
IMPORT = Command(
    "import",
    "MODEL",
    "print a spec for a Keras model that was saved, or that a function makes",
    "MODEL is a .keras file, which is read as data: nothing in it is run, and Keras is not imported. Or it is\n"
    "package.module:function; that is imported and called without arguments, under --allow-custom only.\n"
    "Layers keep their names, so `specc build --weights MODEL` finds the weights of each. What no spec can say\n"
    "is an error that names the layer, and then nothing is written.",
    "specc import resnet50.keras --out resnet50.yaml",
    (
        _OUT,
        Option("allow-custom", None, "import the module of a function, and call that"),
        _COLOR,
    ),
)
EXPLAIN = Command(
    "explain",
    "[CODE | OP]",
    "say what a diagnostic means, with its repair, or what an op takes",
    "Without an operand: lists all codes.",
    "specc explain E202",
    (_COLOR,),
)
SCHEMA = Command(
    "schema",
    "",
    "print the JSON Schema of the language, for editors",
    "A spec names it in its first line: # yaml-language-server: $schema=specc-1.schema.json",
    "specc schema --out specc-1.schema.json",
    (_OUT,),
)
COMMANDS = {command.name: command for command in (CHECK, BUILD, SHOW, EXPAND, EMIT, IMPORT, EXPLAIN, SCHEMA)}


def read_arguments(command: Command, words: list[str]) -> Arguments:
    """Sort the words behind a command into operands and options; raises UsageError."""
    options = {f"--{option.name}": option for option in (*command.options, HELP)}
    options |= {f"-{option.short}": option for option in options.values() if option.short}
    operands: list[str] = []
    values: dict[str, list[str]] = {}
    rest = iter(words)
    for word in rest:
        if word == "--":
            operands += rest
            break
        if word == "-" or not word.startswith("-"):
            operands.append(word)
            continue
        name, has_value, value = word.partition("=")
        option = options.get(name)
        if option is None:
            raise _unknown_option(command, name, options)
        if option.value is None:
            if has_value:
                raise UsageError(f"`{name}` takes no value", f"write `{name}` alone")
            value = ""
        elif not has_value:
            following = next(rest, None)
            if following is None:
                raise UsageError(f"`{name}` needs a value", f"write `{name} {option.value}`")
            value = following
        if option.choices and value not in option.choices:
            raise _wrong_choice(option, value)
        values.setdefault(option.name, []).append(value)
    return Arguments(command, operands, values)


def _unknown_option(command: Command, name: str, options: dict[str, Option]) -> UsageError:
    meant = nearest(name, options)
    hint = f"did you mean `{meant}`?" if meant else f"`specc {command.name} --help` lists them"
    return UsageError(f"`specc {command.name}` has no option `{name}`", hint)


def _wrong_choice(option: Option, value: str) -> UsageError:
    meant = nearest(value, option.choices)
    several = ", ".join(f"`{choice}`" for choice in option.choices)
    hint = f"did you mean `{meant}`?" if meant else f"it takes {several}"
    return UsageError(f"`--{option.name}` does not take `{value}`", hint)


def find_command(name: str) -> Command:
    """The command called `name`; raises UsageError, with the nearest one, if there is none."""
    if name not in COMMANDS:
        meant = nearest(name, COMMANDS)
        hint = f"did you mean `specc {meant}`?" if meant else f"the commands are {', '.join(COMMANDS)}"
        raise UsageError(f"there is no command `{name}`", hint)
    return COMMANDS[name]


def overview() -> str:
    """The text of `specc --help`."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(
        (
            "Checks neural networks written as YAML, and builds them with Keras.",
            "",
            "usage: specc COMMAND [OPTIONS]",
            "",
            *lines,
            "",
            "example: specc check model.yaml",
            "",
            "`specc COMMAND --help` says more; `specc --version` prints the version.",
            "Exit status: 0 no errors, 1 errors in a spec, 2 wrong usage.",
        )
    )


def help_text(command: Command) -> str:
    """The text of `specc COMMAND --help`."""
    heads = [(_head(option), option.help) for option in (*command.options, HELP)]
    width = max(len(head) for head, _ in heads)
    usage = f"usage: specc {command.name} {command.operands}".rstrip()
    return "\n".join(
        (
            f"{command.summary[0].upper()}{command.summary[1:]}.",
            "",
            f"{usage} [OPTIONS]",
            "",
            command.details,
            "",
            *(f"  {head:<{width}}  {text}" for head, text in heads),
            "",
            f"example: {command.example}",
        )
    )


def _head(option: Option) -> str:
    short = f"-{option.short}, " if option.short else "    "
    return f"{short}--{option.name}{f' {option.value}' if option.value else ''}"
