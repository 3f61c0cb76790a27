# `make help` lists what there is. Everything that is installed goes into .venv; only Pango and, for the
# tests, Chromium and poppler come from the system's packages.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11
# Four test processes on four cores; a file's tests stay together, as some share what is dear to make.
PYTEST_JOBS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && n=4; echo $$n)

# An environment does not survive a move or a copy: its commands name the folder it was made in.
ifneq ($(shell cat .venv/.place 2>/dev/null),$(CURDIR))
$(shell rm -f .venv/.run .venv/.dev)
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install install-dev run test soak check format bench demo-reset messages locks clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/.run .venv/.libraries ## the locked environment in .venv, with the command .venv/bin/audit
	@scripts/translate.sh

install-dev: .venv/.dev .venv/.libraries .venv/.browser
	@scripts/translate.sh

run: install ## start everything with the demo, and say where; Ctrl-C stops it
	@exec $(BIN)/audit serve --demo

test: install-dev ## set up for testing and run every test; ARGS="-k word" chooses
	@exec $(BIN)/python -m pytest -n $(PYTEST_JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

soak: install-dev ## the random test of the phone form; SEEDS=1000, FIRST=17 to begin with that one
	@exec $(BIN)/python -m tests.browser.soak_many --seeds $(or $(SEEDS),100) --first $(or $(FIRST),1) \
		--jobs $(or $(JOBS),$(PYTEST_JOBS))

check: install-dev ## formatting, lint, types, import contracts, then the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) test

format: install-dev ## bring the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install-dev ## measure; writes bench/results.json
	@exec $(BIN)/python -m tests.bench

demo-reset: install ## throw everything away and load the demo again
	@exec $(BIN)/audit demo-reset

messages: install-dev ## collect the texts to translate into audit/translations
	$(BIN)/pybabel --quiet extract --no-location --sort-output --omit-header -F audit/translations/babel.cfg \
		-k lazy_gettext -k _l -k N_ -o .venv/messages.pot audit
	$(BIN)/pybabel --quiet update --width 110 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
		-i .venv/messages.pot -d audit/translations
	@scripts/translate.sh

locks: .venv/.dev ## pin the newest packages that pyproject.toml allows
	$(LOCK) --upgrade pyproject.toml -o requirements/run.txt
	$(LOCK) --upgrade --extra dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt
	awk '/^[a-z]/ {keep = ($$1 ~ /^uv==/)} keep' requirements/dev.txt > requirements/uv.txt

clean: ## remove .venv and caches; the data in var and uploads stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info

.venv/.run: requirements/run.txt requirements/uv.txt pyproject.toml scripts/install.sh
	@scripts/install.sh run
	@echo "$(CURDIR)" > .venv/.place
	@touch $@

.venv/.dev: requirements/dev.txt requirements/uv.txt pyproject.toml scripts/install.sh
	@scripts/install.sh dev
	@echo "$(CURDIR)" > .venv/.place
	@touch $@ .venv/.run

.venv/.libraries: .venv/.run scripts/libraries.sh scripts/apt.sh
	@scripts/libraries.sh
	@touch $@

.venv/.browser: .venv/.dev scripts/browser.sh scripts/apt.sh
	@scripts/browser.sh
	@touch $@
