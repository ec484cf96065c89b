# Every target sets itself up from nothing but Python 3.11+, make and a package index.
.DEFAULT_GOAL := help
UV := .tools/bin/uv
SYNC := .venv/.synced
RUN := $(UV) run --frozen --no-sync
UV_ENV := UV_PYTHON_DOWNLOADS=never
PYTHON ?= python3
# else every process would compile Dagster anew: 2 s each
unexport PYTHONDONTWRITEBYTECODE
BENCH_ENV := $(UV_ENV) UV_PROJECT_ENVIRONMENT=.venv-bench
MLFINPY := .tools/mlfinpy
FREQTRADE := .tools/freqtrade
FREQTRADE_TESTS := learning_pipeline_tests/adapters/freqtrade/real
NAUTILUS := .tools/nautilus

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; found " + sys.version.split()[0])'
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.8

$(SYNC): $(UV) uv.lock pyproject.toml
	@# the pinned Python where it is there, else the one that make found
	$(UV_ENV) $(UV) sync --frozen --quiet || $(UV_ENV) $(UV) sync --frozen --quiet --python .tools/bin/python
	@touch $@

demo: $(SYNC) ## the main job on real bars, in data/demo; a model's whole way on a made-up market, in data/governed
	$(RUN) learning-pipeline demo
	@rm -rf data/governed
	$(RUN) learning-pipeline demo --governed

ui: $(SYNC) ## Dagster's web UI over data/demo (or HOME_DIR=...)
	$(RUN) learning-pipeline ui --home $(or $(HOME_DIR),data/demo)

test: $(SYNC) ## every test and doctest
	$(RUN) pytest

docs: $(SYNC) ## the documentation as a static site, in docs/_build/html
	@rm -rf docs/_build
	$(RUN) python -m sphinx -W --keep-going -q docs docs/_build/html
	@echo "docs/_build/html/index.html opens in any browser"

test-freqtrade: $(SYNC) ## the freqtrade import and the strategy mixin against the real freqtrade, without a network
	@# an environment of its own: freqtrade is no part of ours, and its strategies run without our libraries
	@test -x $(FREQTRADE)/bin/python || $(UV_ENV) $(UV) venv --quiet --python .tools/bin/python $(FREQTRADE)
	@$(UV) pip install --quiet --python $(FREQTRADE)/bin/python --requirement $(FREQTRADE_TESTS)/requirements.txt || \
	{ echo "test-freqtrade: freqtrade 2026.9 cannot be installed in $(FREQTRADE): it needs a package index" >&2; exit 1; }
	FREQTRADE_PYTHON=$(CURDIR)/$(FREQTRADE)/bin/python $(RUN) pytest -n 0 $(FREQTRADE_TESTS)

worlds: $(SYNC) ## coverage and verdicts on thousands of planted worlds (or WORLDS=500)
	$(RUN) python -m learning_pipeline_tests.planted $(WORLDS)

bench-truth: $(SYNC) ## lessons, overrides, gates and drift in worlds whose truth is known (or WORLDS=2)
	$(RUN) python -m learning_pipeline_tests.tuning.nulls
	$(RUN) python -m learning_pipeline_tests.tuning.planted $(WORLDS)
	$(RUN) python -m learning_pipeline_tests.models.evaluation.shuffled
	$(RUN) python -m learning_pipeline_tests.drift.planted $(WORLDS)

mutants: $(SYNC) ## plants known defects one at a time; each must be caught by a test (or ONLY="name ...")
	$(RUN) python -m learning_pipeline_tests.mutants $(ONLY)

bench: $(UV) uv.lock ## against vectorbt, mlfinpy, DuckDB, Polars, msgspec, pydantic (BENCH="--json --rounds 9")
	@# environments of its own: the peers are no part of demo and test, and mlfinpy needs older libraries than vectorbt
	$(BENCH_ENV) $(UV) sync --frozen --quiet --no-dev --group bench || \
	$(BENCH_ENV) $(UV) sync --frozen --quiet --no-dev --group bench --python .tools/bin/python || \
	{ echo "bench: vectorbt 1.2.0 cannot be installed in .venv-bench (see above)" >&2; exit 1; }
	@test -x $(MLFINPY)/bin/python || $(UV_ENV) $(UV) venv --quiet --python .tools/bin/python $(MLFINPY)
	@$(UV) pip install --quiet --python $(MLFINPY)/bin/python --requirement benchmarks/mlfinpy.txt || \
	{ echo "bench: mlfinpy 0.1.2 cannot be installed in $(MLFINPY): it needs Python 3.11 or 3.12 and a package index" >&2; exit 1; }
	MLFINPY_PYTHON=$(MLFINPY)/bin/python .venv-bench/bin/python -m benchmarks $(BENCH)

test-nautilus: $(SYNC) ## imports of NautilusTrader against the real package, in an environment of its own
	@test -x $(NAUTILUS)/bin/python || $(UV_ENV) $(UV) venv --quiet --python .tools/bin/python $(NAUTILUS)
	@$(UV) pip install --quiet --python $(NAUTILUS)/bin/python --requirement learning_pipeline_tests/adapters/nautilus/nautilus_trader.txt || \
	{ echo "test-nautilus: nautilus_trader cannot be installed in $(NAUTILUS) (see above)" >&2; exit 1; }
	NAUTILUS_PYTHON=$(NAUTILUS)/bin/python $(RUN) pytest -n 0 learning_pipeline_tests/adapters/nautilus/test_real.py

lint: $(SYNC) ## ruff, mypy, import walls
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(RUN) lint-imports --no-logo

.PHONY: help demo ui docs test test-freqtrade test-nautilus worlds bench-truth mutants bench lint
