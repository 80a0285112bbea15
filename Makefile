# Two commands: `make run` serves the app, `make test` installs what the tests need and runs them all.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: run test bench lint docs pictures clean

run: $(VENV)/run.stamp
	@$(BIN)/saywhen serve --port $(PORT)

test: $(VENV)/test.stamp
	@$(BIN)/python tests/run.py

bench: $(VENV)/test.stamp
	@$(BIN)/python -m benchmarks

lint: $(VENV)/test.stamp
	@$(BIN)/python tests/run.py --only lint

docs: $(VENV)/test.stamp
	@$(BIN)/python docs/generate.py

pictures: $(VENV)/test.stamp
	@$(BIN)/python docs/pictures.py

clean:
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
