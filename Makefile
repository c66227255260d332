# Two commands do everything on a fresh Debian 12 machine with Python 3.11:
#   make run     sets up what is missing, then starts the kiosk (DEMO, with simulated devices)
#   make test    the same set-up, then every check
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.PHONY: help run test lint unit bench liveness campaign screens setup lock clean distclean

VENV := .venv/bin
# The first interpreter that really is 3.11; version managers leave shims that are not.
PYTHON ?= $(shell for p in python3.11 python3 /usr/bin/python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
PYTEST_ARGS ?=

help:  ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: setup  ## set up, then start the kiosk (without a display it drives one visit by itself)
	@$(VENV)/python main.py run

test: setup lint unit  ## set up, then every check and test; SERVER=debian: on Debian's PostgreSQL 15, with certificates

lint: setup  ## style, types, walls between the rooms
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports --no-cache

# Two at a time, a file each; what runs in real time before a camera, whole visits first of all, goes alone.
ALONE := tests/e2e tests/runtime/test_assemble.py
unit: setup
	@$(PYTHON) -m resources.setup.for_tests
ifeq ($(strip $(PYTEST_ARGS)),)
	$(VENV)/python -m pytest --numprocesses=2 --dist=loadfile $(ALONE:%=--ignore=%)
	$(VENV)/python -m pytest $(ALONE)
else
	$(VENV)/python -m pytest $(PYTEST_ARGS)
endif

bench: setup build/bench-site/.done  ## visits, face beside dlib, readers and centre beside others; FACE=1, QR=1, KTP=1 or CENTRE=1 for one
	@$(VENV)/python -m tests.benchmarks

# dlib stays out of the kiosk's environment: only the bench puts this folder on its path.
build/bench-site/.done: requirements-bench.lock | setup
	@rm -rf build/bench-site
	@$(VENV)/uv pip install --quiet --target build/bench-site --no-deps --no-build-isolation --require-hashes \
		--python $(VENV)/python --requirement $<
	@touch $@

liveness: setup  ## rendered attacks through whole attempts: RUNS=60 ONLY=species,species
	@$(VENV)/python -m tests.liveness.campaign

campaign: setup  ## kills, cuts, restores and clones between kiosk and centre: RUNS=1000 SEED=1; RUNS=1 SEED=n repeats one
	@$(VENV)/python -m tests.faults.campaign

screens: setup  ## every screen in every size, language and theme as PNG
	@$(VENV)/python main.py screens

setup:  ## Debian libraries, virtual environment, weights, fonts: only what is missing
	@test -n "$(PYTHON)" || { printf '\nsetup: missing: Python 3.11\nsetup: mend it with:\n\n    %s\n\n' \
		'sudo apt-get install --yes python3.11 python3.11-venv' >&2; exit 1; }
	@$(PYTHON) -m resources.setup.machine

# The bench extra alone, without what the kiosk's environment has anyway.
BENCH_NAMES := import tomllib, pathlib; \
	print(*tomllib.loads(pathlib.Path("pyproject.toml").read_text())["project"]["optional-dependencies"]["bench"], sep="\n")
IN_VENV := numpy pillow click pydantic pydantic-core annotated-types anyio idna h11 typing-extensions typing-inspection

lock: setup  ## work both locks out anew from pyproject.toml; add LOCK_ARGS=--upgrade for newer versions
	$(VENV)/uv pip compile pyproject.toml --extra dev --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --quiet $(LOCK_ARGS) --output-file requirements.lock
	$(VENV)/python -c '$(BENCH_NAMES)' | $(VENV)/uv pip compile - $(IN_VENV:%=--no-emit-package %) --generate-hashes \
		--no-header --no-annotate --python-version 3.11 --quiet $(LOCK_ARGS) --output-file requirements-bench.lock

clean:  ## everything made by running: build/ (with the demo data) and caches; keeps .venv
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean  ## clean, and the virtual environment too
	rm -rf .venv
