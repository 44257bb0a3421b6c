# make run     web, worker and emulator in the foreground; nothing else is needed
# make test    the whole test suite
# make check   format, lint, types, and the dependencies themselves
# make pictures   the README's pictures, taken from a running `make run`
# make bench   the benchmarks, beside the peers they are measured against

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

run: $(INSTALLED)
	@exec $(BIN)/python -m voice.setup.make_run

test: $(INSTALLED)
	$(BIN)/python -m pytest -n 3 --dist worksteal $(PYTEST)

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy voice midcall_emulator
	$(BIN)/pip check

pictures: $(INSTALLED)
	$(BIN)/python docs/pictures.py

bench: $(INSTALLED)
	$(BIN)/python -m bench $(BENCH)

$(INSTALLED): requirements.txt requirements-dev.txt midcall_emulator/requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv (once, about a minute)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.PHONY: run test check pictures bench
