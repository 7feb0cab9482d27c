# Two commands: `make run` and `make test`. The rest is for those who work on the assistant.
.PHONY: run test setup train evaluate evaluate-safety check ask clean

PYTHON = .venv/bin/python
export Q

run: setup
	@$(PYTHON) -m tools.run

test: setup
	@$(PYTHON) -m tools.train
	@$(PYTHON) -m pytest

setup:
	@python3 tools/setup.py

train: setup
	@$(PYTHON) -m tools.train --force

ask: setup
	@$(PYTHON) -m tools.ask "$$Q"

evaluate: setup
	@.venv-rasa/bin/python -m benchmarks.quality

evaluate-safety: setup
	@.venv-rasa/bin/python -m benchmarks.safety

check: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check -q .
	@.venv/bin/mypy
	@.venv/bin/mypy --python-executable .venv-rasa/bin/python --python-version 3.10 -p nlu -p benchmarks
	@$(PYTHON) -m content.check

clean:
	rm -rf .venv .venv-rasa var models .rasa
