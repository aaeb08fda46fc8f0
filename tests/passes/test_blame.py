"""What it costs to say where a size was made."""

import pytest

from specc.passes.inference.blame import Blame
from specc.pipeline import Options, check_source
from specc.source import Source

COUNT = 300
SPEC = "specc: 1\nname: a\ninputs:\n  x: [height: 8, width: 8, channel: 3]\nlayers:\n" + "".join(
    f"  - Dense: {4 + i % 2}\n" for i in range(COUNT)
)


def test_no_value_on_the_way_back_is_passed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[int] = []
    carried_from = Blame._carried_from  # pyright: ignore[reportPrivateUsage]

    def counted(self: Blame, value: int, axis: int) -> int | None:
        passed.append(value)
        return carried_from(self, value, axis)

    monkeypatch.setattr(Blame, "_carried_from", counted)
    report = check_source(Source("<test>", SPEC), Options(), prove=False).report
    assert [diagnostic.code for diagnostic in report.diagnostics] == ["W601"] * COUNT
    assert sorted(passed) == list(range(COUNT))
