# `make` alone lists the targets. Everything runs from .venv, made from requirements.lock alone.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
DEMO ?= 1
TESTS ?= 1
PYTEST ?= -n auto --maxprocesses=4

BIN := .venv/bin
MANAGE := $(BIN)/python manage.py

.PHONY: help setup run test check fix bench

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

# .venv keeps a copy of the lock file that it was made from. Where PYTHON= asks for another version than .venv has,
# .venv is made anew; where nobody asks, the version it has is kept.
IS_FRESH := cmp -s requirements.lock .venv/made-from.lock
ifneq ($(origin PYTHON),file)
IS_FRESH += && test "$$($(BIN)/python -V)" = "$$($(PYTHON) -V)"
endif

setup: ## .venv/ from the lock file, when missing or stale (PYTHON= picks the interpreter, 3.11 to 3.13)
	@$(IS_FRESH) || { \
		$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else \
			"Python 3.11 to 3.13 is needed, not %d.%d; name one with PYTHON=" % sys.version_info[:2])'; \
		echo "Installing from requirements.lock into .venv ..."; \
		$(PYTHON) -m venv --clear .venv; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
			--require-hashes -r requirements.lock; \
		cp requirements.lock .venv/made-from.lock; \
	}

run: setup ## environment, database, demo data if empty, web with worker on 127.0.0.1:8000 (PORT=, HOST=, DEMO=0)
	@$(MANAGE) prepare $(if $(filter 0,$(DEMO)),,--demo)
	@exec $(MANAGE) serve --host $(HOST) --port $(PORT)

test: setup ## the whole test suite; PostgreSQL and Redis too where DATABASE_URL and REDIS_URL name them
	@$(BIN)/python -m pytest $(PYTEST)

check: setup ## format, lint, types, import rules, migrations, translations, deployment check, tests (TESTS=0 without)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@git ls-files '*.html' | xargs -r $(BIN)/djade --check --target-version 5.2
	@$(BIN)/mypy .
	@$(BIN)/lint-imports
	@$(MANAGE) check --fail-level WARNING
	@$(MANAGE) makemigrations --check --dry-run
	@HTTPS=1 DEBUG=0 SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
		ALLOWED_HOSTS=onescreen.example $(MANAGE) check --deploy --fail-level WARNING
	@$(BIN)/python -m pytest -q tests/structure
ifneq ($(TESTS),0)
	@$(MAKE) --no-print-directory test
endif

fix: setup ## format the code and repair what the linter can
	@$(BIN)/ruff check --fix . || true
	@$(BIN)/ruff format .
	@git ls-files '*.html' | xargs -r $(BIN)/djade --target-version 5.2 || true

bench: setup ## the benchmark tables, each figure beside its limit or peer
	@$(BIN)/python -m bench
