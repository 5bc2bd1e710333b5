# The whole workflow. `make demo` and `make test` set up what they need on a fresh machine.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build test lint format docs bench demo size install clean doctor

PREFIX ?= /usr/local
LIBTORCH = $(shell scripts/setup.sh 2>/dev/null | tail -n 1)
# SwiftPM drops the run path from a .pc, so it is passed here.
export PKG_CONFIG_PATH := $(LIBTORCH):$(PKG_CONFIG_PATH)
FLAGS = -c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error -Xlinker -rpath -Xlinker $(LIBTORCH)/torch/lib

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## fetch libtorch into a cache outside the checkout (a no-op the second time)
	@scripts/setup.sh

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

doctor: build ## what is here and what is missing
	.build/release/anneal doctor

size: ## lines a folder
	@for d in Sources/* Tests/*; do [ -d $$d ] && printf '%7d  %s\n' $$(find $$d -name '*.swift' -o -name '*.cpp' -o -name '*.h' -o -name '*.hpp' | xargs cat 2>/dev/null | wc -l) $$d; done; true

clean: ## remove build products
	rm -rf .build
