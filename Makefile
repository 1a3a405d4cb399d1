# Every command prints what it does; set-up speaks on stderr, so that stdout belongs to the tool that was asked for.
PYTHON ?= python3
STACK ?= dev
ARGS ?=
BASE ?= main
HEAD ?=
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: help setup demo test unit bench docs new-stack preview plan-report cost preflight up destroy recover verify faults kills lab-up lab-down lab-status clean clean-cache
.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/.ready: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "error: Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) --version 2>&1). Mend: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@echo "python packages      into $(VENV), about a minute the first time" >&2
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV) || { \
		echo "error: no virtual environment. Mend: on Debian, apt-get install python3-venv" >&2; exit 1; }
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt >&2
	@touch $@

setup: $(VENV)/.ready ## everything: Python packages, Pulumi CLI and plugins, the lab's programs
	@$(RUN) -m lab tools --lab

demo: $(VENV)/.ready ## the main job on the lab, from nothing to an image and back
	@$(RUN) -m lab demo

test: $(VENV)/.ready ## all tests that this machine can run, fastest first
	@$(RUN) -m tests

unit: $(VENV)/.ready ## lint, types and unit tests: seconds
	@$(RUN) -m tests unit

bench: $(VENV)/.ready ## seconds and memory of a preview with 10, 100 and 1,000 services, on mocks
	@$(RUN) -m tests.bench

docs: $(VENV)/.ready ## docs/configuration.md from the settings and the catalogue, the tables of docs/live-changes.md
	@$(RUN) -m infra.reference
	@$(RUN) -m tests.lab.live_changes

new-stack: $(VENV)/.ready ## a stack file that passes every check: ENV=prod REGION=ap-southeast-1
	@$(RUN) -m infra.new_stack '$(ENV)' '$(REGION)'

preview: $(VENV)/.ready ## plan of a stack with real engine and provider code: STACK=dev ARGS=…
	@$(RUN) -m lab preview '$(STACK)' '$(ARGS)'

plan-report: $(VENV)/.ready ## what a change does to every stack, offline: BASE=main HEAD=… (else this checkout) ARGS=…
	@$(RUN) -m lab plan-report '$(BASE)' --head '$(HEAD)' $(ARGS)

cost: $(VENV)/.ready ## what a stack costs idle and at most, estimated: STACK=…
	@$(RUN) -m lab preview '$(STACK)' --json | $(RUN) -m ops cost $(ARGS)

preflight: $(VENV)/.ready ## ask the account whose keys are set whether it can hold a stack; changes nothing: STACK=…
	@$(RUN) -m lab preview '$(STACK)' --json | $(RUN) -m ops preflight

up: $(VENV)/.ready ## deploy a stack to the account whose credentials are set, if the policy pack agrees: STACK=…
	pulumi up --stack '$(STACK)' --policy-pack policy $(ARGS)

destroy: $(VENV)/.ready ## remove a stack from the account, unless it is protected: STACK=…
	@$(RUN) -m ops destroy '$(STACK)' $(ARGS)

recover: $(VENV)/.ready ## after a killed or failed up: what the account holds and the state does not; ARGS=--yes adopts: STACK=…
	@$(RUN) -m ops recover '$(STACK)' $(ARGS)

verify: $(VENV)/.ready ## the guide's load test against a running stack, with report: STACK=…
	@pulumi stack output --stack '$(STACK)' --json --show-secrets | $(RUN) -m ops verify $(ARGS)

faults: $(VENV)/.ready ## the whole stack on the lab while each call of the account goes wrong once, and up is interrupted or killed: 45 minutes; one part: ARGS='--kind killed'
	@$(RUN) -m lab faults $(ARGS)

kills: $(VENV)/.ready ## kill a lab at 28 random moments, another part of it each time, and see that lab-down leaves nothing: 8 minutes
	@$(RUN) -m tests.lab.kills 28

lab-up: $(VENV)/.ready ## start the lab, or go on where only its account died
	@$(RUN) -m lab up

lab-down: $(VENV)/.ready ## stop the lab and remove every trace of it
	@$(RUN) -m lab down

lab-status: $(VENV)/.ready ## what runs, what the account holds
	@$(RUN) -m lab status

clean: ## remove this checkout's environment and links
	rm -rf $(VENV) .lab .mypy_cache .ruff_cache .pytest_cache

clean-cache: $(VENV)/.ready ## remove all that was built or downloaded
	@$(RUN) -m lab clean-cache
