# `make run` serves the page, `make test` runs all tests; both make the environment first and do nothing twice.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check bench lock

run: .venv/installed
	$(BIN)/python app.py --index articles

test: .venv/tested
	$(BIN)/python -m pytest -q

check: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/tested
	$(BIN)/python -m benchmarks $(BENCH)

.venv/installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements.txt
	touch $@

.venv/tested: .venv/installed requirements-dev.txt
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements-dev.txt
	touch $@

# uv resolves in seconds what takes pip minutes. The CUDA packages are of one torch build only.
lock:
	for name in requirements requirements-dev; do \
	  uv pip compile -q --python-version 3.11 --annotation-style line --no-header $$name.in \
	    | grep -vE '^(nvidia-|cuda-|triton)' > $$name.txt || exit 1; \
	done
