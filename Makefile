# `make run` serves the page, `make test` runs all tests, `make test T=question` those of tests/question or of one file
# there. They make the environment first and do nothing twice.
PYTHON ?= python3
BIN := .venv/bin
# Processes that run the tests; each holds the models and drives a browser, about 2 GB. More than there are cores make
# what waits for a page fail.
WORKERS ?= 2

.PHONY: run test test-llm llm-wheel check bench fit lock hashes

run: .venv/installed
	$(BIN)/python app.py --index articles

test: .venv/tested
	$(BIN)/python -m pytest -q $(if $(T),,-n $(WORKERS) --dist worksteal) tests/$(T)

# A real LLM of 270M parameters, in an environment of its own. `make llm-wheel` compiles its server once, in ten minutes.
LLM_WHEELS ?= .wheels
test-llm: .venv/tested
	@if ls $(LLM_WHEELS)/llama_cpp_python-*.whl >/dev/null 2>&1; then \
	  { [ -x .venv-llm/bin/python ] || $(PYTHON) -m venv .venv-llm; } && \
	  .venv-llm/bin/python -m pip install --disable-pip-version-check -q --find-links $(LLM_WHEELS) -r requirements-llm.txt && \
	  LLM_ENVIRONMENT=.venv-llm $(BIN)/python -m pytest -q -s tests/real_llm; \
	else echo "skipped: $(LLM_WHEELS) holds no wheel of llama-cpp-python. Make it once: make llm-wheel"; fi

llm-wheel:
	CMAKE_BUILD_PARALLEL_LEVEL=1 $(PYTHON) -m pip wheel --no-deps -w $(LLM_WHEELS) -r requirements-llm.txt

check: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/project/test_sizes.py

bench: .venv/tested
	$(BIN)/python -m benchmarks $(BENCH)

# The weights by which the built-in answerer ranks and declines, from the collections in benchmarks/news. About half an
# hour; what the collections' questions have as features is kept in FIT_WORK.
FIT_WORK ?= .fit
fit: .venv/tested
	$(BIN)/python -m benchmarks.fit --refresh --work $(FIT_WORK)
	$(BIN)/python -m benchmarks.fit_thresholds --work $(FIT_WORK)

.venv/installed: requirements.txt requirements.hashes.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --require-hashes -r requirements.hashes.txt
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
	$(MAKE) hashes

# After a pin was added to requirements.txt by hand: `pip install uv`, then `make hashes`. It keeps every version.
# torch has no hashes here: which of its builds, and which CUDA packages, are right depends on the machine. pip installs
# it in the second step above, which finds everything else in place.
hashes:
	{ echo '# Made from requirements.txt by `make hashes`: what pip may install for each pin. torch is left out, see there.'; \
	  grep -vE '^torch==' requirements.txt | sed 's/ *#.*//' \
	    | uv pip compile -q --no-deps --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -; \
	} > requirements.hashes.new
	mv requirements.hashes.new requirements.hashes.txt
