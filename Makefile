# Two commands: `make demo` and `make test`. Each makes .venv first, from hash-locked requirements.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

.PHONY: help venv demo test fast lint crash stock simulate flood defects hostile canaries erasures size approved redeploys torn stops agreements emergency validation audit mutation lock wheel clean

help:             ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

venv: .venv/ready ## the environment that running needs

.venv/ready: requirements/run.txt
	$(PYTHON) -m venv .venv
	$(PIP) -r requirements/run.txt
	touch $@

.venv/tested: .venv/ready requirements/test.txt
	$(PIP) -r requirements/test.txt
	touch $@

demo: .venv/ready ## a chat page with the bot behind it; no token, no settings
	$(BIN)/python -m bot demo $(if $(PORT),--port $(PORT))

test: lint        ## everything: types, style, architecture, and all tests
	$(BIN)/pytest -n 3 --dist loadfile

lint: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

fast: .venv/tested ## the pure core alone, in seconds
	$(BIN)/pytest tests/domain tests/engine

crash: .venv/tested ## kill the real bot while people answer, and go on from the last time: make crash KILLS=500 ON=postgresql WORKERS=3
	$(BIN)/python -m tests.crash --kills $(or $(KILLS),100) --on $(or $(ON),sqlite) --workers $(or $(WORKERS),1) $(if $(SEED),--seed $(SEED))

stock: .venv/tested ## the same kills for Doorstep and for a stock python-telegram-bot survey, side by side
	$(BIN)/python -m tests.crash --beside-stock --kills $(or $(KILLS),100)

simulate: .venv/tested ## the whole bot and a study team on virtual time with seeded faults: make simulate PEOPLE=5000 SEED=7
	$(BIN)/python -m tests.simulation --people $(or $(PEOPLE),300) --seed $(or $(SEED),1)

flood: .venv/tested ## many at once and one who never stops: make flood PEOPLE=100000 MINUTES=10 ON=postgresql
	$(BIN)/python -m tests.flood --people $(or $(PEOPLE),100000) --minutes $(or $(MINUTES),10) --database $(or $(ON),sqlite)

defects: .venv/tested ## take each protection away in a copy, and see a test notice: make defects ONLY=name
	$(BIN)/python -m tests.defects $(if $(ONLY),--only $(ONLY)) $(if $(NEW),--new)

hostile: .venv/tested ## every update type in every state, hostile texts, forged taps: make hostile UPDATES=1000000 SEED=7
	$(BIN)/python -m tests.hostile --updates $(or $(UPDATES),100000) --taps $(or $(TAPS),$(UPDATES),100000) --on-disk $(or $(ONDISK),10000) --minutes $(or $(MINUTES),60) --seed $(or $(SEED),1)

canaries: .venv/tested ## everything logged at DEBUG: no token, name, id or answer may come out
	$(BIN)/python -m pytest -p tests.canaries -n 2 --dist loadfile tests/botapi tests/service tests/storage tests/faults tests/web tests/test_privacy.py tests/test_conversations.py

erasures: .venv/tested ## erase 1,000 of 10,000 and search every byte
	DOORSTEP_ERASED=1000 $(BIN)/pytest -s tests/storage/test_erasing_many.py

size: .venv/tested ## how long the long jobs take: make size JOB=verify EVENTS=1000000 ON=postgresql
	$(BIN)/python -m tests.size $(or $(JOB),verify) --events $(or $(EVENTS),1000000) --keys $(or $(KEYS),100000) --on $(or $(ON),sqlite)

approved: .venv/tested ## let anything be said, and look for one sentence that is not among the approved texts: make approved MESSAGES=100000
	$(BIN)/python -m tests.approved --messages $(or $(MESSAGES),100000)

redeploys: .venv/tested ## 100 changes of the trial under 10,000 open screenings, each of which keeps its own: make redeploys OPEN=10000 CHANGES=100
	DOORSTEP_OPEN_SCREENINGS=$(or $(OPEN),10000) DOORSTEP_CHANGES=$(or $(CHANGES),100) $(BIN)/pytest -s tests/service/test_redeploys.py

torn: .venv/tested ## cut SQLite's log anywhere, so often, as a power cut does: make torn LOGS=10000
	DOORSTEP_TORN_LOGS=$(or $(LOGS),10000) $(BIN)/pytest -s --timeout=7200 tests/storage/test_torn.py

stops: .venv/tested ## stop PostgreSQL at once under load, so often: make stops STOPS=1000
	DOORSTEP_STOPS=$(or $(STOPS),1000) $(BIN)/pytest -s tests/storage/test_outages.py -k "half_done and restart"

agreements: .venv/tested ## 10,000 agreements read word for word after 100 changes of text
	DOORSTEP_AGREEMENTS=10000 DOORSTEP_TEXT_CHANGES=100 $(BIN)/pytest -s tests/service/test_rerendering.py

emergency: .venv/tested ## how many wordings of emergencies are heard, and how often it is a false alarm
	$(BIN)/python -m tests.emergency.apart
	$(BIN)/python -m tests.emergency.told
	$(BIN)/python -m tests.emergency.measure

validation: .venv/tested ## run what promises name, and write docs/validation.md
	$(BIN)/python -m tests.validation

audit: .venv/tested ## compare packages with the lock, look at licences, list them
	$(BIN)/python -m tests.audit

mutation: .venv/tested ## change a line of the core at a time (needs mutmut and coverage): make mutation MINUTES=20
	nice -n 10 $(BIN)/python -m tests.mutation --minutes $(or $(MINUTES),20)

lock: ## both requirements files anew, after pyproject.toml changed (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
		pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
		pyproject.toml --group test -c requirements/run.txt -o requirements/test.txt

wheel: .venv/ready ## the package, with trials and words in it
	$(PYTHON) -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf .venv dist var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
