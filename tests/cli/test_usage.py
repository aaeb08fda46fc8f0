"""Wrong command lines, help, and what is said of both."""

from pathlib import Path
from typing import Any

import pytest

import specc
from specc.commands.options import COMMANDS, HELP, Option


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        ([], "no command was given", "check, build"),
        (["chek"], "there is no command `chek`", "did you mean `specc check`?"),
        (["frobnicate"], "there is no command `frobnicate`", "the commands are check, "),
        (["--strict", "check"], "no option `--strict` in front of a command", "behind a command"),
        (["check"], "`specc check` needs a spec", "try `specc check"),
        (["check", "--strit", "good.yaml"], "no option `--strit`", "did you mean `--strict`?"),
        (["check", "good.yaml", "--zzz"], "no option `--zzz`", "specc check --help"),
        (["check", "--strict=yes", "good.yaml"], "`--strict` takes no value", "write `--strict` alone"),
        (["check", "good.yaml", "--set"], "`--set` needs a value", "--set NAME=VALUE"),
        (["check", "good.yaml", "--set", "width"], "gives no parameter a value", "--set NAME=VALUE"),
        (["check", "good.yaml", "--set", "a=[1"], "the value in `--set a=[1` cannot be read", "quote"),
        (["check", "good.yaml", "--format", "jsn"], "`--format` does not take `jsn`", "`json`"),
        (["check", "good.yaml", "--deny", "errors"], "does not take `errors`", "`warnings`"),
        (["check", "goood.yaml"], "there is no file `goood.yaml`", "did you mean `good.yaml`?"),
        (["check", "nowhere/good.yaml"], "there is no file `nowhere/good.yaml`", ""),
        (["build", "good.yaml"], "needs a file for the model", "add `--out model.keras`"),
        (["build", "good.yaml", "--out", "m.h5"], "`m.h5` is no name for a model", "`--out m.keras`"),
        (["build", "good.yaml", "--out", "m.keras", "--seed", "x"], "`--seed x` is no seed", "whole number"),
        (["build", "--out", "m.keras"], "takes one spec and was given no spec", "try `specc build"),
        (["show", "good.yaml", "noted.yaml"], "takes one spec and was given more than one", "try"),
        (["show", "."], "`.` is a folder", "name a file in it"),
        (["explain", "E99x"], "neither a diagnostic nor an op called `E99x`", ""),
        (["explain", "Conv2d"], "neither a diagnostic nor an op", "did you mean `Conv2D`?"),
        (["schema", "x"], "takes no operands", "specc schema"),
        (["graph", "good.yaml"], "there is no command `graph`", ""),
    ],
)
def test_wrong_usage_is_2_with_a_hint(run: Any, words: list[str], said: str, hint: str):
    ran = run(*words)
    assert ran.status == 2
    assert ran.out == ""
    assert said in ran.err
    assert hint in ran.err
    assert ran.err.startswith("specc: ")


def test_a_folder_without_specs_is_wrong_usage(run: Any, folder: Path):
    (folder / "empty").mkdir()
    (folder / "empty" / "settings.yaml").write_text("name: no spec\n")
    ran = run("check", "empty")
    assert ran.status == 2
    assert "there is no spec in `empty`" in ran.err
    assert "top-level key `specc`" in ran.err


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"]])
def test_the_overview_names_every_command(run: Any, words: list[str]):
    ran = run(*words)
    assert ran.status == 0
    for command in COMMANDS.values():
        assert command.summary in ran.out
    assert "Exit status" in ran.out


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_every_option_and_an_example(run: Any, name: str):
    ran = run(name, "--help")
    assert ran == run("help", name)
    assert ran.status == 0
    assert f"usage: specc {name}" in ran.out
    assert f"example: specc {name}" in ran.out
    for option in (*COMMANDS[name].options, HELP):
        assert f"--{option.name}" in ran.out
        assert option.help in ran.out
    assert max(map(len, ran.out.splitlines())) <= 110


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_about_the_command_line_says_what_help_says(name: str):
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
    section = page.partition(f"## `specc {name}")[2].partition("\n## ")[0]
    own = [option for option in COMMANDS[name].options if not is_common(option)]
    for option in own:
        assert f"`--{option.name}" in section, option.name
    for option in COMMANDS[name].options:
        assert f"`--{option.name}" in page, option.name


def is_common(option: Option) -> bool:
    return option.name in ("set", "variant", "strict", "format", "color", "quiet", "deny")


def test_help_stands_anywhere(run: Any):
    assert run("check", "nowhere.yaml", "--help").status == 0


def test_version(run: Any):
    assert run("--version") == (0, f"specc {specc.__version__}\n", "")


def test_two_dashes_end_the_options(run: Any, folder: Path):
    (folder / "--odd.yaml").write_bytes((folder / "good.yaml").read_bytes())
    ran = run("check", "--", "--odd.yaml")
    assert ran.status == 0
    assert "--odd.yaml" in ran.out


def test_what_is_said_is_harmless_to_a_terminal(run: Any):
    ran = run("check", "a\x1b[2Jb.yaml")
    assert ran.status == 2
    assert "\x1b" not in ran.err
