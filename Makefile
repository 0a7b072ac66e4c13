# `make demo` and `make test` are all a newcomer needs; `make check` is what a change must pass.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --constraint $(CONSTRAINTS)
ARTIFACTS := artifacts
CONSTRAINTS := scripts/constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test check lint contracts types docs format bench quality mutate clean

help: ## Show the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

demo: $(VENV)/.build ## Fetch real news, run the nightly job, print topics and related articles
	@$(BIN)/python scripts/demo/demo_corpus.py $(ARTIFACTS)/demo
	@$(BIN)/recommender nightly $(ARTIFACTS)/demo/news.jsonl --artifacts $(ARTIFACTS) --progress
	@printf '\n'; $(BIN)/recommender topics --artifacts $(ARTIFACTS)
	@printf '\n'; $(BIN)/recommend na-1 --artifacts $(ARTIFACTS)
	@printf '\nGo on with:\n'
	@printf '  %s\n' '$(BIN)/recommend na-640 --source BBC --since 2017-02-01' \
		'$(BIN)/recommend na-1 --json -n 3' '$(BIN)/recommender snapshots' \
		'$(BIN)/recommender --help'

test: $(VENV)/.dev ## Install what is needed and run the tests
	@$(BIN)/python -m pytest

check: lint contracts types docs test ## Format, lint, import contracts, types, docs and tests: what CI runs

lint: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

contracts: $(VENV)/.dev
	@$(BIN)/lint-imports

types: $(VENV)/.dev
	@$(BIN)/mypy

docs: $(VENV)/.dev ## Build the site of docs/ in site/; a warning is an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@printf 'built site/index.html\n'

format: $(VENV)/.dev ## Format the code and mend what lint can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## Measure speed and memory; prints a table, writes artifacts/bench.json
	@$(BIN)/python scripts/demo/demo_corpus.py $(ARTIFACTS)/demo
	@$(BIN)/python scripts/bench/bench.py $(ARTIFACTS)/demo/news.jsonl --json-file $(ARTIFACTS)/bench.json

quality: $(VENV)/.dev ## Hold the answers to their floors on the shared labelled sets
	@$(BIN)/python scripts/quality/quality.py --json-file $(ARTIFACTS)/quality.json

mutate: $(VENV)/.dev ## Change the code at random and see whether the tests notice; takes about an hour
	@$(BIN)/python scripts/quality/mutate.py

clean: ## Delete the environment; artifacts stay
	rm -rf $(VENV)

# torch goes first and pinned, so that a CPU build at hand is taken instead of gigabytes of CUDA.
$(VENV)/.torch: $(CONSTRAINTS)
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; try: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) "$$(grep '^torch==' $(CONSTRAINTS))"
	@touch $@

$(VENV)/.build: $(VENV)/.torch pyproject.toml
	$(INSTALL) --editable '.[build]'
	@touch $@

$(VENV)/.dev: $(VENV)/.torch pyproject.toml
	$(INSTALL) --editable '.[build,evaluate,notebook,docs,dev]'
	@touch $@ $(VENV)/.build
