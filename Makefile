# make run     the platform on http://127.0.0.1:8000, with demo data (PORT=… DATA=… to move it)
# make install the environment alone: then .venv/bin/lms
# make test    every test that needs no browser, on SQLite
# make check   what CI runs: lint, types, tests on SQLite and PostgreSQL, the browser journey, the example plugin
# make content  what an editor would find in the courses, and spelling (needs Hunspell)
# make bench   what a page costs, beside a bare Flask page
# make lock    renew the hashed lists of packages

PY   ?= python3
PORT ?= 8000
DATA ?= instance
V    := .venv
B    := $(V)/bin
INSTALL := $(PY) -m pip --python $(B)/python install -q --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r

.PHONY: install run test check lint types test-postgresql test-browser test-plugins content bench lock clean

run: $(V)/.run
	@LMS_PORT=$(PORT) LMS_DATA=$(DATA) $(B)/lms demo run

install: $(V)/.run

test: $(V)/.dev
	$(B)/python -m pytest -q -m "not browser"

check: lint types content test test-postgresql test-plugins test-browser

lint: $(V)/.dev
	$(B)/ruff check .
	$(B)/ruff format --check .

types: $(V)/.dev
	$(B)/mypy

test-postgresql: $(V)/.dev
	LMS_TEST_DATABASE=postgresql $(B)/python -m pytest -q -m "not browser"

test-browser: $(V)/.browser
	$(B)/python -m pytest -q -m browser tests

test-plugins: $(V)/.dev
	$(B)/python scripts/check_plugins.py

content: $(V)/.run
	$(B)/lms content check course_content
	$(B)/lms content spell course_content lms

bench: $(V)/.dev
	$(B)/python bench/run.py

lock:
	for set in "pyproject.toml --extra postgresql -o requirements.lock" \
	           "--group dev -c requirements.lock -o requirements-dev.lock" \
	           "--group browser -c requirements.lock -o requirements-browser.lock"; do \
	  uv pip compile $$set --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" --upgrade -q; done

clean:
	rm -rf $(V) build dist

# Debian ships python3 without ensurepip; pip can install into a bare environment from outside.
$(V)/.run: requirements.lock Makefile
	@$(PY) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is %d.%d" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "Preparing $(V) …"
	@test -x $(B)/python || $(PY) -m venv --without-pip $(V)
	@$(INSTALL) requirements.lock
	@echo "$(CURDIR)" > "$$($(B)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/sauat.pth"
	@printf '#!%s\nfrom lms.cli import main\nmain()\n' "$(CURDIR)/$(B)/python" > $(B)/lms && chmod +x $(B)/lms
	@touch $@

$(V)/.dev: $(V)/.run requirements-dev.lock
	@$(INSTALL) requirements-dev.lock
	@touch $@

$(V)/.browser: $(V)/.dev requirements-browser.lock
	@$(INSTALL) requirements-browser.lock
	@touch $@
