# `make help` lists the targets. Everything that is installed lands in .venv, .servers and .node, beside the sources.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PUBLIC ?= public

.PHONY: help run test test-compiled check format bench setup lock clean system-run system-test

help:  ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run system-run  ## Set up, crawl the starter list, judge it, build the site into public/
	@$(BIN)/tollhouse nightly --starter --out $(PUBLIC)

test: $(VENV)/.test system-test .servers/.ready .node/.ready  ## Set up and run every test
	@$(BIN)/pytest -q

test-compiled: .compiled/.ready .servers/.ready .node/.ready  ## Run the tests of the gate against the compiled wheel
	@cd .compiled/site && ../bin/python -m pytest -q tests/enforce tests/crawler/mcp

check: $(VENV)/.test  ## Format, lint and strict types, without changing anything
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet . && $(BIN)/mypy

format: $(VENV)/.test  ## Let ruff format and fix what it can
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(VENV)/.test .compiled/.ready system-test  ## Measure, as ratios side by side
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

setup: $(VENV)/.test  ## Install everything that development needs

lock: $(VENV)/.test  ## Choose the newest versions that fit together and pin them
	@$(BIN)/uv pip compile --quiet --universal --all-extras --group dev --no-annotate --no-header --no-emit-index-url \
		--python-version 3.11 --upgrade pyproject.toml --output-file constraints.txt

clean:  ## Remove everything that was installed or built here
	rm -rf $(VENV) .compiled .servers .node $(PUBLIC)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Tollhouse needs Python 3.11 or newer; set PYTHON=..." if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	@$(PIP) --editable '.[sandbox]'
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	@$(PIP) --editable '.[sandbox,queue,redis,train]' --group dev
	@touch $@ $(VENV)/.run

# The gate compiled, in an environment of its own, so that no compiled module ever hides its source.
.compiled/.ready: hatch_build.py pyproject.toml tests/compiled.py $(shell find crawler classifier enforce tests/enforce -name '*.py') $(VENV)/.test
	@echo "Compiling the gate ..."
	@$(BIN)/python tests/compiled.py .compiled && $(BIN)/python -m compileall -q .compiled/site/enforce .compiled/site/crawler && touch $@

# Real servers that the tests put behind the proxy, each in an environment of its own.
.servers/.ready: tests/servers.txt $(VENV)/.test
	@while read -r name packages; do \
		case "$$name" in ''|'#'*) continue ;; esac; \
		$(BIN)/uv venv --quiet --clear --no-project --python $(BIN)/python .servers/$$name && \
		$(BIN)/uv pip install --quiet --no-build --compile-bytecode --python .servers/$$name/bin/python $$packages || exit 1; \
	done < tests/servers.txt
	@touch $@

# Descriptions of other people's interfaces, against which the tests hold what we send and what the cassettes answer.
.node/.ready: tests/node.txt
	@if command -v npm >/dev/null 2>&1; then \
		echo "Installing the packages of tests/node.txt ..." && mkdir -p .node && \
		npm install --silent --no-audit --no-fund --ignore-scripts --prefix .node $$(grep -v '^\#' tests/node.txt) && touch $@; \
	else echo "npm is not installed; tests that need it will be skipped"; fi

# Programs that no Python package brings. Only root installs them; anybody else is told what is missing.
define apt_install
	@command -v $(1) >/dev/null 2>&1 || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
			echo "Installing $(2) ..."; \
			{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(2); } >/dev/null 2>&1 \
			|| echo "$(2) could not be installed; $(3)"; \
		else echo "$(1) is not installed; $(3) (Debian: apt-get install $(2))"; fi; }
endef

system-run:
	$(call apt_install,bwrap,bubblewrap,servers will be confined by Landlock or read without being run)

system-test: system-run
	$(call apt_install,podman,podman runc,the third kind of sandbox will not be tested)
	$(call apt_install,chromium,chromium,browser tests will be skipped)
	$(call apt_install,java,default-jre-headless,the checker of HTML will not run)
