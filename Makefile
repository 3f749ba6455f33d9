# Everything a person or CI runs. `make` alone lists it.
PYTHON ?= python3
UV := .tools/uv/bin/uv
PACKAGES := libs/model libs/runtime services/trainer services/api clients/cli clients/bump
RUN := .venv/bin/

.DEFAULT_GOAL := help
.PHONY: help setup demo test unit cross check format docs bench lock images release verify e2e e2e-report clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  \1\t/' | expand -t 14

setup: .venv/.made ## make .venv with every package and tool in it, from requirements/ alone

$(UV): requirements/uv.txt
	@ci/fetch-uv $(PYTHON) .tools/uv

.venv/.made: $(UV) requirements/dev.txt $(PACKAGES:%=%/pyproject.toml)
	@ci/make-venv .venv dev $(PACKAGES)
	@touch $@

lock: $(UV) ## resolve every dependency anew into requirements/*.txt (exact versions, hashes)
	@ci/lock

demo: .venvs/demo/.made ## train on the built-in sample, serve it, ask it (on a terminal or with KEEP=1: until Ctrl-C)
	@.venvs/demo/bin/python ci/demo.py $(if $(KEEP),--keep)

# What a user gets, without the developers' tools.
.venvs/demo/.made: $(UV) $(PACKAGES:%=%/pyproject.toml) requirements/trainer.txt requirements/api.txt requirements/client.txt
	@ci/make-venv .venvs/demo trainer,api,client $(PACKAGES)
	@touch $@

check: setup ## lint, formatting, types
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy $(PACKAGES:%=%/src)
	MYPYPATH=. $(RUN)mypy --explicit-package-bases tests/e2e

format: setup ## put code into the project's format
	$(RUN)ruff check --fix .
	$(RUN)ruff format .

docs: .venvs/docs/.made ## build the documents into a site, build/docs/site, and check every link
	@.venvs/docs/bin/python ci/site

.venvs/docs/.made: $(UV) requirements/docs.txt
	@ci/make-venv .venvs/docs docs
	@touch $@

test: unit cross ## all tests that need no cluster

# Each package's tests run in an environment that holds what that package asks for and nothing else,
# so that an import it does not declare is found.
UNITS := model runtime trainer api client bump
# The engine for data beyond one machine has its tests and its environment, of half a gigabyte, for itself.
unit: unit-spark
unit: $(UNITS:%=unit-%) ## the tests beside each package, each in an environment of its own

needs-model := libs/model
needs-runtime := libs/runtime
needs-trainer := libs/model libs/runtime services/trainer
needs-api := libs/model libs/runtime services/api
needs-client := clients/cli
needs-bump := libs/model libs/runtime services/trainer clients/bump

# What tests of one package need beside what all need.
more-for-model := ,s3

# Where many tests count and none looks at a clock: several at a time, each file's one after the other.
side-by-side := --numprocesses auto --maxprocesses 4 --dist loadfile
options-for-model := $(side-by-side)
options-for-trainer := $(side-by-side)
options-for-bump := $(side-by-side)

$(UNITS:%=.venvs/%/.made): .venvs/%/.made: $(UV) requirements/test.txt requirements/%.txt $(PACKAGES:%=%/pyproject.toml)
	@ci/make-venv .venvs/$* test$(more-for-$*),$* $(needs-$*)
	@touch $@

not-of-trainer := services/trainer/tests/spark

.PHONY: $(UNITS:%=unit-%) unit-spark
$(UNITS:%=unit-%): unit-%: .venvs/%/.made
	.venvs/$*/bin/python -m pytest $(lastword $(needs-$*)) --doctest-modules $(options-for-$*) $(not-of-$*:%=--ignore=%)

unit-spark: .venvs/spark/.made
	.venvs/spark/bin/python -m pytest services/trainer/tests/spark

.venvs/spark/.made: $(UV) requirements/test.txt requirements/spark.txt $(PACKAGES:%=%/pyproject.toml)
	@ci/make-venv .venvs/spark test,spark $(needs-trainer)
	@touch $@

rendered := tests/chart tests/ci tests/consistency
cross: cross-rendered cross-running ## the tests of tests/ that need no cluster

.PHONY: cross-rendered cross-running
cross-rendered: setup
	$(RUN)python -m pytest $(rendered) $(side-by-side)

cross-running: setup
	$(RUN)python -m pytest tests $(foreach folder,tests/e2e $(rendered),--ignore $(folder))

e2e: setup ## prove it on the cluster of KUBECONFIG, under load (SHORT=1: in part; NODES=3: on three nodes; ONLY=…)
	$(RUN)python -m pytest tests/e2e -m "$(if $(NODES),nodes,not nodes)$(if $(SHORT), and short)" $(if $(ONLY),-k "$(ONLY)")

e2e-report: setup ## write what the last `make e2e` saw to docs/measurements.md (NODES=3: the one on three nodes)
	$(RUN)python -m tests.e2e.report

images: ## build both images (VERSION, BASE_IMAGE and more: see ci/images)
	@ci/images

release: .venvs/release/.made ## build, describe, sign and push a release (REGISTRY=…; see ci/release and docs/releasing.md)
	@PYTHON=.venvs/release/bin/python REGISTRY="$(REGISTRY)" ci/release

verify: ## verify the release of this version (REGISTRY=…, PUBLIC_KEY=… or IDENTITY=… ISSUER=…; see ci/verify)
	@ci/verify "$(REGISTRY)" "$(shell sed -n 's/^version: *//p' charts/playlist-recommender/Chart.yaml)"

.venvs/release/.made: $(UV) requirements/release.txt
	@ci/make-venv .venvs/release release
	@touch $@

bench: .venvs/bench/.made ## measure, side by side, and write docs/measurements.md (GROUP=serving: one section)
	@.venvs/bench/bin/python -m tests.bench $(GROUP)

.venvs/model/.made: requirements/s3.txt

.venvs/bench/.made: $(UV) requirements/bench.txt $(PACKAGES:%=%/pyproject.toml)
	@ci/make-venv .venvs/bench bench $(PACKAGES)
	@touch $@

clean: ## remove everything that was made here
	rm -rf .venv .venvs .tools build .mypy_cache .ruff_cache .pytest_cache
