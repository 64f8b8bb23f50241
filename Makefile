# Neural Networks, Derived.  `make help` lists the commands.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
# From book/, because Sphinx reads the contents file from there and the command line from here.
JB := cd book && ../$(BIN)/jupyter-book build . --config ../_config.yml --toc ../_toc.yml --path-output ..

.PHONY: help book test test-fast test-mutations serve bench lock format clean
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

book: $(VENV)/installed ## build the whole site
	$(JB)
	@echo "Open file://$(CURDIR)/_build/html/index.html"

test: book ## everything that proves the project right
	$(BIN)/pytest

test-fast: $(VENV)/installed ## the part of the tests that takes under a minute
	$(BIN)/pytest -m "not slow and not site"

lock: ## renew requirements.lock from requirements*.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-package neural-networks-derived requirements-dev.txt -o requirements.lock

clean: ## remove what the commands made
	rm -rf _build $(VENV)
