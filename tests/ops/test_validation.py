"""The validator is pydantic-core's own, whether its package is imported before, after or not at all."""

import subprocess
import sys

import pytest

ALONE = """
import sys
from specc.ops.validation import SchemaValidator
print(SchemaValidator({"type": "int"}).validate_python(3))
print([name for name in ("pydantic_core", "typing_extensions") if name in sys.modules])
try:
    SchemaValidator({"type": "int"}).validate_python("x")
except ValueError as error:
    print(error.errors(include_url=False)[0]["type"])
"""
AFTER = """
from specc.ops.validation import SchemaValidator
import pydantic_core, pydantic
assert pydantic_core.SchemaValidator is SchemaValidator
class Point(pydantic.BaseModel):
    x: int
print(Point(x="3").x)
"""
BEFORE = """
import pydantic_core
from specc.ops.validation import SchemaValidator
assert pydantic_core.SchemaValidator is SchemaValidator
print("same")
"""


@pytest.mark.parametrize(
    ("script", "said"),
    [(ALONE, ["3", "[]", "int_parsing"]), (AFTER, ["3"]), (BEFORE, ["same"])],
    ids=["alone", "after", "before"],
)
def test_the_validator_is_the_same(script: str, said: list[str]):
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == said, done.stderr
