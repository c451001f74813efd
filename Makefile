# make          builds build/mailprobe
# make demo     installs packages, builds, runs the main job against the embedded lab, writes out/report.html
# make test     installs packages, builds twice (release; ASan and UBSan), runs every test, the real servers and the fuzzers
# make install  PREFIX=/usr/local
# make tidy     clang-tidy over everything; make format; make bench
SHELL := /bin/bash
BUILD := build
SANITIZED := build-sanitized
JOBS := $(shell nproc)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 300

.PHONY: all demo test install tidy format bench fuzz packages clean
all: packages
	@cmake --preset release -DMAILPROBE_TESTS=OFF >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) mailprobe

packages:
	@tools/packages build

demo: all
	@tools/demo $(BUILD)/mailprobe

test:
	@tools/test

install: all
	@cmake --install $(BUILD) --prefix $(PREFIX)

tidy:
	@tools/packages test
	@cmake --preset sanitized >/dev/null
	@tools/tidy all

format:
	@git ls-files '*.h' '*.cpp' | xargs clang-format-19 -i

bench:
	@tools/packages bench
	@cmake --preset release -DMAILPROBE_TESTS=ON >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) mailprobe auth_bench senders
	@tests/bench/run $(BUILD)/mailprobe
	@tests/bench/auth $(BUILD)/tests/auth_bench
	@tests/bench/inspect $(BUILD)/mailprobe
	@tests/bench/report $(BUILD)/mailprobe
	@tests/bench/receive $(BUILD)/mailprobe $(BUILD)/tests/senders
	@tests/bench/suites $(BUILD)/mailprobe

fuzz:
	@tools/fuzz $(SANITIZED) $(FUZZ_SECONDS)

clean:
	@rm -rf $(BUILD) $(SANITIZED) out
