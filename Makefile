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
# What `sfg --version` names; a + marks sources that are not committed.
COMMIT := $(shell git rev-parse --short HEAD 2>/dev/null)$(shell git diff --quiet HEAD -- Sources Package.swift 2>/dev/null || echo +)
build portable: export SFG_COMMIT := $(COMMIT)
PREFIX ?= /usr/local
VERSION = $(shell sed -n 's/.*static let version = "\(.*\)"/\1/p' Sources/sfg/Runs/TrainingJob.swift)

.PHONY: help setup build portable share install uninstall deb reference demo test check-gradients check-bits check-arrows fuzz sanitize golden bench format lint clean

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

# Man pages and completions, which the program describes itself.
MANUAL := .build-manual
share: build
	@Scripts/share $(SFG) .build/share $(MANUAL)

install: share  ## install program, man pages and completions below PREFIX (/usr/local); respects DESTDIR
	@Scripts/install .build/release/sfg .build/share "$(DESTDIR)$(PREFIX)"

uninstall:  ## remove what install installed below PREFIX
	rm -f "$(DESTDIR)$(PREFIX)"/bin/sfg "$(DESTDIR)$(PREFIX)"/share/man/man1/sfg.1 "$(DESTDIR)$(PREFIX)"/share/man/man1/sfg.*.1 \
	  "$(DESTDIR)$(PREFIX)"/share/bash-completion/completions/sfg "$(DESTDIR)$(PREFIX)"/share/zsh/site-functions/_sfg \
	  "$(DESTDIR)$(PREFIX)"/share/fish/vendor_completions.d/sfg.fish

deb: portable  ## build a Debian package of the portable program: .build/deb
	@Scripts/share $(PORTABLE)/bin/sfg .build/share $(MANUAL)
	@Scripts/deb $(PORTABLE) .build/share $(VERSION) .build/deb

reference: build  ## write the pages of the reference that the program prints
	@Scripts/reference-pages $(SFG) Documentation/reference

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
	rm -rf .build $(addprefix .build-,$(LEVELS)) .build-test .build-double .build-manual .build-fuzz .build-address .build-thread Benchmarks/.build
