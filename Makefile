# Every command works from a fresh clone: what it needs is fetched on the way, into the cache
# folder ($XDG_CACHE_HOME, else ~/.cache). Only Python 3.10 to 3.13 has to be there.

PYTHON ?= python3
ARGS ?=
HOUSE = PYTHONPATH=scripts $(PYTHON) -m house

.DEFAULT_GOAL := help
.PHONY: help setup run stop newdb test test-core lint format pot bench clean distclean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## fetch Odoo, its Python packages and its database server, and start nothing
	@$(HOUSE) setup

run: ## serve the demo company on http://localhost:8069 (MTO_PORT=... for another port)
	@$(HOUSE) run

stop: ## stop the server and the project's own database server
	@$(HOUSE) stop

newdb: ## a fresh database with the addon and no demo data: make newdb NAME=mine
	@$(if $(NAME),,$(error Say which: make newdb NAME=mine))
	@$(HOUSE) newdb $(NAME)

test: ## every test; some of them: make test ARGS="mto_manufacturing/tests -k strategy"
	@$(HOUSE) test -- $(ARGS)

test-core: ## Odoo's own suites with the addon and without it: the same result (long)
	@$(HOUSE) test-core $(ARGS)

lint: ## every check of the sources; some of them: make lint ARGS="ruff prettier"
	@PYTHONPATH=scripts $(PYTHON) -m house.linting $(ARGS)

format: ## mend what the linters can mend
	@PYTHONPATH=scripts $(PYTHON) -m house.linting --fix $(ARGS)

pot: ## bring the translations up to the addon's strings; make pot ARGS=--check only says
	@$(HOUSE) pot $(ARGS)

bench: ## the benchmarks, side by side with stock Odoo
	@$(HOUSE) bench $(ARGS)

clean: ## throw away the demo database and the database server's data
	@$(HOUSE) clean

distclean: ## clean, and throw away everything that was fetched
	@$(HOUSE) clean --caches
