# Everything runs in .venv, which is made on first use with any Python 3.11 to 3.13 (make PYTHON=python3.12 …).
PYTHON ?= python3
VENV := .venv
OLDEST := .venv-oldest
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
JOBS ?= auto
CASES ?= 10000
export TF_CPP_MIN_LOG_LEVEL ?= 3

.DEFAULT_GOAL := help
.PHONY: help install demo test test-slow lint format bench oracle oracle-versions fuzz applications clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## create .venv with all that is needed (the other targets do so by themselves)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and "specc needs Python 3.11, 3.12 or 3.13: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt --editable '.[tensorflow,dev]'
	@touch $@

demo: $(STAMP) ## check and build a network, then train it on real digits
	$(BIN)/python -m specc check specs/quadrant_digits.yaml
	$(BIN)/python -m specc show specs/quadrant_digits.yaml
	@mkdir -p build
	$(BIN)/python -m specc build specs/quadrant_digits.yaml --out build/quadrant_digits.keras --seed 1
	$(BIN)/python specs/demo_digits.py

test: $(STAMP) ## all tests but the slow ones
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not slow"

test-slow: $(STAMP) ## the slow tests
	$(BIN)/python -m pytest -m slow

lint: $(STAMP) ## ruff and pyright
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

format: $(STAMP) ## let ruff format the code and mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## the measurements, with their peers beside them
	$(BIN)/python -m benchmarks

fuzz: $(STAMP) ## mutate specs by the ten thousand (FUZZ_SEED=n for others)
	$(BIN)/python -m pytest -n $(JOBS) -m slow tests/properties

oracle-versions: $(STAMP) $(OLDEST)/installed ## the same cases with the oldest Keras and the newest (TABLE=docs/oracle.md keeps the figures)
	$(OLDEST)/bin/python -m tests.oracle --cases $(CASES) $(if $(TABLE),--table $(TABLE))
	$(BIN)/python -m tests.oracle --cases $(CASES) $(if $(TABLE),--table $(TABLE))

$(OLDEST)/installed: pyproject.toml constraints.txt constraints-oldest.txt
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install --disable-pip-version-check --constraint constraints.txt --editable '.[tensorflow,dev]'
	$(OLDEST)/bin/python -m pip install --disable-pip-version-check --requirement constraints-oldest.txt
	@touch $@

oracle: $(STAMP) ## CASES (10000) generated layers held against Keras
	$(BIN)/python -m tests.oracle --cases $(CASES)

applications: $(STAMP) ## every network of keras.applications, imported, built and emitted again (half an hour, 8 GB)
	$(BIN)/python -m tests.applications

clean: ## remove what was built, .venv included
	rm -rf $(VENV) $(OLDEST) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
