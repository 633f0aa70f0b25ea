# Every target makes first what it needs. What is done is marked by a file, so that a second run takes seconds.

PORT ?= 8000
# More words for pytest, as in: make test ARGS="-k hotline"
ARGS ?=
# The first Python on the path that is new enough.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
REGIONS := $(wildcard regions/*)
# Plugins to learn from: no installation has them, whoever works on Koudai does.
EXAMPLES := $(patsubst %/pyproject.toml,%,$(wildcard examples/*/pyproject.toml))
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po regions/*/*/translations/*/LC_MESSAGES/*.po examples/*/*/translations/*/LC_MESSAGES/*.po))
ASSETS := core/static/vendor/versions.json

INSTALLED := $(VENV)/.installed
DEVELOPING := $(VENV)/.developing
NODE := $(VENV)/.node

.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help demo test dev lint types format translations translations-check reference db-check bench assets lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' Makefile

demo: $(INSTALLED) $(CATALOGUES) $(ASSETS) ## set everything up and serve the demo on 127.0.0.1:$PORT (8000)
	$(BIN)/koudai demo --port $(PORT)

test: $(DEVELOPING) $(CATALOGUES) $(ASSETS) ## set everything up and run the whole suite on both databases
	$(BIN)/pytest -n auto $(ARGS)

dev: $(DEVELOPING) $(CATALOGUES) $(ASSETS) ## set everything up for work on Koudai or on a plugin

lint: $(DEVELOPING) ## style, templates, who imports whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/djlint --quiet --lint core plugins regions examples
	$(BIN)/lint-imports --no-cache

types: $(DEVELOPING) ## check the types, strictly
	$(BIN)/mypy

format: $(DEVELOPING) ## put imports and layout in order
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format

translations: $(INSTALLED) ## bring new sentences into the catalogues
	$(BIN)/python tools/catalogues.py

translations-check: $(INSTALLED) ## is every sentence translated?
	$(BIN)/python tools/catalogues.py --check

reference: $(DEVELOPING) ## write docs/plugins/national.md anew, out of the code
	$(BIN)/python tools/reference.py

db-check: $(DEVELOPING) $(CATALOGUES) ## do the migrations make what the models say, on both databases?
	$(BIN)/python tools/db_check.py

assets: $(ASSETS) ## fetch the browser's files, integrity checked

lock: $(DEVELOPING) ## choose newer versions within pyproject.toml and package.json
	$(PIP) install uv
	$(BIN)/python tools/lock.py

bench: $(INSTALLED) $(CATALOGUES) $(ASSETS) $(DEVELOPING) ## measure the pages against a bare Flask, on a full database of each engine
	$(BIN)/python tools/bench.py $(ARGS)

clean: ## remove everything that make has made, but not the demo's data
	rm -rf $(VENV) core/static/vendor build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	rm -f $(CATALOGUES)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Koudai needs Python 3.11 or newer: put it on the path or say PYTHON=..."; exit 1; }
	@echo "making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "This Python cannot make environments (Debian: apt-get install python3-venv); PYTHON=... names another."; exit 1; }

# The locks are complete, so nothing is resolved: a release that came out since changes nothing (--no-deps).
$(INSTALLED): requirements/runtime.txt pyproject.toml $(wildcard regions/*/pyproject.toml) | $(VENV)/pyvenv.cfg
	@echo "installing what Koudai runs on"
	@$(PIP) install --no-deps --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation $(foreach folder,. $(REGIONS),-e $(folder))
	@touch $@

$(DEVELOPING): requirements/dev.txt $(wildcard examples/*/pyproject.toml) $(INSTALLED)
	@echo "installing what its tests and checks need"
	@$(PIP) install --no-deps --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation $(foreach folder,$(EXAMPLES),-e $(folder))
	@touch $@

# Node serves for the assets alone: the machine's own npm will do, and a machine without gets it as a package.
$(NODE): requirements/assets.txt | $(VENV)/pyvenv.cfg
	@command -v npm >/dev/null || { echo "installing node, to fetch the browser's files"; \
		$(PIP) install --no-deps --require-hashes -r requirements/assets.txt; }
	@touch $@

$(ASSETS): package.json package-lock.json tools/assets.py $(NODE) | $(VENV)/pyvenv.cfg
	$(BIN)/python tools/assets.py

%.mo: %.po | $(INSTALLED)
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
