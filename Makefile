# Neural Networks, Derived.  `make help` lists the commands; the README has them without make.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help book notebooks offline slides pdf test test-fast test-mutations test-engines serve bench keys student rehearsal grade autograder quiz exam term chapter outputs address lock format lint clean

# Kernels by the dozen import the same modules: let Python keep what it has compiled.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# `make PYTHON=... book` takes another; otherwise the first that is new enough.
ifndef PYTHON
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
endif
# Recipes name no folder above this one, and leave words from outside to the shell ("$$PYTHON"), which
# minds no quote in them.  Scripts are run by $(RUN), since their first line has the folder in it.
export PYTHON
RUN := $(BIN)/python $(BIN)

# Notebooks run side by side: where the matrix products of each ask for all processors, they wait for
# one another, ten times as long.
export OPENBLAS_NUM_THREADS ?= 1

# Where home cannot be written, what tools keep there goes beside the environment.
ifneq ($(shell test -d "$$HOME" && test -w "$$HOME" || echo no),)
KEPT := $(CURDIR)/$(VENV)/home
export IPYTHONDIR ?= $(KEPT)/ipython
export JUPYTER_CONFIG_DIR ?= $(KEPT)/jupyter
export JUPYTER_DATA_DIR ?= $(KEPT)/jupyter-data
export MPLCONFIGDIR ?= $(KEPT)/matplotlib
export XDG_CACHE_HOME ?= $(KEPT)/cache
export npm_config_cache ?= $(KEPT)/npm
endif

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# --- The environment: made once, made again when the lock changes or the folder has moved. ----------

# Its last file says for which folder it is.  Without that file it is unfinished, and made from nothing.
MOVED := $(shell test ! -s $(READY) || test "$$(cat $(READY))" = "$$(pwd -P)" || echo moved)
.PHONY: moved
moved:

# uv installs in seconds; where it cannot run or reach the packages, pip does the same, slowly.
$(READY): requirements.lock pyproject.toml $(MOVED)
	@"$$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed: install it, or name one: make PYTHON=/path/to/python3"; exit 1; }
	@"$$PYTHON" -c 'import ensurepip' 2>/dev/null || { \
		echo "$$PYTHON has no venv module: on Debian or Ubuntu, sudo apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV): a minute or two, once."
	@test "$$(cat $@ 2>/dev/null)" = "$$(pwd -P)" || rm -rf $(VENV)
	@rm -f $@
	"$$PYTHON" -m venv $(VENV)
	@sed -n '/^uv==/,/# via/p' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock || true
	@VIRTUAL_ENV="$$(pwd -P)/$(VENV)"; export VIRTUAL_ENV; \
	for pip in '$(BIN)/uv pip' '$(BIN)/python -m pip'; do \
		$$pip install --require-hashes -r requirements.lock && \
		$$pip install --no-deps --no-build-isolation --editable . && exit; \
	done; \
	echo "$(VENV) is not finished: its packages could not all be installed, see above."; exit 1
	@pwd -P > $@

# --- What comes from npm: again when its lock changes. -----------------------------------------------

# npm writes this file last, and begins by removing it; so half an installation is never taken for whole.
BORROWED := tools/npm/node_modules/.package-lock.json
$(BORROWED): tools/npm/package-lock.json | $(READY)
	@$(RUN)/npm ci --prefix tools/npm || { \
		echo "Expected what tools/npm/package-lock.json names, and npm could not get it from its registry, see"; \
		echo "above: try again with a network, or say which registry: npm_config_registry=https://... make book"; \
		exit 1; }

# --- The site. -------------------------------------------------------------------------------------

# Neither Sphinx nor its cache of executed notebooks looks into code.  So the site is built under three
# stamps: of what the notebooks run and of how, which clears all; of what reads and makes pages, which
# clears what was read and written; and of style and script, which clears what was written.
stamp = _build/$(1)-$(shell find $(2) -exec cksum {} + | LC_ALL=C sort | cksum | cut -d ' ' -f 1)
CODE := $(call stamp,code,utils book/_extensions/execution.py requirements.lock -type f \
	-not -name '*.pyc' -not -name '*.js' -not -name '*.css')
PAGES := $(call stamp,pages,book/_extensions book/_copies \
	tools/addresses.py tools/repository.py tools/npm/package-lock.json -type f -not -name '*.pyc')
LOOK := $(call stamp,look,utils/explore/*.js utils/explore/*.css book/_theme -type f)
$(CODE): | $(READY)
	@rm -rf _build && mkdir -p _build && touch $@
$(PAGES): | $(CODE)
	@rm -rf _build/pages-* _build/look-* && mkdir -p _build/.doctrees
	@find _build/.doctrees -type f -not -name lab.stamp -delete  # the lab has a stamp of its own
	@touch $@
$(LOOK): | $(PAGES)
	@rm -rf _build/look-* && mkdir -p _build/html
	@find _build/html -mindepth 1 -maxdepth 1 -not -name lab -exec rm -rf {} +
	@touch $@

# From book/, so that addresses read /gradient-descent.html.  A warning is a link that leads nowhere.
BUILD = cd book && ../$(BIN)/python ../$(BIN)/jupyter-book build . --warningiserror --keep-going \
	--config ../_config.yml --toc ../_toc.yml --path-output ..

# `make PYODIDE=path book` puts that Python for browsers into the site, for readers without internet:
# make hands the variable on, and book/_extensions/lab.py takes it.
book: $(READY) $(BORROWED) $(CODE) $(PAGES) $(LOOK) ## build the whole site
	$(BUILD)
	@$(BIN)/python -c 'from pathlib import Path; print("Open it:", Path("_build/html/index.html").resolve().as_uri())'

notebooks: $(READY) ## open the chapters in JupyterLab
	@$(RUN)/jupyter-trust book/*.ipynb >/dev/null  # or it would not draw the figures that are stored
	$(RUN)/jupyter-lab book

offline: book ## the site as one archive beside it, which opens from a disk
	$(BIN)/python book/_copies/archive.py _build/html

pdf: book ## the whole book as one PDF beside the site
	$(BIN)/python book/_copies/pdf.py _build/html

# $(MAKE) and not Sphinx alone, so that a change in utils/ counts too.
define SERVE
import os
from livereload import Server
server = Server()
for source in ("book", "utils", "_config.yml", "_toc.yml"):
    server.watch(source, lambda: os.system("$(MAKE) --silent book"))
server.serve(port=8000, root="_build/html")
endef
export SERVE
serve: book ## the site with live reload, built again at each change
	$(BIN)/python -c "$$SERVE"

# --- The tests. ------------------------------------------------------------------------------------

PYTEST := $(BIN)/python -m pytest
TWO := -n 2 --dist loadgroup  # workers
THREE := -n 3 --dist loadgroup  # for two cores, where tests often wait for a browser

# nbval runs each notebook and compares its outputs, and the site is built of what it has run.
test: $(READY) $(BORROWED) $(CODE) $(PAGES) $(LOOK) ## everything that proves the project right
	$(PYTEST) $(TWO) book
	$(BUILD)
	$(PYTEST) $(THREE) tests

test-fast: $(READY) $(BORROWED) ## the part of the tests that takes a minute
	$(PYTEST) $(TWO) -m "not slow and not site" tests

test-mutations: $(READY) ## every mutation, where `make test` takes a sample
	$(PYTEST) $(TWO) --mutations all --chapters all tests/contract tests/math/test_solutions.py

test-engines: book ## every page in Chromium, Firefox and WebKit
	$(PYTEST) $(TWO) --engines all tests/site/test_engines.py tests/site/test_formulas.py

bench: book ## the measurements, beside what people use today
	@for script in tests/bench/bench_*.py; do echo; echo "== $$script"; $(BIN)/python $$script || exit 1; done

# --- For lecturers: course/README.md tells the order. ------------------------------------------------

# Without KEYS= it is the sample, whose key is public.
COURSE := $(BIN)/python -m course
OF_WEEK = --week "$$WEEK" --keys "$$KEYS"

keys: $(READY) ## lay out a repository for keys, and hold it: make keys KEYS=../keys TERM=2027-spring
	@$(COURSE).keys --keys "$$KEYS" --term "$$TERM"

student: $(READY) ## write a week's notebook for students: make student WEEK=sample
	@$(COURSE).student $(OF_WEEK) $(if $(NBGRADER),--nbgrader)

rehearsal: $(READY) ## hand in for a class that is made up: make rehearsal WEEK=sample
	@$(COURSE).rehearsal $(OF_WEEK)

grade: $(READY) ## grade a week: make grade WEEK=sample SUBMISSIONS=folder ROSTER=table.csv
	@$(COURSE).grade $(OF_WEEK) --submissions "$$SUBMISSIONS" --roster "$$ROSTER"

autograder: $(READY) ## pack a week for Gradescope: make autograder WEEK=sample
	@$(COURSE).autograder $(OF_WEEK)

quiz: $(READY) ## write a question bank for Canvas: make quiz WEEK=4 SYLLABUS=six-weeks TYPED=yes SEED=1
	@$(COURSE).quiz $(OF_WEEK) --seed "$$SEED" --syllabus "$$SYLLABUS" $(if $(TYPED),--typed)

exam: $(READY) ## write an exam with its solutions apart: make exam EXAM=midterm SYLLABUS=six-weeks VARIANTS=2 SEED=1
	@$(COURSE).exam --exam "$$EXAM" --keys "$$KEYS" --seed "$$SEED" --syllabus "$$SYLLABUS" --variants "$$VARIANTS"

term: $(READY) ## let all links take a tag: make term TAG=2027-spring; undone by TAG=main
	@$(BIN)/python tools/term.py -- "$$TAG"

slides: book ## a deck for each chapter, which the site has: say where they are
	@$(BIN)/python -c 'from pathlib import Path; print(*(p.resolve().as_uri() for p in sorted(Path("_build/html/slides").iterdir())), sep="\n")'

# --- For authors. ----------------------------------------------------------------------------------

# The name may be anything: the program, and not the shell, says what is wrong with it.
chapter: $(READY) ## begin a chapter: make chapter NAME=convolution
	@$(BIN)/python tools/chapter.py "--short=$$SHORT" -- "$$NAME"

outputs: $(READY) ## run every notebook and store its outputs
	$(BIN)/python tools/store.py --execute book/*.ipynb

format: $(READY) ## let Ruff format the code, notebooks too
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .
	$(BIN)/python tools/store.py book/*.ipynb

# With REPOSITORY=, BRANCH= or SITE= it changes _config.yml first.
address: $(READY) ## write the addresses of _config.yml into notebooks, README, CITATION
	$(BIN)/python tools/addresses.py $(if $(REPOSITORY),--url "$$REPOSITORY") \
		$(if $(BRANCH),--branch "$$BRANCH") $(if $(SITE),--site "$$SITE")

lint: $(READY) $(BORROWED) ## read the sources: code, prose, links, spelling
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(PYTEST) -q tests/sources

lock: $(READY) ## renew the locks: of Python, with wheels for every system, and of npm
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-package neural-networks-derived \
		--output-file requirements.lock requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-deps --format pylock.toml \
		requirements.lock | $(BIN)/python tools/wheels.py
	$(RUN)/npm install --package-lock-only --prefix tools/npm

clean: ## remove what the commands made
	rm -rf _build $(VENV) tools/npm/node_modules tests/bench/node_modules *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
