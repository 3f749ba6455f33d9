# Everything a person or CI runs. `make` alone lists it.
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/uv/bin/uv
PACKAGES := libs/model libs/process services/trainer services/api clients/cli
RUN := .venv/bin/

.DEFAULT_GOAL := help
.PHONY: help setup demo test unit cross check format bench lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 14

setup: .venv/.made ## make .venv with every package and tool in it, from requirements/ alone

$(UV): requirements/uv.txt
	@ci/fetch-uv $(PYTHON) .tools/uv

.venv/.made: $(UV) requirements/dev.txt $(PACKAGES:%=%/pyproject.toml)
	@ci/make-venv .venv dev $(PACKAGES)
	@touch $@

lock: $(UV) ## resolve every dependency anew into requirements/*.txt (exact versions, hashes)
	@ci/lock
