"""`specc explain`: pages about codes, and what is known of an op."""

from specc.commands.options import Arguments, UsageError
from specc.commands.screen import Screen
from specc.diagnostics.explain import codes, page, title
from specc.diagnostics.style import paint
from specc.ops.declare import Op, parameters_of
from specc.ops.parameters import Parameter
from specc.ops.registry import find, names
from specc.passes.repairs.spell import plain
from specc.suggest import nearest
from specc.syntax.write import flow


def run(arguments: Arguments, screen: Screen) -> int:
    """Print the page about a code, or an op's parameters; without an operand the list of codes."""
    if not arguments.operands:
        screen.say("\n".join(f"{code}  {title(code)}" for code in codes()))
        return 0
    if len(arguments.operands) > 1:
        raise UsageError("`specc explain` takes one code or op", f"try `{arguments.command.example}`")
    word = arguments.operands[0]
    text = page(word)
    if text is None:
        op = find(word)
        if op is None:
            raise _unknown(word)
        text = "\n".join(_about(op, screen.color))
    screen.say(text.rstrip("\n"))
    return 0


def _unknown(word: str) -> UsageError:
    meant = nearest(word, [*codes(), *names()])
    hint = f"did you mean `{meant}`?" if meant else "`specc explain` lists the codes"
    return UsageError(f"there is neither a diagnostic nor an op called `{word}`", hint)


def _about(op: type[Op], color: bool) -> list[str]:
    """The op's name, description, axes, and a line for each parameter."""
    lines = [paint(op.name, "strong", color), "", *(op.__doc__ or "").strip().splitlines(), ""]
    parameters = parameters_of(op).values()
    width = max(len(p.name) for p in parameters)
    lines += [f"  {p.name:<{width}}  {_described(p)}" for p in parameters]
    if op.examples:
        example = op.examples[0]
        arguments = ", ".join(f"{k}: {flow(plain(v))}" for k, v in example.arguments.items())
        shapes = " and ".join(str(list(shape)) for shape in example.shapes)
        lines += ["", f"example: {op.name}: {{{arguments}}}", f"on:      {shapes} (the batch is not written)"]
    return lines


def _described(parameter: Parameter) -> str:
    """What a parameter accepts, and its default."""
    kind = f"{parameter.kind.text}{', or null' if parameter.nullable else ''}"
    if parameter.required:
        return f"{kind} (required)"
    return f"{kind} (default {flow(plain(parameter.default))})"
