# Everything a developer or a newcomer does, one word each. Needs git, make and Python 3.11.

BIN := .venv/bin
JOBS := 2
BENCHES := answers abstaining bobbin local_speed retrain index web reply deliveries limits crowd weave_quality weave_answers weave_speed grounding poisoning sweep_cost recovery memory dictionary edits

.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint format bench bobbin bobbin-figures lock docs screenshots \
	rehearse clean

# Which model answers, for this one call: `make demo MODEL=extract`. A variable of that name in
# the environment may be meant for another program.
ifeq ($(origin MODEL),command line)
export TREADLE_MODEL := $(MODEL)
endif

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv with everything in it, torch too; TORCH=no and TORCH=ADDRESS: see README.md
	@PYTHON="$(PYTHON)" TORCH="$(TORCH)" scripts/setup.sh

demo: setup ## show the whole loop in the terminal: ask, vote, edit, ask again; MODEL=… chooses
	@$(BIN)/treadle demo

run: setup ## start the playground and the bot, and print the address to open; MODEL=… chooses
	@$(BIN)/treadle run

test: lint ## lint, types, import contracts and all tests, JOBS=2 at a time
	@# In the order of the files: those of acceptance take longest, and come first.
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

lint: setup ## the checks alone: ruff, mypy, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -n $(JOBS)
	$(BIN)/lint-imports

format: setup ## put code into shape and mend what ruff can mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: setup ## run every benchmark; each prints its table and writes JSON
	@set -e; for name in $(BENCHES); do \
		echo "== bench.$$name"; \
		$(BIN)/python -m bench.$$name; \
	done

bobbin: setup ## train the built-in model from scratch; stopped, it goes on from its checkpoint
	@# Its corpus is the text of everything that is locked.
	@$(BIN)/python -m pip install -q -r requirements.lock
	$(BIN)/python -m app.training.bobbin.train

bobbin-figures: setup ## print the figures of the built-in model's card again
	$(BIN)/python -m bench.bobbin

lock: setup ## renew requirements.lock after a change of dependencies; UPGRADE=1 takes the newest
	@$(BIN)/python scripts/lock.py $(if $(UPGRADE),--upgrade)

docs: setup ## renew what is written from code and figures: settings, commands, figures
	@$(BIN)/python scripts/settings_docs.py
	@$(BIN)/python scripts/commands_docs.py
	@$(BIN)/python -m scripts.figures_docs
	@$(BIN)/python scripts/training_docs.py
	@$(BIN)/python -m scripts.observability_docs

screenshots: setup ## renew docs/images from the real pages, in the system's Chromium
	@$(BIN)/python -m scripts.screenshots

rehearse: setup ## carry out the Dockerfile's steps in a clean folder, without Docker
	@$(BIN)/python -m scripts.docker_rehearsal

clean: ## remove .venv, caches and build results; .treadle, where data is kept, stays
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
