# `make help` lists the targets.
SWIFT ?= swift
SFG := .build/release/sfg
# `make build TRAITS=ISAL` builds with ISA-L as the gzip inflater, TRAITS=MPI for several processes
# started by mpirun, TRAITS=ISAL,MPI with both; so do test and bench.
TRAITS ?=
BUILD := -c release $(if $(TRAITS),--traits $(TRAITS))
# Tests are optimised because kernels in debug Swift are tens of times slower. Each kind of build
# has its own scratch folder, so that switching between them rebuilds nothing.
TEST := $(SWIFT) test $(BUILD) -Xswiftc -enable-testing
DOUBLE := $(TEST) -Xswiftc -DSFG_DOUBLE --scratch-path .build-double

.DEFAULT_GOAL := help
.PHONY: help setup build portable demo test check-gradients check-bits check-arrows fuzz sanitize golden bench format lint clean

help: ## list the targets
	@awk -F ':.*## *' '/^[a-z-]+:.*##/ {printf "%-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## install missing system packages
	@Scripts/setup $(if $(findstring ISAL,$(TRAITS)),libisal-dev) $(if $(findstring MPI,$(TRAITS)),libopenmpi-dev)

build: setup  ## build the release binary, .build/release/sfg
	@$(SWIFT) build $(BUILD) --product sfg

# One program per level of x86-64, behind a launcher that starts the one for the CPU at hand. The
# launcher is no product of the package, because SwiftPM would link it to Swift's libraries.
PORTABLE := .build/portable
LEVELS := x86-64-v3 x86-64-v4
portable: setup  ## build programs for all x86-64 CPUs with AVX2, which need no Swift: .build/portable
	@[ "$$(uname -m)" = x86_64 ] || { echo "portable: its levels are those of x86-64; use make build" >&2; exit 1; }
	@mkdir -p $(PORTABLE)/bin $(PORTABLE)/libexec/sfg
	@for level in $(LEVELS); do \
	  SFG_CPU=$$level $(SWIFT) build $(BUILD) --static-swift-stdlib --scratch-path .build-$$level --product sfg && \
	  strip -o $(PORTABLE)/libexec/sfg/sfg-$$level .build-$$level/release/sfg || exit 1; \
	done
	@clang -O2 -o $(PORTABLE)/bin/sfg Sources/Launcher/main.c

demo: build  ## synthesise 200,000 rows, train FM in both paradigms, compare them and draw both analyses
	@Scripts/demo $(SFG)

test: setup build  ## run all tests, optimised
	@$(TEST) --scratch-path .build-test

check-gradients: setup  ## compare every gradient with central differences and with PyTorch, in double precision
	@$(DOUBLE) --filter 'ModelsTests|TrainingTests'

check-bits: build  ## compare weights, metrics and predictions of every kind of model with recorded checksums
	@Scripts/check-bits $(SFG)

check-arrows:  ## check that the folders of each target depend on one another in one direction only
	@Scripts/check-arrows

fuzz: setup  ## fuzz every reader with libFuzzer and AddressSanitizer, 10 million inputs in total
	@Scripts/fuzz runs 10000000

sanitize: setup  ## run all tests under AddressSanitizer, then under ThreadSanitizer
	@Scripts/sanitize address
	@Scripts/sanitize thread

golden:  ## rewrite the golden fixtures from the PyTorch reference (needs PyTorch)
	@python3 Scripts/reference/golden.py

bench: build  ## measure performance as ratios to rooflines; BARS="products start" selects benchmarks
	@# SwiftPM does not recompile another package's targets when the members of our classes change.
	@touch Benchmarks/Sources/benchmarks/main.swift
	@$(SWIFT) run $(BUILD) --package-path Benchmarks benchmarks $(BARS)

format:  ## format the sources in place
	@git ls-files -z '*.swift' | xargs -0 $(SWIFT) format format --in-place --parallel

lint:  ## check format and documentation comments, strictly
	@git ls-files -z '*.swift' | xargs -0 $(SWIFT) format lint --strict --parallel
	@echo "lint: clean"

clean:  ## remove all build products
	rm -rf .build $(addprefix .build-,$(LEVELS)) .build-test .build-double .build-fuzz .build-address .build-thread Benchmarks/.build
