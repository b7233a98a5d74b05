# The two commands of the README are `make run` and `make test`; both install what the system lacks.

SHELL := /bin/bash
# Software rendering where there is no graphics card, so that tests give the same pictures everywhere.
# Looked up when it is used: on a fresh machine the driver is installed by then.
LAVAPIPE = $(shell ls /usr/share/vulkan/icd.d/lvp_icd*.json 2>/dev/null | head -n 1)
SOFTWARE = $(if $(LAVAPIPE),VK_DRIVER_FILES=$(LAVAPIPE))
# Where cargo puts what it builds, for those who have it put elsewhere.
TARGET := $(or $(CARGO_TARGET_DIR),target)
SAMPLE := assets/samples/coffee.png

# Vulkan loader and Mesa's software driver for drawing; X and keyboard libraries that winit loads at run time;
# a virtual screen for the window test.
PACKAGES := gcc libc6-dev libvulkan1 mesa-vulkan-drivers libx11-6 libx11-xcb1 libxcursor1 libxi6 libxrandr2 \
	libxkbcommon0 libxkbcommon-x11-0
TEST_PACKAGES := $(PACKAGES) xvfb xdotool

.PHONY: run demo test bench deps test-deps screenshots

run: deps
	cargo build --release
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" != Linux ]; then $(TARGET)/release/tie-studio $(SAMPLE); \
	else echo "There is no display here for the window. \"make demo\" shows what it does as a page and pictures instead."; fi

# Six edits of the samples as one page, for machines without a display.
demo: deps
	cargo build --release
	tests/demo.sh $(TARGET)/release/tie-studio $(TARGET)/demo

test: test-deps
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --lib --quiet
	$(SOFTWARE) cargo test --workspace
	$(SOFTWARE) tests/end_to_end.sh $(TARGET)/debug/tie-studio
	$(SOFTWARE) tests/window.sh $(TARGET)/debug/tie-studio

bench: deps
	cargo bench
	cargo build --release
	benches/fill/run.sh $(TARGET)/release/tie-studio

screenshots: test-deps
	$(SOFTWARE) cargo run --example screenshots

deps:
	@tests/install_packages.sh $(PACKAGES)

test-deps:
	@tests/install_packages.sh $(TEST_PACKAGES)

