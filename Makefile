# make run        web, worker and emulator in the foreground, on 127.0.0.1
# make test       the test suite
# make test-all   the test suite, its slow part, and commands and conferences on a slow Twilio
# make check      format, lint, types, dependencies
# make pictures   the README's pictures, taken from a running `make run`
# make mutants    the mutation tests; ONLY=voice/web/guards.py runs one module, ONLY=voice/operators a folder
# make bench      the benchmarks, beside the peers they are measured against

PYTHON ?= python3
BIN := .venv/bin
RUN_INSTALLED := .venv/run-installed
INSTALLED := .venv/installed
MUTANTS_INSTALLED := .venv/mutants-installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
TESTS := $(BIN)/python -m pytest -n 3 --dist worksteal

run: $(RUN_INSTALLED)
	@exec $(BIN)/python -m voice.setup.make_run

test: $(INSTALLED)
	$(TESTS) -m "not slow" $(PYTEST)

test-slow: $(INSTALLED)
	$(TESTS) -m slow $(PYTEST) || [ $$? = 5 ]  # 5: no test is marked slow

SLOW_TWILIO := -p midcall_emulator.pytest_plugin --emulator-switches slow
COMMANDS := conferences disconnecting every_command forks hold modify_calls reception record say supervision transfer \
	warm_transfer

test-slow-twilio: $(INSTALLED)
	$(TESTS) $(SLOW_TWILIO) -m "not slow and not fast_twilio" \
		$(COMMANDS:%=tests/end_to_end/test_%.py) $(PYTEST)

test-all: test test-slow test-slow-twilio

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy voice midcall_emulator
	$(BIN)/pip check

pictures: $(INSTALLED)
	$(BIN)/python docs/pictures.py

mutants: $(MUTANTS_INSTALLED)
	nice -n 15 $(BIN)/python -m tests.mutants $(ONLY)

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

$(MUTANTS_INSTALLED): requirements-mutants.txt $(INSTALLED)
	@echo "Installing mutmut into .venv (once)…"
	@$(PIP) -r requirements-mutants.txt
	@touch $@

.PHONY: run test test-slow test-slow-twilio test-all check pictures mutants bench
