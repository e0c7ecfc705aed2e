# `make demo` and `make test` each work as the first command on a fresh clone.
PYTHON ?= python3
SHARED ?= ../shared

VENV := .venv
BIN := $(VENV)/bin
SEED := protocols/NCT04172805.txt
CORPORA := lct chia sts
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo test test-tools check score fuzz-protocols model lock clean

help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/runtime.stamp ## Create .venv with what conversion needs, at the locked versions

install-dev: $(VENV)/dev.stamp ## The same, with the tools of the tests

demo: install ## Convert the example entry into output/
	$(BIN)/protocol-nlp convert $(SEED) --to json,facts,md,html -o output/

test: check ## Lint, types and tests
	$(BIN)/python -m pytest -n 2

test-tools: ## Install what the tests of page and PDF use beside Python: Chromium, Pango, axe-core (as root on Debian)
	@tests/browser/install

check: install-dev ## Lint, format and types alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

score: install ## Score the facts against the annotated corpora beside the project, where they are
	@test -d $(SHARED)/corpora || { echo "score: no annotated corpora in $(SHARED)/corpora"; exit 1; }
	@for name in $(CORPORA); do \
	    gold=$(SHARED)/corpora/$$name/train; facts=build/facts_$$name.jsonl; \
	    echo "== $$name"; \
	    $(BIN)/protocol-nlp convert $$gold --to facts -o $$facts --jobs 2 || [ $$? = 1 ] || exit 2; \
	    $(BIN)/python $(SHARED)/score/score.py --gold $$gold --facts $$facts || exit 1; \
	done

# A seed names one protocol: these are the ones the law was found to hold for.
SEEDS ?= 0 10000

fuzz-protocols: install ## Ten thousand random protocols: what each states is what is read from its wording
	$(BIN)/python tests/random_protocols.py $(SEEDS)

# The shipped model is D: it learns from A, B and C as well (docs/model-experiments.md).
TRAIN := $(BIN)/python -m protocol_nlp.train --chia $(SHARED)/corpora/chia/train --leaf $(SHARED)/corpora/lct/train \
	--raw $(SHARED)/registry/bulk.jsonl.gz --work build/train
MADE := build/model

model: install ## Train the entity model anew into build/model/D, an hour or two (maintainers; needs the corpora)
	@test -d $(SHARED)/corpora || { echo "model: no annotated corpora in $(SHARED)/corpora"; exit 1; }
	$(BIN)/pip install --quiet floret==0.10.5
	$(TRAIN) --out $(MADE)/A --epochs 7 --wrap 0 --chia-again 0
	$(TRAIN) --out $(MADE)/B --epochs 7 --wrap 0 --chia-again 0 --pretrain-epochs 2
	$(TRAIN) --out $(MADE)/C --epochs 12 --pretrain-epochs 2
	$(TRAIN) --out $(MADE)/D --epochs 4 --teacher $(MADE)/A --teacher $(MADE)/B --teacher $(MADE)/C

# A hash lock: what is installed is what was tested. One pin serves Python 3.11 and 3.12.
lock: ## Re-pin the dependencies (maintainers; needs the package index)
	$(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet pip-tools==7.6.2
	rm -f requirements.lock requirements-dev.lock
	$(PIN) --output-file requirements.lock pyproject.toml
	$(PIN) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

PIN = build/lock/bin/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --build-deps-for=editable \
	--no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

clean: ## Back to a fresh clone
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null || { \
	    echo "protocol-nlp needs Python 3.11 or 3.12, and '$(PYTHON)' is not: try make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
	    exit 1; }
	$(PYTHON) -m venv $(VENV)

# Stamps, so that nothing is installed twice; the wheel is built with the pinned hatchling.
$(VENV)/runtime.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(VENV)/runtime.stamp $@
