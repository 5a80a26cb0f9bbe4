# What people type. Each target calls a script in tools/ or a CMake preset, which can be used directly as well.

PREFIX ?= /usr/local

.PHONY: help demo program build test lint fuzz install bench bench-features bench-serve bench-truth clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: program  ## install what is missing, build the program, run both examples
	@tools/demo

program:  ## install what is missing, build the program alone
	@tools/setup
	@tools/build release asof

build:  ## install what is missing, build the program and its tests
	@tools/setup
	@tools/build

test:  ## install what is missing, build, run every test
	@tools/setup
	@tools/test

lint:  ## format, clang-tidy and layer check
	@tools/setup lint
	@tools/lint

fuzz:  ## give the readers of definitions and times a minute of random texts each
	@tools/fuzz

bench: bench-features bench-serve bench-truth  ## every benchmark

bench-features: program  ## the feature engine beside its peers: values compared, then time and memory (docs/benchmarks.md)
	@tools/bench_features

bench-serve: program  ## the live server beside Python services: answers compared, then requests per second and latencies
	@tools/bench_serve

bench-truth: program  ## how close training comes to the true probabilities of the simulated lender
	@tools/bench_truth

install: program  ## copy the program and its libraries to PREFIX (default /usr/local); the tree can be moved
	@cmake --install build/release --prefix "$(PREFIX)"

clean:  ## remove what was built (downloaded libraries stay in .deps)
	rm -rf build
