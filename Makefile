# Two commands: `make run` and `make test`. The rest is for those who work on the assistant.
.PHONY: run test model test-first test-second test-rest test-more setup train learn unlearn group evaluate evaluate-safety evaluate-redaction benchmark-clinc150 faults races reliability integrity measure-widget pictures demo-data check audit sbom ask clean benchmark-frontdesk benchmark

PYTHON = .venv/bin/python
FIRST = tests/actions tests/content tests/review tests/safety tests/security tests/console
SECOND = tests/records tests/redaction tests/browser tests/faults
MORE = tests/cluster tests/deploy tests/races tests/reliability tests/running/test_rasa_commands.py \
	tests/security/test_schema_fuzzing.py tests/understanding/test_clinc150.py tests/understanding/test_wordings.py
SBOM = .venv/bin/cyclonedx-py requirements --output-reproducible --of JSON --pyproject pyproject.toml
export Q

run: setup
	@$(PYTHON) -m tools.run

# Two lanes side by side: one trains the model, then takes the second part; the other the first, which needs none, then the rest.
test: setup
	@$(MAKE) --no-print-directory -j2 -O -k test-first test-second test-rest

model:
	@$(PYTHON) -m tools.train

test-first:
	@$(PYTHON) -m pytest $(FIRST) $(addprefix --ignore=,$(MORE))

test-second: model
	@$(PYTHON) -m pytest $(SECOND)

test-rest: model
	@$(PYTHON) -m pytest $(addprefix --ignore=,$(FIRST) $(SECOND) $(MORE))

# What needs servers (PostgreSQL, Redis), a download of 350 MB (helm), or takes minutes. Also worth a look before a release.
test-more: setup
	@$(PYTHON) -m pytest $(MORE)

setup:
	@python3 tools/setup.py

train: setup
	@$(PYTHON) -m tools.train --force

learn: setup
	@$(PYTHON) -m tools.learn

unlearn: setup
	@$(PYTHON) -m tools.learn --back

group: setup
	@$(PYTHON) -m tools.group

ask: setup
	@$(PYTHON) -m tools.ask "$$Q"

evaluate: setup
	@.venv-rasa/bin/python -m benchmarks.quality

measure-widget: setup
	@$(PYTHON) -m tools.measure_widget

pictures: setup
	@$(PYTHON) -m tools.pictures
	@$(PYTHON) -m tools.console_pictures

# Invented conversations for a database without any: SEED=2 for others, ANYWAY=yes beside what is there.
demo-data: setup
	@$(PYTHON) -m tools.demo_data $(if $(SEED),--seed $(SEED)) $(if $(ANYWAY),--anyway)

integrity: setup
	@$(PYTHON) -m tools.integrity

evaluate-safety: setup
	@.venv-rasa/bin/python -m benchmarks.safety

evaluate-redaction: setup
	@$(PYTHON) -m benchmarks.redaction

# Beside Rasa's default pipeline, which is trained for EPOCHS=1 unless you say more; RUNS=3. About 25 minutes at first.
benchmark: setup
	@$(PYTHON) -m tools.benchmark $(if $(RUNS),--runs $(RUNS)) $(if $(EPOCHS),--epochs $(EPOCHS)) $(if $(QUICK),--quick)

# DATA: the folder 'data' of CLINC150, which is not in this repository.
benchmark-clinc150: setup
	@.venv-rasa/bin/python -m benchmarks.clinc150 "$(DATA)"

# One frontdesk with 5,000 visitors, then with many messages a second. OPTIONS: see 'python -m tools.load --help'.
benchmark-frontdesk: setup
	@$(PYTHON) -m tools.load $(OPTIONS)

# Longer than in the tests: 5,000 orders of a take-over, 2,000 lives of a clinic.
races: setup
	@RACES=long $(PYTHON) -m pytest tests/races --timeout 0

reliability: setup
	@$(PYTHON) -m tests.reliability.many

faults: setup
	@$(PYTHON) -m tests.faults.many

check: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check -q .
	@.venv/bin/mypy
	@.venv/bin/mypy --python-executable .venv-rasa/bin/python --python-version 3.10 -p nlu -p benchmarks
	@.venv/bin/bandit -q -c pyproject.toml -r actions benchmarks content escalation frontdesk nlu records redaction review safety tools
	@$(PYTHON) -m content.check

# Known vulnerabilities of all packages; asks a service on the internet. What Rasa freezes: docs/security.md.
audit: setup
	@.venv/bin/pip-audit --require-hashes --disable-pip -r requirements/dev.txt
	@.venv/bin/pip-audit --require-hashes --disable-pip -r requirements/rasa.txt

# Every package of both environments with its hashes, as CycloneDX: var/sbom/public.json and var/sbom/rasa.json.
sbom: setup
	@mkdir -p var/sbom
	@$(SBOM) requirements/dev.txt --output-file var/sbom/public.json
	@$(SBOM) requirements/rasa.txt --output-file var/sbom/rasa.json

clean:
	rm -rf .venv .venv-rasa var models .rasa
