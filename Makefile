# Shifu Dispatch. `make` alone says what can be made.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
AREA ?= 310100
PORT ?= 8000
TEST_PROCESSES ?= 2
KEPT := $(or $(SHIFU_HOME),var)

PACKAGES := $(VENV)/.packages
PAGES := node_modules/.pages

.PHONY: help setup run test lint types bench lock clean browser

help:  ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(PACKAGES) $(PAGES)  ## a virtual environment, the locked packages, the pages' libraries

run: setup  ## set up, load the demonstration region, plan its day, serve it on http://127.0.0.1:8000 (PORT=… for another)
	$(BIN)/dispatch init
	@test -f $(KEPT)/boundaries/cn.npz || $(BIN)/dispatch regions import --package geotool-cn --datum wgs84
	@umask 077 && $(BIN)/dispatch demo --county $(AREA) --port $(PORT) > $(KEPT)/who-can-log-in.txt
	$(BIN)/dispatch plan --area $(AREA) --publish --if-missing
	@cat $(KEPT)/who-can-log-in.txt
	@echo
	$(BIN)/dispatch serve --port $(PORT)

test: setup browser  ## every test: both databases, a real Valkey, a real browser
	$(BIN)/python -m dispatch.warm
	TMPDIR=$$(deploy/room.sh) $(BIN)/pytest -n $(TEST_PROCESSES) --dist loadfile

lint: $(PACKAGES)  ## ruff, and the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest tests/test_layers.py

types: $(PACKAGES)  ## mypy --strict
	$(BIN)/mypy

bench: $(PACKAGES)  ## how fast and how well a day is planned
	$(BIN)/python -m benchmarks.day

lock: $(PACKAGES)  ## resolve pyproject.toml anew into requirements.lock
	$(BIN)/python deploy/lock.py

clean:  ## remove everything that was made (the database in var stays)
	rm -rf $(VENV) node_modules webapp/static/vendor build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

browser:
	@deploy/need.sh chromium fonts

$(PACKAGES): requirements.lock pyproject.toml
	@PYTHON=$(PYTHON) deploy/need.sh python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps -e .
	@touch $@

$(PAGES): package.json package-lock.json webapp/vendor.py $(PACKAGES)
	@deploy/need.sh node
	npm ci --silent
	$(BIN)/python -m webapp.vendor
	@touch $@
