# Every target sets itself up first: Python >= 3.11, make and a package index are all that is needed.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
RUN := $(VENV)/bin/python
N := 10
BUSY := 0

# What Python makes of a file is kept, whatever the shell says: tests start many processes, and each would do it anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo test unit flaky promises run lint bench lock clean

help:  ## show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(VENV)/.ready  ## install everything into .venv

$(VENV)/.ready: requirements-dev.lock
	@test -n "$(PYTHON)" || { echo "Paperboy needs Python 3.11 or newer: install it, or say make PYTHON=/path/to/python."; exit 1; }
	@echo "setting up .venv (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: setup  ## show the whole bot at work: no account, no key, no network
	@$(RUN) -m tests.demo

test: setup  ## run all tests, six files at a time: a third of the time they wait
	@$(RUN) -m pytest -n 6 --dist loadfile --no-loadscope-reorder

unit: setup  ## run the tests that need no Redis, no process and no server
	@$(RUN) -m pytest -n 2 tests/unit

flaky: setup  ## run all tests N=10 times, beside BUSY=0 busy loops; stop at the first failure
	@for i in $$(seq $(BUSY)); do $(RUN) -c 'while True: pass' & loops="$$loops $$!"; done; \
	trap 'test -z "$$loops" || kill $$loops' EXIT; trap 'exit 1' INT TERM; \
	for i in $$(seq $(N)); do began=$$(date +%s); \
		$(MAKE) --no-print-directory test || { echo "run $$i failed"; exit 1; }; \
		echo "run $$i: $$(($$(date +%s) - began)) s"; \
	done

promises: setup  ## keep every promise of docs/promises.md to the full (about 40 minutes), and write the table
	@PROMISES=full $(RUN) -m pytest -n 2 --dist loadfile tests/promises; code=$$?; $(RUN) -m tests.promises.table && exit $$code

run: setup  ## run everything that is configured (= python -m bot up)
	@$(RUN) -m bot up

lint: setup  ## style, types, and which package may import which
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

bench: setup  ## measure, each figure beside its floor
	@$(RUN) -m tests.bench

lock: setup  ## compile the lock files anew (needs uv)
	@uv pip compile -q pyproject.toml --extra embedded --extra s3 --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements.lock
	@uv pip compile -q pyproject.toml --extra embedded --extra s3 --extra mcp --extra dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements-dev.lock

clean:  ## remove what the targets made
	@rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis demo-out
