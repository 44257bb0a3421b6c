# make run        web, worker and emulator in the foreground, on 127.0.0.1
# make test       the test suite
# make test-all   the test suite and its slow part
# make check      format, lint, types, dependencies
# make pictures   the README's pictures, taken from a running `make run`
# make bench      the benchmarks, beside the peers they are measured against

PYTHON ?= python3
BIN := .venv/bin
RUN_INSTALLED := .venv/run-installed
INSTALLED := .venv/installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
TESTS := $(BIN)/python -m pytest -n 3 --dist worksteal

run: $(RUN_INSTALLED)
	@exec $(BIN)/python -m voice.setup.make_run

test: $(INSTALLED)
	$(TESTS) -m "not slow" $(PYTEST)

test-slow: $(INSTALLED)
	$(TESTS) -m slow $(PYTEST) || [ $$? = 5 ]  # 5: no test is marked slow

test-all: test test-slow

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy voice midcall_emulator
	$(BIN)/pip check

pictures: $(INSTALLED)
	$(BIN)/python docs/pictures.py

bench: $(INSTALLED)
	$(BIN)/python -m bench $(BENCH)

$(BIN)/python:
	@$(PYTHON) -m venv .venv

$(RUN_INSTALLED): requirements-run.txt requirements.txt midcall_emulator/requirements.txt | $(BIN)/python
	@echo "Installing what Midcall runs on into .venv (once)…"
	@$(PIP) -r requirements-run.txt
	@touch $@

$(INSTALLED): requirements-dev.txt $(RUN_INSTALLED)
	@echo "Installing test and lint tools into .venv (once)…"
	@$(PIP) -r requirements-dev.txt
	@touch $@

.PHONY: run test test-slow test-all check pictures bench
