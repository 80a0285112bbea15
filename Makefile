# `make help` lists the commands: `make run` serves the app, `make test` installs what the tests need and runs them all.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
# For `make mutants`: how many changes, which (the same seed draws the same ones), and only modules whose path has MODULE in it.
COUNT ?= 60
SEED ?= 1
MODULE ?=
# For `make soak`: how often the server is killed, and which parts are run, all by default. It takes SEED, too.
KILLS ?= 1000
PARTS ?=

.PHONY: help run check test nightly soak mutants bench bench-compare lint docs pictures clean

help:       ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /make \1\t/' | expand -t 20

run: $(VENV)/run.stamp       ## serve the app, on PORT (8501)
	@$(BIN)/saywhen serve --port $(PORT)

check: $(VENV)/test.stamp    ## style, types, JavaScript and most tests without a browser: two minutes
	@$(BIN)/python tests/run.py --only check

test: $(VENV)/test.stamp     ## all tests, including slow ones and those in a real browser: ten minutes
	@$(BIN)/python tests/run.py

nightly: $(VENV)/test.stamp  ## all tests, with 50 times as many examples in the property tests
	@$(BIN)/python tests/run.py --nightly

soak: $(VENV)/test.stamp     ## kill and disturb a server while people save; KILLS (1000), SEED (1), PARTS
	@$(BIN)/python tests/soak.py --kills $(KILLS) --seed $(SEED) $(if $(PARTS),--part $(PARTS))

mutants: $(VENV)/test.stamp  ## change the core at random, list what no test notices; COUNT (60), SEED (1), MODULE
	@$(BIN)/python tests/mutants.py --count $(COUNT) --seed $(SEED) $(if $(MODULE),--module $(MODULE))

bench: $(VENV)/test.stamp    ## measure speed and memory
	@$(BIN)/python -m benchmarks

# The words after the target are files, not targets.
ifeq (bench-compare,$(firstword $(MAKECMDGOALS)))
OLD := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
.PHONY: $(OLD)
$(eval $(OLD):;@:)
endif
NEW ?=

bench-compare: $(VENV)/test.stamp  ## list the figures that got worse since OLD.json …; NEW="NEW.json …"
	@$(if $(NEW),,mkdir -p build && $(BIN)/python -m benchmarks --json build/bench.json &&) \
		$(BIN)/python -m benchmarks.compare $(OLD) -- $(or $(NEW),build/bench.json)

lint: $(VENV)/test.stamp     ## style and types only
	@$(BIN)/python tests/run.py --only lint

docs: $(VENV)/test.stamp     ## write the generated parts of docs/
	@$(BIN)/python docs/generate.py

pictures: $(VENV)/test.stamp ## take the screenshots for README and docs again
	@$(BIN)/python docs/pictures.py

clean:      ## remove what was installed and built
	rm -rf $(VENV) node_modules build dist *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "SayWhen needs Python 3.11 or newer; pass one: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/run.stamp: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what SayWhen needs (once, about a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements-dev.txt requirements-witnesses.txt package-lock.json
	@echo "Installing what the tests need (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -r requirements-witnesses.txt
	@$(BIN)/python tests/install.py
	@touch $@
