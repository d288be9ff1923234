# `make` or `make help` lists what there is. Nothing is written outside this folder.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
BENCH ?=
# Parallel test processes: a number, or `auto` for one per processor.
WORKERS ?= auto

export PORT
export TMPDIR := $(CURDIR)/var/tmp
export NUMBA_CACHE_DIR := $(CURDIR)/var/cache/numba
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP

.PHONY: help run test check schemas format bench reset environment

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: environment ## set everything up, live the demo month, then serve on PORT (default 8000); Ctrl-C stops all of it
	@exec .venv/bin/mvne up

test: environment ## run the whole suite against its own PostgreSQL, without network (WORKERS=2)
	@exec .venv/bin/pytest -n $(WORKERS)

check: environment ## format, lint, types, import contracts and the house rules; under a minute
	@exec .venv/bin/python -m tools.check

schemas: environment ## print the GraphQL schemas again, after a change of the API
	@exec .venv/bin/python -m tools.schemas

format: environment ## let ruff format and mend what it can
	@.venv/bin/ruff check --quiet --fix-only . ; .venv/bin/ruff format .

bench: environment ## measure against a ceiling in the same run; BENCH=prefix picks some
	@exec .venv/bin/python -m bench $(BENCH)

reset: environment ## throw the demo's data in var/ away; refuses while it is running
	@exec .venv/bin/python -m tools.reset

environment:
	@command -v $(PYTHON) >/dev/null || { echo "No $(PYTHON) here. Debian 12: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) tools/environment.py
