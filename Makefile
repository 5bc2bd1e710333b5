# The whole workflow. `make demo` and `make test` set up what they need on a fresh machine.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-arrow build test test-gpu lint format docs bench bench-gpu check-resume demo size install clean doctor

PREFIX ?= /usr/local
# Where libtorch is or will be; nothing is fetched to find out.
LIBTORCH := $(shell scripts/setup.sh --print)
# SwiftPM drops the run path from a .pc, so it is passed here.
export PKG_CONFIG_PATH := $(LIBTORCH):$(PKG_CONFIG_PATH)
FLAGS = -c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error -Xlinker -rpath -Xlinker $(LIBTORCH)/torch/lib

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## fetch libtorch into a cache outside the checkout (a no-op the second time)
	@scripts/setup.sh

setup-arrow: ## fetch libarrow and compile the bridge to it, for Parquet and Arrow files (optional)
	@scripts/setup-arrow.sh

build: setup ## build .build/release/anneal
	swift build $(FLAGS)

test: setup ## set up everything, build, run every test
	swift build $(FLAGS) --build-tests
	swift test $(FLAGS) --skip-build

lint: ## check formatting and style
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Snippets

format: ## rewrite sources in the project's format
	swift format --in-place --recursive --parallel Package.swift Sources Tests Snippets

demo: build ## the main job on the embedded model: prepare, train, compare, samples
	.build/release/anneal quickstart --output demo --overwrite

docs: setup ## write docs/guide/recipe-reference.md from the table of recipe keys
	swift build $(FLAGS) --build-tests
	ANNEAL_WRITE_REFERENCE=1 swift test $(FLAGS) --skip-build --filter RecipeReference

bench: build ## LoRA on a true shape and real rows, beside the peers' script when their environment exists
	scripts/bench.sh

test-gpu: setup ## the tests that need a CUDA GPU; they are left out where there is none
	swift build $(FLAGS) --build-tests
	swift test $(FLAGS) --skip-build --filter GPUTests

bench-gpu: build ## LoRA and QLoRA of a 1 B shape on a CUDA GPU, beside PEFT
	SHAPE=Llama-3.2-1B TOKENS=4096 BATCH=4 scripts/bench.sh lora qlora

check-resume: build ## kill -9 at random moments, resume, compare bytes (MODEL=, DATA=)
	scripts/check-resume.sh $(MODEL) $(DATA)

install: build ## copy the executable and its resources below PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/anneal
	install -m 755 .build/release/anneal $(DESTDIR)$(PREFIX)/bin/anneal
	cp -R Resources/. $(DESTDIR)$(PREFIX)/share/anneal/

doctor: build ## what is here and what is missing
	.build/release/anneal doctor

size: ## lines a folder
	@for d in Sources/* Tests/*; do [ -d $$d ] && printf '%7d  %s\n' $$(find $$d -name '*.swift' -o -name '*.cpp' -o -name '*.h' -o -name '*.hpp' | xargs cat 2>/dev/null | wc -l) $$d; done; true

clean: ## remove build products
	rm -rf .build
