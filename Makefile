# make demo     opens the program on a demo studio (RESET=1 starts it afresh)
# make test     runs all tests
# make check    formatting, lint, types, import contracts, then the tests
# make format   formats the code and mends what the linter can mend
# make bench    measures, and prints ratios
# make catalogues  puts new texts into the catalogues of the languages, and compiles them
# make clean    removes the environment and everything that was generated
#
# PYTHON=python3.12 chooses the interpreter for .venv, ARGS="…" is handed on to the program that runs.

PYTHON ?= python3
ARGS ?=
# One more than the cores: some tests wait for processes and servers.
JOBS ?= 3

BIN := .venv/bin
CODE := studio_tui tests $(wildcard bench)
NEEDS := pyproject.toml constraints.txt
# Older pips take the versions of the build tools from PIP_CONSTRAINT, newer ones from PIP_BUILD_CONSTRAINT.
PINNED := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt
INSTALL := $(PINNED) $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --editable

.DEFAULT_GOAL := help
.PHONY: help demo test lint check format bench catalogues clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: .venv/.stamp-run
	@$(BIN)/studio-tui demo $(if $(filter-out 0,$(RESET)),--reset) $(ARGS)

# Each process reads every test: compiled ones are read in a third of the time, also where nothing else is compiled.
test: .venv/.stamp-test
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal $(ARGS)

lint: .venv/.stamp-dev
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports

check: lint
	@$(MAKE) --no-print-directory test

format: .venv/.stamp-dev
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

bench: .venv/.stamp-bench
	$(BIN)/python -m bench $(ARGS)

catalogues: .venv/.stamp-test
	$(BIN)/python -m tests.language.catalogues $(ARGS)

clean:
	rm -rf .venv build dist snapshot_report.html .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# The package is installed in place, so a change of its code needs no new install. A stamp is as old as the last
# install of its kind; one whose interpreter has gone is made afresh.

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "studio-tui needs Python 3.11 or newer, and $(PYTHON) is" \
			"$$($(PYTHON) --version 2>/dev/null || echo not installed): name one, as in make demo PYTHON=python3.12." >&2; \
		exit 1; }
	@echo "Making .venv: once, about a minute." >&2
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

.venv/.stamp-run: $(NEEDS) | .venv/bin/python
	@$(INSTALL) .
	@touch $@

.venv/.stamp-test: $(NEEDS) | .venv/bin/python
	@$(INSTALL) '.[test]'
	@touch $@ .venv/.stamp-run

.venv/.stamp-dev: $(NEEDS) | .venv/bin/python
	@$(INSTALL) '.[test,dev]'
	@touch $@ .venv/.stamp-test .venv/.stamp-run

.venv/.stamp-bench: $(NEEDS) | .venv/bin/python
	@$(INSTALL) '.[bench,test]'
	@touch $@ .venv/.stamp-test .venv/.stamp-run
