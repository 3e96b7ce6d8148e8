# Each target sets up what it needs: Python, make and the package registry are presumed, nothing else.

SHELL := bash
.SHELLFLAGS := -e -o pipefail -c
PYTHON ?= python3
BIN := .venv/bin
# pip's warnings help nobody here; its errors are still printed.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
PIP_INSTALL := -m pip install --quiet --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-clients test-qemu test-samples test-faults check bench bench-scale docs evidence lock clean system system-faults

help: ## print this table
	@awk -F ': .*## ' '/^[a-z-]+: .*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.installed ## start a server and play the sharing story with the official SDK
	@$(BIN)/localyun demo

test: system .venv/.installed tests/clients/node/node_modules ## run the whole test suite
	@$(BIN)/pytest -n 2

test-clients: .venv/.installed ## build Packer and others from their Go modules, and drive them
	@$(BIN)/python -m tools.clients
	@LOCALYUN_TEST_CLIENTS=1 $(BIN)/pytest -n 2 --timeout 600 tests/toolchains

test-qemu: system .venv/.installed ## boot real machines, and run the tests of what is on disks on real disks
	@LOCALYUN_TEST_QEMU=1 $(BIN)/pytest -n 2 --timeout 600 tests/machines tests/compute
	@$(BIN)/pytest -n 2 --timeout 600 --real-disks $(ON_REAL_DISKS)

ON_REAL_DISKS := $(addprefix tests/operations/test_, instances.py disks.py disk_attachments.py disk_changes.py \
	create_disk.py images.py copies.py create_image.py snapshots.py snapshot_life.py run_instances.py \
	replace_system_disk.py eips.py instance_upkeep.py key_pairs.py sharing.py community_images.py)

test-samples: .venv/.installed tests/clients/node/node_modules ## run the explorer's code in every language that is installed
	@LOCALYUN_TEST_SAMPLES=1 $(BIN)/pytest tests/samples

test-faults: system-faults .venv/.installed ## kill, cut, fill and turn whatever can be, and write down what came of it
	@LOCALYUN_TEST_FAULTS=1 $(BIN)/pytest -n 0 --timeout 600 tests/faults

check: .venv/.installed ## check format, lint and types, run the fast tests: before every commit
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy --strict src
	@$(BIN)/pytest -m "not slow" tests

bench: .venv/.installed .venv-bench/.installed ## measure against the raw server, the database, moto and Glance (nine minutes)
	@$(BIN)/python -m bench

bench-scale: .venv/.installed ## fill worlds of up to 1,000,000 images and measure how calls grow (ten minutes, 8 GB)
	@$(BIN)/python -m bench.growth

docs: .venv/.installed ## write the reference anew from the declarations
	@$(BIN)/python -m tools.reference

evidence: .venv/.installed ## run the whole suite and write down which published errors it provokes
	@$(BIN)/pytest -n 2 --record-evidence && $(BIN)/python -m tools.reference

# Run it on Python 3.11, the oldest that we support: the pins then suit 3.11 to 3.13 on Linux.
# A release is taken once it is a week old. `make lock UPGRADE=--upgrade` moves the pins.
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet $(UPGRADE) --generate-hashes \
	--strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	--pip-args=--uploaded-prior-to=P7D
GROUP := $(BIN)/python -c 'import sys, tomllib; \
	print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"][sys.argv[1]], sep="\n")'

pictures: .venv/.installed ## take the pictures of the console that the documentation shows
	@$(BIN)/python -m tools.pictures

lock: .venv/.installed ## pin what pyproject.toml asks for, with hashes
	@$(GROUP) dev | $(COMPILE) --all-extras --output-file requirements.lock pyproject.toml -
	@$(GROUP) bench | $(COMPILE) --output-file requirements-bench.lock -

clean: ## remove everything that was made here
	@rm -rf .venv .venv-bench tests/clients/node/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist bench/out
	@find . -name __pycache__ -prune -exec rm -rf {} +

define new_environment
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "localyun needs Python 3.11 or newer; name one with: make PYTHON=python3.12" >&2; exit 1; }
@echo "Setting up $(1) in $(@D); this takes about a minute."
@rm -f $@
@$(PYTHON) -m venv $(@D)
endef

# setuptools comes first because one client is published as source only and is built with it.
.venv/.installed: requirements.lock pyproject.toml
	$(call new_environment,localyun)
	@sed -n '/^setuptools==/,/[^\\]$$/p' requirements.lock \
		| $(BIN)/python $(PIP_INSTALL) --require-hashes -r /dev/stdin
	@$(BIN)/python $(PIP_INSTALL) --require-hashes --no-build-isolation -r requirements.lock
	@$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv-bench/.installed: requirements-bench.lock
	$(call new_environment,the peers to measure against)
	@.venv-bench/bin/python $(PIP_INSTALL) --require-hashes -r requirements-bench.lock
	@touch $@

# The SDKs for Node; where there is no npm, or it reaches no registry, their tests are skipped and say so.
tests/clients/node/node_modules: tests/clients/node/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Setting up the SDKs for Node."; \
		npm --prefix $(@D) ci --silent --ignore-scripts --no-audit --no-fund && touch $@ \
			|| { rm -rf $@; echo "npm can't fetch the SDKs for Node: their tests are skipped." >&2; }; \
	fi

# What a machine of the tests is made of and run with: program, and the package that it comes with.
GUEST_TOOLS := qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils busybox:busybox-static \
	dropbear:dropbear-bin syslinux:syslinux mcopy:mtools mke2fs:e2fsprogs ssh:openssh-client
# Unpacked, never installed: cloud-init would configure this machine.
CLOUD_INIT := cloud-init $(addprefix python3-,certifi chardet configobj idna jinja2 markupsafe netifaces oauthlib \
	requests six urllib3 yaml)

# The durability test traces system calls, the console is tried in a browser, the store on a PostgreSQL server
# of the tests' own; on a CI machine, where we are root, all are fetched. The package itself starts no server.
system:
	@if [ "$$LOCALYUN_CI" = 1 ] && [ "$$(id -u)" = 0 ]; then \
		missing=$$(command -v strace >/dev/null || echo strace; \
			command -v chromium >/dev/null || echo chromium fonts-noto-cjk; \
			compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || echo postgresql; \
			for tool in $(GUEST_TOOLS); do \
				command -v "$${tool%:*}" >/dev/null || echo "$${tool#*:}"; \
			done); \
		if [ -n "$$missing" ]; then \
			echo "Installing" $$missing; \
			install -d /etc/postgresql-common; \
			[ -e /etc/postgresql-common/createcluster.conf ] \
				|| echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
				apt-get install -qq -y --no-install-recommends -o Dpkg::Options::=--force-confold \
				$$missing >/dev/null; \
		fi; \
		guest="$$HOME/.cache/localyun/guest"; \
		if ! compgen -G "$$guest/boot/vmlinuz-*" >/dev/null; then \
			echo "Unpacking a kernel and cloud-init for the machines of the tests"; \
			install -d -m 755 "$$guest" && cd "$$guest"; \
			apt-cache show linux-image-cloud-amd64 >/dev/null 2>&1 || apt-get update -qq; \
			kernel=$$(apt-cache depends linux-image-cloud-amd64 | sed -n '0,/.*Depends: /s///p') || true; \
			apt-get -qq -o APT::Sandbox::User=root download "$$kernel" $(CLOUD_INIT) \
				&& for package in *.deb; do dpkg-deb -x "$$package" .; done && rm -f *.deb \
				|| echo "No kernel could be fetched: the tests of machines are skipped." >&2; \
		fi; \
	fi

# What the tests of faults need beside that: a compiler for what slows a disk down and turns a clock, network
# namespaces for several hosts, and what makes a cluster of databases.
system-faults: system
	@if [ "$$LOCALYUN_CI" = 1 ] && [ "$$(id -u)" = 0 ]; then \
		missing=$$(command -v gcc >/dev/null || echo gcc libc6-dev; \
			command -v ip >/dev/null || echo iproute2; \
			command -v patroni >/dev/null || echo patroni; \
			command -v etcd >/dev/null || echo etcd-server); \
		if [ -n "$$missing" ]; then \
			echo "Installing" $$missing; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
				apt-get install -qq -y --no-install-recommends $$missing >/dev/null; \
		fi; \
	fi
