# SPDX-License-Identifier: Apache-2.0
# Everything happens inside the checkout: .venv holds the tools, .lab the laboratory cloud.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
export SOVRAN_LAB_HOME ?= $(CURDIR)/.lab

.PHONY: help setup demo test lint bench clean prerequisites test-prerequisites

help: ## show what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

prerequisites:
	@tools/prerequisites "$(PYTHON)"

test-prerequisites:
	@tools/prerequisites "$(PYTHON)" test

setup: .venv/ready ## install sovran and its tools into .venv

.venv/ready: requirements-dev.txt pyproject.toml | prerequisites
	@echo "installing sovran and its tools into .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements-dev.txt
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --editable .
	@touch .venv/ready

demo: setup ## a real OpenStack on loopback, and the first verdict on it
	@tools/demo $(BIN)/sovran

lint: setup ## style, types and the order of the rooms
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# axe-core, for the accessibility of pages; what is installed lies beside the list of it
AXE := tests/browser/node_modules/.package-lock.json
$(AXE): tests/browser/package.json tests/browser/package-lock.json | test-prerequisites
	@npm ci --silent --ignore-scripts --no-audit --no-fund --prefix tests/browser
	@touch $(AXE)

test: test-prerequisites lint $(AXE) ## everything that must hold: lint, unit, property, browser, live and docs tests
	$(BIN)/coverage erase
	@tools/test_lanes $(BIN)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include='src/sovran/rules/*,src/sovran/naming/*,src/sovran/standards/*' --fail-under=95
	$(BIN)/coverage report

REFERENCE ?=
bench: setup ## side by side with the reference suite: make bench REFERENCE=path/to/standards
	@test -n "$(REFERENCE)" || { echo "say where a checkout of SovereignCloudStack/standards is: make bench REFERENCE=DIR"; exit 2; }
	$(BIN)/python bench/startup.py
	$(BIN)/python bench/judge.py
	$(BIN)/python bench/names.py --reference "$(REFERENCE)"
	$(BIN)/python bench/differential.py --reference "$(REFERENCE)"
	$(BIN)/python bench/lab.py
	$(BIN)/python bench/check.py --reference "$(REFERENCE)"
	$(BIN)/python bench/probes.py --reference "$(REFERENCE)"
	$(BIN)/python bench/roles.py
	$(BIN)/python bench/whole.py
	$(BIN)/python bench/snapshot.py
	$(BIN)/python bench/equal.py --reference "$(REFERENCE)"

clean: ## end every lab of this checkout and delete what was installed
	@if test -x $(BIN)/sovran; then $(BIN)/sovran lab down --all; fi
	rm -rf .venv .lab tests/browser/node_modules .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

.PHONY: lock
lock: ## newest versions of the tools into requirements-dev.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --custom-compile-command "make lock" --group dev pyproject.toml --output-file requirements-dev.txt

.PHONY: docs
docs: setup ## write the reference pages of docs/ anew
	$(BIN)/python tools/generate_docs.py
