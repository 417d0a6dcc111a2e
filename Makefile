.PHONY: up test checks faults setup lint check synth docs bench clean
PYTHON ?= python3
# Each of the many processes would compile the project anew.
unexport PYTHONDONTWRITEBYTECODE

up: setup ## Set everything up, start the embedded AWS and deploy the example cell
	@.venv/bin/cells up

test: setup ## Set everything up and run all checks and tests
	@$(MAKE) --no-print-directory checks

checks: ## All checks and tests, without setting anything up
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/python -m pytest -n 2 --no-loadscope-reorder

faults: setup ## Kill a build of 30 accounts at each of its 2,000 points, not at a share of them
	@.venv/bin/python -m pytest tests/accounts/vending/test_every_kill.py --kill-everywhere -n 0

setup: .venv/.installed node_modules/.installed ## Virtual environment in .venv, CDK CLI in node_modules

.venv/.installed: requirements.lock pyproject.toml
	@PYTHON=$(PYTHON) sh tools/setup-python.sh

node_modules/.installed: package-lock.json .venv/.installed
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --loglevel=error --no-audit --no-fund >/dev/null && touch $@

lint: setup ## Format, and mend what can be mended
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

check: setup ## Run every check on the example product's templates
	@.venv/bin/cells check acme-crm

synth: setup ## Synthesize the example product's prod cell
	@.venv/bin/cells synth acme-crm -e prod

docs: setup ## Generate the pages that come from the code
	@.venv/bin/cells schema --write && .venv/bin/python -m cells.cli.reference

bench: setup ## Measure, as ratios against baselines of the same run
	@for file in benchmarks/*.py; do .venv/bin/python $$file; done

lock: ## Pin every dependency anew, with hashes and without addresses
	@.venv/bin/python -m uv pip compile pyproject.toml --all-extras --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q -o requirements.lock

clean: ## Remove what was set up and synthesized
	@rm -rf .venv node_modules cdk.out .cells
