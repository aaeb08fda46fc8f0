"""What all tests share: warnings are errors, but for one that Keras itself causes."""

import pytest

# Keras 3.15 turns variables into arrays by a protocol that NumPy 2 deprecates. As a mark, it also holds
# under `pytest -W error`, which outranks the filters of the configuration.
KERAS = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(KERAS)
