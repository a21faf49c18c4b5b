# What there is to do; `make help` lists it.
SWIFT ?= swift
SFG := .build/release/sfg
# `make build TRAITS=ISAL` inflates with ISA-L; so do test and bench.
TRAITS ?=
BUILD := -c release $(if $(TRAITS),--traits $(TRAITS))
# Optimised tests: kernels in debug Swift are tens of times slower. Each flavour has a folder of its own, so that
# switching between them rebuilds nothing.
TEST := $(SWIFT) test $(BUILD) -Xswiftc -enable-testing
DOUBLE := $(TEST) -Xswiftc -DSFG_DOUBLE --scratch-path .build-double

.DEFAULT_GOAL := help
.PHONY: help setup build demo test check-gradients check-bits check-arrows fuzz sanitize golden bench format lint clean

help: ## list the targets
	@awk -F ':.*## *' '/^[a-z-]+:.*##/ {printf "%-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## install the system packages that are missing
	@Scripts/setup $(if $(findstring ISAL,$(TRAITS)),libisal-dev)

build: setup  ## build the release binary, .build/release/sfg
	@$(SWIFT) build $(BUILD) --product sfg

demo: build  ## synthesise 200,000 rows, train FM in both paradigms, evaluate and draw both analyses
	@Scripts/demo $(SFG)

test: setup build  ## run every test, optimised
	@$(TEST) --scratch-path .build-test

check-gradients: setup  ## compare every gradient with central differences and PyTorch's, in double precision
	@$(DOUBLE) --filter 'ModelsTests|TrainingTests'

check-bits: build  ## compare weights, metrics and predictions of every kind of model with recorded checksums
	@Scripts/check-bits $(SFG)

check-arrows:  ## check that the folders of each target depend on one another in one direction only
	@Scripts/check-arrows

fuzz: setup  ## feed 10 million changed inputs to every reader, under libFuzzer and AddressSanitizer
	@Scripts/fuzz runs 10000000

sanitize: setup  ## run every test under AddressSanitizer, then under ThreadSanitizer
	@Scripts/sanitize address
	@Scripts/sanitize thread

golden:  ## rewrite the golden fixtures from the PyTorch reference (needs PyTorch)
	@python3 Scripts/reference/golden.py

bench: build  ## print each bar as a ratio beside its roof; BARS="products start" chooses some
	@# Another package's targets are not compiled anew when a class of ours gets other members.
	@touch Benchmarks/Sources/benchmarks/main.swift
	@$(SWIFT) run $(BUILD) --package-path Benchmarks benchmarks $(BARS)

format:  ## rewrite the sources in the project's format
	@git ls-files -z '*.swift' | xargs -0 $(SWIFT) format format --in-place --parallel

lint:  ## check format and documentation, strictly
	@git ls-files -z '*.swift' | xargs -0 $(SWIFT) format lint --strict --parallel
	@echo "lint: clean"

clean:  ## remove what was built
	rm -rf .build .build-test .build-double .build-fuzz .build-address .build-thread Benchmarks/.build
