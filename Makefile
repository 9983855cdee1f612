# Thin names over the tools; each target makes .venv first where that is needed.
# PYTHON=python3.12 chooses the interpreter, DATABASE_URL=postgresql://… a real server, PORT=… the port (8000).

PYTHON ?= python3
RUN := .venv/bin/python
SECONDS ?= 600
TESTS ?=
DAY ?=
SIMULATE ?=
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset serve day simulate test check check-format check-lint check-types check-imports check-kotlin format bench screenshots soak spec release-level lock install install-dev install-web install-browser

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: install install-web ## a server with a demo company on 127.0.0.1:8000; the second time in seconds, data kept
	@cd backend && exec ../$(RUN) -m config.demo

demo-reset: install ## stop the demo and throw its data away
	@cd backend && exec ../$(RUN) -m config.demo reset

serve: install install-web ## migrate and serve, without demo data
	@$(RUN) manage.py migrate --verbosity 0
	@cd backend && exec ../$(RUN) -m config.serve

day: install ## reps live an offline morning on real GPS tracks; proves every replica; DAY="--reps 6 --server URL"
	@cd backend && exec ../$(RUN) -m config.demo_day $(DAY)

simulate: install ## a fleet of phones for days over a faulty network; SIMULATE="--reps 50 --days 2", "--monday 2000"
	@PYTHONPATH=mobile-client-spec/reference-client $(RUN) -m simulation.fleet $(SIMULATE)

test: install-dev install-web install-browser ## all tests on real PostgreSQL; TESTS="tests/sync -k pull" for some
	@$(RUN) -m pytest --numprocesses=2 --dist=worksteal --timeout-method=thread $(TESTS)

check: install-dev install-web ## format, lint, types, import contracts
	@$(MAKE) --no-print-directory --keep-going check-format check-lint check-types check-imports check-typescript

check-format:
	@$(RUN) -m ruff format --check .
check-lint:
	@$(RUN) -m ruff check .
check-types:
	@$(RUN) -m mypy
check-imports:
	@PYTHONPATH=backend .venv/bin/lint-imports

check-typescript:
	@scripts/with-node.sh npm --prefix mobile-client-spec/typescript-client --silent run check
	@scripts/with-node.sh npm --prefix backend/console/web --silent run check

check-kotlin: install-dev ## compile the Kotlin models and send real examples through them (needs Java)
	@scripts/install-kotlin.sh
	@$(RUN) -m pytest tests/contract/test_kotlin.py

format: install-dev ## write the code as `make check` wants it
	@$(RUN) -m ruff format .
	@$(RUN) -m ruff check --fix .

bench: install-dev install-web ## the measurements, beside a floor measured in the same run
	@PYTHONPATH=backend $(RUN) -m benchmarks

screenshots: install-dev install-web install-browser ## pictures of every screen, in both languages, into var/screenshots; those of the README into docs/pictures
	@ROUNDSMAN_SCREENSHOTS=1 $(RUN) -m pytest tests/browser/test_pictures.py tests/browser/test_screens.py tests/browser/test_console.py

soak: install-dev ## the sync oracle and the crashes for SECONDS (600) each; ROUNDSMAN_SEED=… plays one again
	@ROUNDSMAN_SOAK_S=$(SECONDS) $(RUN) -m pytest -m soak --timeout=0 -s

spec: install ## write the generated parts of mobile-client-spec/ anew; says what its changelog lacks
	@cd backend && ../$(RUN) -m config.spec

release-level: install ## close the open level of the contract with clients; from then on it only grows
	@cd backend && ../$(RUN) -m config.spec.release

lock: install-dev ## write requirements/*.txt anew from pyproject.toml, keeping what still fits
	@.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		pyproject.toml --output-file requirements/runtime.txt
	@.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		--extra dev --constraints requirements/runtime.txt pyproject.toml --output-file requirements/dev.txt
	@.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		--extra s3 --constraints requirements/runtime.txt pyproject.toml --output-file requirements/s3.txt
	@.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		--group node --output-file requirements/node.txt
	@.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-deps --quiet \
		--group kotlin --output-file requirements/kotlin.txt

install:
	@scripts/install.sh runtime

install-dev:
	@scripts/install.sh dev

install-web:  # without pages the rest works
	@scripts/install-web.sh || true

install-browser:  # without a browser the tests of the pages are skipped
	@scripts/install-browser.sh || true
