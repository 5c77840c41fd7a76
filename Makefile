# Two commands for everybody:
#   make demo    install what the build needs, build, and look at captures of real servers
#   make test    install what the tests need, and run them all
# `make help` lists the others.

CARGO  ?= cargo
PYTHON ?= python3

# Cargo as rustup installs it, in a shell that was opened before.
export PATH := $(PATH):$(HOME)/.cargo/bin
# This folder's own target is where `make compare` looks, unless CARGO_TARGET_DIR says otherwise.
CARGO_TARGET_DIR ?= target
export CARGO_TARGET_DIR

FTPSCOPE := $(CARGO_TARGET_DIR)/release/ftpscope

.PHONY: demo test help build unit compare check format lint doc core deny bench fuzz peers soak rates golden pictures record manual deb static archive

# What `make` alone does.
help:
	@echo 'make demo     install what the build needs, build, and analyse captures of real servers'
	@echo 'make test     install what the tests need, and run them all'
	@echo
	@echo 'make check    formatting, lints, documentation, features left out, licences'
	@echo 'make compare  compare ftpscope with tshark on every capture (part of make test)'
	@echo 'make bench    measure the pipeline and its stages'
	@echo 'make fuzz     fuzz each target for a minute: make fuzz TARGETS="packets filter" SECONDS=1800'
	@echo 'make peers    measure beside tcpdump, tshark and Suricata'
	@echo 'make soak     as root: sniff real traffic for 20 minutes, and see that memory does not grow'
	@echo 'make rates    measure the packet rate that is captured without loss, as root'
	@echo 'make deb      a package for Debian and Ubuntu, with man pages and completions'
	@echo 'make static   one file that runs on any Linux'
	@echo 'make manual   the man pages and completions alone, in target/manual'
	@echo 'make archive  the crate as it would be published, built from its archive'
	@echo 'make golden   write all expected outputs anew: captures, README.md, docs, pictures'
	@echo 'make pictures draw the pictures of README.md anew'
	@echo 'make record   record captures anew, as root: make record NAMES="upload-vsftpd ..."'

# Shows a command line of ftpscope, then runs it.
define show
@printf '\n$$ ftpscope %s\n' '$(1)'
@$(FTPSCOPE) $(1)
endef

demo:
	@tools/install cc libpcap
	$(CARGO) build --release --locked
	@printf '\n-- 1. A session that works: commands, replies, and the data channel in its place.\n'
	$(call show,analyze captures/passive-download-vsftpd/capture.pcap)
	@printf '\n-- 2. Several captures as one, as a log of transfers.\n'
	$(call show,analyze --format log captures/upload-*/capture.pcap)
	@printf '\n-- 3. Two captures of one failure, at the client and at the server: the top alone.\n'
	$(call show,analyze --summary captures/active-blocked-by-client-firewall-*/capture.pcap)
	@printf '\n-- 4. A failed data channel, its cause, the frames that prove it, and what to do.\n'
	$(call show,analyze captures/pasv-private-address-nat-client-side/capture.pcap)
	@printf '\nNow yours: %s analyze FILE...\n' '$(FTPSCOPE)'

test: unit compare

build:
	@tools/install cc libpcap
	$(CARGO) build --release --locked

unit:
	@tools/install cc libpcap
	@tools/install --for-root ip ethtool setcap tcpdump curl vsftpd
	$(CARGO) test --locked --no-fail-fast

compare: build
	@tools/install cc libpcap tshark python3
	$(PYTHON) tests/compare/test_compare.py
	$(PYTHON) tests/compare/compare.py
	$(CARGO) build --locked --example generate
	for kind in chatty lossy; do \
	    mkdir -p $(CARGO_TARGET_DIR)/generated/$$kind && $(CARGO_TARGET_DIR)/debug/examples/generate \
	        $$kind 2MB $(CARGO_TARGET_DIR)/generated/$$kind/capture.pcap >/dev/null || exit; \
	done
	$(PYTHON) tests/compare/compare.py --torn --captures $(CARGO_TARGET_DIR)/generated

check: format lint doc core deny

format:
	$(CARGO) fmt --check

lint:
	$(CARGO) clippy --locked --all-targets -- -D warnings

# Private items too: their links must hold as well.
doc:
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --no-deps --lib --document-private-items

# The engine needs neither a command line nor a terminal, and these need no interfaces.
core:
	$(CARGO) clippy --locked --lib --no-default-features -- -D warnings
	$(CARGO) clippy --locked --no-default-features --features cli -- -D warnings
	$(CARGO) clippy --locked --no-default-features --features dashboard -- -D warnings

# Advisories are not checked: their list has to be fetched, and may change without a commit here.
deny:
	@if $(CARGO) deny --version >/dev/null 2>&1; then \
	    set -x; $(CARGO) deny --locked check licenses bans sources; \
	else \
	    echo 'deny: skipped, cargo-deny is not installed (cargo install --locked cargo-deny)'; \
	fi

bench:
	@tools/install cc libpcap
	$(CARGO) bench --locked

TARGETS ?= packets pcap pcapng control endpoints tls_records key_log filter
SECONDS ?= 60

# libFuzzer, for longer than `make test` does it (tests/fuzzed.rs). Without a sanitizer, since there
# is nothing unsafe to be found: only what the targets assert.
fuzz:
	@$(CARGO) +nightly fuzz --version >/dev/null 2>&1 || { \
	    echo 'fuzz: needs a nightly toolchain and cargo-fuzz:'; \
	    echo '  rustup toolchain install nightly && cargo install --locked cargo-fuzz'; exit 2; }
	cd fuzz && $(CARGO) run --quiet --example seeds
	cd fuzz && for target in $(TARGETS); do \
	    $(CARGO) +nightly fuzz run --sanitizer none --debug-assertions $$target -- \
	        -dict=corpus/words.dict -max_len=12000 -timeout=30 -max_total_time=$(SECONDS) \
	        -print_final_stats=1 || exit; \
	done

peers:
	@tools/install cc libpcap tshark python3
	benches/peers.sh

soak:
	@tools/install cc libpcap python3
	@tools/install --for-root ip vsftpd curl
	benches/soak.sh

# Root, network namespaces, tcpdump and tcpreplay.
rates: build
	@tools/install --for-root ip tcpdump tcpreplay python3
	$(CARGO) build --release --locked --example generate
	$(PYTHON) benches/live.py

# From the definition of the arguments.
manual:
	@tools/install cc libpcap
	$(CARGO) run --quiet --locked --example manual -- target/manual

deb: manual
	@$(CARGO) deb --version >/dev/null 2>&1 || { \
	    echo 'deb: cargo-deb is missing: cargo install --locked cargo-deb'; exit 2; }
	packaging/build
	$(CARGO) deb --locked --no-build

static:
	@tools/install cc libpcap
	packaging/build --static

# What `cargo install ftpscope` would get.
archive:
	@tools/install cc libpcap
	$(CARGO) package --locked --allow-dirty

golden:
	@tools/install cc libpcap
	UPDATE_GOLDEN=1 $(CARGO) test --locked --test golden --test readme --test pictures
	UPDATE_GOLDEN=1 $(CARGO) test --locked --lib dashboard::config
	git diff --stat -- captures README.md docs

# From the program itself, in a terminal model.
pictures:
	@tools/install cc libpcap
	UPDATE_GOLDEN=1 $(CARGO) test --locked --test pictures
	git diff --stat -- docs/pictures

# Root, network namespaces, and the software that captures/record/install.sh installs.
record:
	@test -n '$(NAMES)' || { $(PYTHON) captures/record --list; echo 'make record NAMES="..."'; exit 2; }
	$(PYTHON) captures/record $(NAMES)
