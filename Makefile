# Two commands do everything: `make chat` and `make test`. Plain pip, no account, no network after the install.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --no-input install --quiet -c constraints.txt

# Where a machine forbids it, every process would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help chat test check docs format bench clean

help:
	@echo "make chat    install, index corpus/, open the chat on http://127.0.0.1:7860"
	@echo "make test    install, run all tests"
	@echo "make check   style, types, architecture, corpus, documentation"
	@echo "make docs    build the documentation into site/"
	@echo "make bench   measure speed and quality"

$(VENV)/installed: pyproject.toml constraints.txt
	@echo "Installing into $(VENV) (a few minutes, once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -e .
	@touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt
	@echo "Installing into $(VENV), with what the tests need (a few minutes, once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -e ".[dev]"
	@touch $(VENV)/installed $@

chat: $(VENV)/installed
	@$(BIN)/advisor serve

# Four at once: browser, servers and programs that are started wait more than they work.
BESIDE := browser servers doors
test: $(VENV)/installed-dev
	@for group in $(BESIDE); do $(BIN)/python -m pytest -m $$group > $$group-tests.log 2>&1 & beside="$$beside $$!"; done; \
	$(BIN)/python -m pytest -m "not browser and not servers and not doors"; failed=$$?; \
	for one in $$beside; do wait $$one || failed=1; done; \
	cat $(BESIDE:%=%-tests.log); rm -f $(BESIDE:%=%-tests.log); exit $$failed

check: $(VENV)/installed-dev
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo && $(BIN)/advisor library check corpus && $(MAKE) --no-print-directory docs

format: $(VENV)/installed-dev
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

docs: $(VENV)/installed-dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "The documentation is in site/index.html."

bench: $(VENV)/installed-dev
	@$(BIN)/python benchmarks/speed.py && $(BIN)/python benchmarks/quality.py

clean:
	rm -rf $(VENV) index site .mypy_cache .ruff_cache .pytest_cache .hypothesis
