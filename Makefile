# Everything one does with this package. `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

BOARD ?= b_l475e_iot01a
ENGINE ?= auto
WORLD ?= platforms/worlds/home.yaml
IMAGE ?=
SECONDS ?= 60
COUNT ?= 100000
SEED ?= 1
FUZZ_SECONDS ?= 10
WHEELS ?= linux-x86_64 linux-aarch64 musl-x86_64 musl-aarch64 macos-x86_64 macos-arm64 windows-amd64
HOURS ?= 1
KILLS ?= 200
FULL ?= 50
SANITIZER_CC ?= gcc

help:
	@echo "make demo       install into $(VENV) and run the probe firmware: boot, join, echo, TLS"
	@echo "                BOARD=name IMAGE=my.elf WORLD=my.yaml ENGINE=embedded|renode SECONDS=60"
	@echo "make test       lint, type checks, robot suites and tests"
	@echo "make robot      the robot suites alone"
	@echo "make bench      measurements, side by side"
	@echo "make differential  random instruction sequences, the core against qemu-system-arm"
	@echo "                COUNT=100000 SEED=1"
	@echo "make fuzz       bytes from outside at random, FUZZ_SECONDS=10 for each of them"
	@echo "make sanitize   the native core and its tests with AddressSanitizer and UBSan"
	@echo "make torn       writers of files that are killed, or find the disk full; KILLS=200 FULL=50"
	@echo "make soak       each board under random faults, HOURS=1 of virtual time"
	@echo "make docs       the tables of docs/ that follow from the code"
	@echo "make firmware   build the project's own guest programs (arm-none-eabi-gcc)"
	@echo "make wheels     wheels of all platforms into dist/, by PyPI's ziglang"
	@echo "make lint       ruff, mypy, the Python 2.7 check of what Renode executes, and the list of words"
	@echo "make clean      remove what the above made, $(VENV) included"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/installed: pyproject.toml setup.py $(wildcard emulation/engines/embedded/core/*/*.[ch]) | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/developer: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/installed
ifeq ($(IMAGE),)
	@$(BIN)/renode-wifi run --board $(BOARD) --engine $(ENGINE) --world $(WORLD) \
	    --image firmware/probe/$(BOARD).elf --until 'probe: PASSED' --fail-on 'FAILED'
	@echo
	@echo "Now your own firmware:  make demo BOARD=$(BOARD) IMAGE=my.elf WORLD=my.yaml"
	@echo "or with all options:    $(BIN)/renode-wifi run --help"
	@echo "A world file to start from: platforms/worlds/home.yaml (documented in docs/world.md)"
else
	$(BIN)/renode-wifi run --board $(BOARD) --engine $(ENGINE) --world $(WORLD) \
	    --image $(IMAGE) --time $(SECONDS)
endif

lint: $(VENV)/developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m tests.ironpython
	$(BIN)/python -m tests.words

robot: $(VENV)/installed
	$(BIN)/robot --outputdir out/robot --console dotted robot

test: lint robot
	$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered --cov-fail-under=90

bench: $(VENV)/developer
	$(BIN)/python -m bench

differential: $(VENV)/developer
	$(BIN)/python -m tests.differential $(COUNT) $(SEED)

fuzz: $(VENV)/developer
	$(BIN)/python -m fuzz --seconds $(FUZZ_SECONDS)

# The compiler runs without the sanitizers, which would slow it down. The interpreter isn't
# instrumented: they come first, and its own leaks don't count.
SANITIZED = RENODE_WIFI_SANITIZE=1 ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 \
    LD_PRELOAD="$$($(SANITIZER_CC) -print-file-name=libasan.so) $$($(SANITIZER_CC) -print-file-name=libubsan.so)"

sanitize: $(VENV)/developer
	RENODE_WIFI_SANITIZE=1 $(BIN)/python -c \
	    'from renode_wifi.emulation.engines.embedded import native; native.library_path()'
	$(SANITIZED) $(BIN)/pytest -q -p no:cacheprovider tests/emulation/engines/embedded
	$(SANITIZED) $(BIN)/python -m fuzz core st-guest ti-guest --seconds $(FUZZ_SECONDS)

torn: $(VENV)/developer
	$(BIN)/python -m fuzz.torn --kills $(KILLS) --full $(FULL)

soak: $(VENV)/developer
	$(BIN)/python -m fuzz.soak --hours $(HOURS)
	$(BIN)/python -m fuzz.echo --hours $(HOURS)

docs: $(VENV)/developer
	$(BIN)/python -m tests.docs

firmware:
	$(MAKE) -C firmware

# What one platform's wheel leaves in build/ would be in the next one's.
wheels: $(VENV)/developer
	$(BIN)/pip install --quiet --disable-pip-version-check ziglang
	for target in $(WHEELS); do rm -rf build && RENODE_WIFI_TARGET=$$target \
	    $(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist . || exit 1; done

clean:
	rm -rf $(VENV) out build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf src/*.egg-info

.PHONY: wheels help docs demo lint robot test bench differential fuzz sanitize torn soak firmware clean
