"""What is said of a block's own symbols for all sizes of the network's is what is said for each of them."""

from itertools import product
from random import Random

from specc.expanding import expanded
from specc.ir.graph import Typed
from specc.pipeline import Options, check_source
from specc.report import Checked
from specc.shapes.demand import AtLeast, Divides, Same, verdict
from specc.shapes.dim import bind
from specc.source import Source
from tests.properties.network import network

PROMISED = ("N", "N", "2*N", "N + 1", "N - 1", "M", "3*N", "3", "2*N + M", "N + M")
GIVEN = ("T", "T", "2*T", "T + 1", "6", "7", "S", "T + S", "3*T")
ASKED = ("N", "N", "2*N", "M", "-1", "4", "2")


def check(text: str, **sizes: int) -> Checked:
    return check_source(Source("case.yaml", text), Options(sizes), prove=False)


def spec(random: Random) -> str:
    long, short = random.choice(PROMISED), random.choice(PROMISED)
    target = ", ".join(random.choice(ASKED) for _ in range(random.randint(1, 3)))
    return f"""\
specc: 1
name: own
blocks:
  b:
    inputs: {{u: [p: {long}, q: 4], v: [{short}, 4]}}
    layers:
      - Reshape: [{target}]
        from: u
inputs:
  x: [{random.choice(GIVEN)}, 4]
  y: [{random.choice(GIVEN)}, 4]
layers:
  - use: b
    from: [x, y]
"""


def is_met(typed: Typed, **sizes: int) -> bool:
    """Whether what the network demands of its symbols holds at these sizes."""
    for each in typed.demands:
        demand: AtLeast | Same | Divides = each.demand
        first, second = (size if isinstance(size, int) else bind(size, sizes) for size in demand)
        if verdict(type(demand)(first, second)).kind == "never":  # pyright: ignore[reportArgumentType]
            return False
    return True


def test_a_block_holds_for_the_sizes_that_are_said():
    held = 0
    for seed in range(800):
        text = spec(Random(seed))
        checked = check(text)
        typed = checked.report.typed
        if not checked.report.ok or typed is None:
            continue
        held += 1
        given = text.partition("\ninputs:")[2]
        for t, s in product(range(1, 8), repeat=2):
            sizes = {name: size for name, size in (("T", t), ("S", s)) if name in given}
            assert check(text, **sizes).report.ok == is_met(typed, T=t, S=s), (text, sizes)
        again = check(expanded(checked))
        assert again.report.ok
        assert again.report.typed is not None
        assert network(again.report.typed) == network(typed), text
    assert held > 25
