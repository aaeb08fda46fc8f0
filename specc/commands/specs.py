"""Which specs a command line means, and how they are to be read."""

import os
import re
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from specc.commands.options import Arguments, UsageError
from specc.pipeline import Options, check_bytes, check_file
from specc.report import Checked
from specc.source import Source
from specc.suggest import nearest
from specc.syntax.reader import MAX_BYTES, decode, read
from specc.syntax.tree import Mapping, to_plain

STDIN = "<stdin>"
SUFFIXES = (".yaml", ".yml", ".json")

_KEY = re.compile(rb"""^(["']?)specc\1[ \t]*:""", re.MULTILINE)
_KEY_IN_BRACES = re.compile(rb"""[{,]\s*(["']?)specc\1\s*:""")
_MOST_BYTES = 1 << 20


def reading_options(arguments: Arguments) -> Options:
    """What `--set`, `--variant` and `--strict` ask for."""
    settings: dict[str, Any] = {}
    for setting in arguments.all("set"):
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise UsageError(f"`--set {setting}` gives no parameter a value", "write `--set NAME=VALUE`")
        settings[name] = _value(setting, value)
    return Options(settings, arguments.last("variant"), arguments.has("strict"), _data(arguments))


def _data(arguments: Arguments) -> Any:
    """The arrays that `--data` names; None where it is not given."""
    given = arguments.all("data")
    if not given:
        if arguments.has("data-values"):
            raise UsageError("`--data-values` is about arrays, and none is given", "write `--data NAME=FILE`")
        return None
    from specc.arrays.named import Named, parse_named
    from specc.passes.training.data import Data

    arrays: dict[str, Named] = {}
    for text in given:
        named = parse_named(text)
        if named is None:
            hint = "write `--data NAME=FILE`, as `--data image=x.npy` or `--data digit=y.npz:labels`"
            raise UsageError(f"`--data {text}` names no array for an input or output", hint)
        if named.name in arrays:
            raise UsageError(f"`--data` names two arrays for `{named.name}`", None)
        arrays[named.name] = named
    return Data(tuple(arrays.values()), arguments.has("data-values"))


def _value(setting: str, text: str) -> Any:
    """A value of the command line as YAML reads it; nothing is null."""
    if not text.strip():
        return None
    node, found = read(Source("--set", text))
    if node is None or found:
        why = found[0].message if found else "it is no YAML"
        raise UsageError(f"the value in `--set {setting}` cannot be read: {why}", "quote it as YAML does")
    return to_plain(node)


def denied(arguments: Arguments) -> frozenset[str]:
    """The codes of the warnings that `--deny` names; raises UsageError for what is none."""
    given = {*arguments.all("deny")}
    if not given:
        return frozenset()
    from specc.diagnostics.explain import codes

    warnings = [code for code in codes() if code[0] == "W"]
    for word in given - {"warnings", *warnings}:
        meant = nearest(word, ("warnings", *warnings))
        hint = f"did you mean `{meant}`?" if meant else "it takes `warnings`, or the code of one, as `W601`"
        raise UsageError(f"`--deny` does not take `{word}`", hint)
    return frozenset(warnings if "warnings" in given else given)


def single_spec(arguments: Arguments) -> str:
    """The one spec that a command is about: a path, or `-`."""
    name = arguments.command.name
    if len(arguments.operands) != 1:
        count = "no spec" if not arguments.operands else "more than one"
        hint = f"try `{arguments.command.example}`"
        raise UsageError(f"`specc {name}` takes one spec and was given {count}", hint)
    path = arguments.operands[0]
    _must_exist(path)
    if os.path.isdir(path):
        raise UsageError(f"`{path}` is a folder, and `specc {name}` takes one spec", "name a file in it")
    return path


def several_specs(arguments: Arguments) -> list[str]:
    """The specs that a command is about, each once: files as they are named, and the specs of folders."""
    if not arguments.operands:
        command = arguments.command
        raise UsageError(f"`specc {command.name}` needs a spec", f"try `{command.example}`")
    for path in arguments.operands:
        _must_exist(path)
    paths: dict[str, None] = {}
    for path in arguments.operands:
        if path != "-" and os.path.isdir(path):
            found = list(_specs_in(path))
            if not found:
                kinds = ", ".join(SUFFIXES)
                hint = f"a spec is a file with a top-level key `specc` and one of the suffixes {kinds}"
                raise UsageError(f"there is no spec in `{path}`", hint)
            paths |= dict.fromkeys(found)
        else:
            paths[path] = None
    return list(paths)


def _must_exist(path: str) -> None:
    if path == "-" or os.path.lexists(path):
        return
    folder, name = os.path.split(path)
    try:
        meant = nearest(name, sorted(os.listdir(folder or ".")))
    except (OSError, ValueError):
        meant = None
    hint = f"did you mean `{os.path.join(folder, meant)}`?" if meant else None
    raise UsageError(f"there is no file `{path}`", hint)


def _specs_in(folder: str) -> Iterator[str]:
    """The specs in a folder and below, sorted, hidden files and folders left out."""
    for base, folders, files in os.walk(folder, onerror=_unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(base, name)
            if name.endswith(SUFFIXES) and not name.startswith(".") and _is_spec(path):
                yield path


def _unreadable(error: OSError) -> None:
    raise UsageError(f"cannot look into `{error.filename}`: {error.strerror}", None)


def _is_spec(path: str) -> bool:
    """Whether a file has a top-level key `specc`; one that cannot be read counts, so that it is reported."""
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES)
    except OSError:
        return os.path.isfile(path)
    plain = data.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    if _KEY.search(plain):
        return True
    if not plain.lstrip().startswith(b"{") or not _KEY_IN_BRACES.search(plain):
        return False
    source, _ = decode(path, data)
    root = read(source)[0] if source is not None else None
    return not isinstance(root, Mapping) or root.key("specc") is not None


def read_stdin() -> bytes:
    """Standard input, up to just more than a spec may have; nothing where it is closed."""
    stream: TextIO | None = sys.stdin
    return b"" if stream is None else stream.buffer.read(MAX_BYTES + 1)


def check_path(path: str, options: Options) -> Checked:
    """Check a spec that the command line names: a file, or `-` for standard input."""
    return check_bytes(STDIN, read_stdin(), options) if path == "-" else check_file(path, options)
