"""The JSON form of diagnostics."""

import json

from specc.diagnostics.json import to_dict
from specc.diagnostics.model import Diagnostic, Edit, Fix, Note
from specc.source import Source, Span


def test_everything():
    spec, block = Source("a.yaml", "a: 1\nb: [2]\n"), Source("b.yaml", "x\n")
    span = Span(spec, 8, 11)
    diagnostic = Diagnostic(
        "E202",
        "no",
        span,
        "reshape",
        notes=(Note("plain"), Note("made here", Span(spec, 3, 4))),
        fixes=(
            Fix("two files", "safe", (Edit(span, "[3]"), Edit(Span(block, 0, 1), "y"))),
            Fix("think", "display"),
        ),
        chain=(Note("in block `b`, used here", Span(block, 0, 1)),),
    )
    place = {"start": {"line": 2, "column": 4}, "end": {"line": 2, "column": 7}}
    result = to_dict(diagnostic)
    assert result == {
        "code": "E202",
        "severity": "error",
        "message": "no",
        "file": "a.yaml",
        "layer": "reshape",
        "span": place,
        "notes": ["plain", "made here (a.yaml:1)", "in block `b`, used here (b.yaml:1)"],
        "fixes": [
            {
                "title": "two files",
                "applicability": "safe",
                "edits": [
                    {"span": place, "text": "[3]"},
                    {
                        "file": "b.yaml",
                        "span": {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 2}},
                        "text": "y",
                    },
                ],
            },
            {"title": "think", "applicability": "display", "edits": []},
        ],
    }
    assert json.loads(json.dumps(result)) == result


def test_absent_facts_are_null():
    assert to_dict(Diagnostic("W604", "x")) == {
        "code": "W604",
        "severity": "warning",
        "message": "x",
        "file": None,
        "layer": None,
        "span": None,
        "notes": [],
        "fixes": [],
    }
