# Yijian. `make help` lists the targets.
SHELL := /bin/bash
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-postgresql nightly check rules docs shots bench bench-gateway bench-history bench-log bench-reminders bench-web bench-casework bench-draws bench-inspections bench-reporting clean

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

.venv/.ready: pyproject.toml uv.lock
	@test -x .venv/bin/python || python3 -m venv .venv
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip -q
	@test -x .venv/bin/uv || .venv/bin/python -m pip install -q --disable-pip-version-check 'uv>=0.9'
	.venv/bin/uv sync --frozen --inexact --quiet
	@touch $@

src/yijian/web/static/vendor/.ready: package.json package-lock.json $(wildcard src/yijian/web/assets/*)
	npm ci --silent --no-audit --no-fund
	npm run --silent build
	@touch $@

setup: .venv/.ready src/yijian/web/static/vendor/.ready ## Python packages and the pages' assets; leaves .venv/bin/yijian

demo: setup ## invent a pooling area, judge it, and serve the pages at 127.0.0.1:8000
	.venv/bin/yijian demo

test: setup ## all tests; those that need Spark or PostgreSQL are skipped by name where it is not installed
	$(PY) -m pytest -n auto --dist loadfile -q

test-postgresql: setup ## the tests of the pages once more, with their database in a private PostgreSQL
	$(PY) -m tests.postgresql $(PY) -m pytest -n auto --dist loadfile -q tests/web

nightly: setup ## hours: 100,000 encounters before, during and after settlement, and long fuzzing of the gateway
	YIJIAN_REPLAY=$${YIJIAN_REPLAY:-100000} $(PY) -m pytest -q tests/gateway/test_same_answer.py
	YIJIAN_FUZZ=$${YIJIAN_FUZZ:-1000} $(PY) -m pytest -q -n auto tests/gateway/test_gateway_fuzz.py tests/gateway/test_gateway_schema.py

check: setup ## lint, types, import contracts, rule checks
	.venv/bin/uv sync --frozen --inexact --quiet --extra spark
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/pyright
	.venv/bin/lint-imports
	.venv/bin/yijian rules check

rules: setup ## check and test every rule
	.venv/bin/yijian rules check
	.venv/bin/yijian rules test

shots: setup ## pictures of every page into docs/screenshots, from the demo
	.venv/bin/yijian demo --no-serve
	$(PY) docs/screenshots.py

docs: setup ## write the reference pages that follow from declarations
	.venv/bin/yijian docs docs/reference

bench: setup ## measure speed and memory against named alternatives, as a table
	.venv/bin/uv sync --frozen --inexact --quiet --group bench --extra spark
	$(PY) -m bench

bench-gateway: setup ## the gateway under load on loopback, beside zen-engine, as a table
	.venv/bin/uv sync --frozen --inexact --quiet --group bench
	$(PY) -m bench.gateway

bench-history: setup ## what one person's history costs a request, from the home's file and from PostgreSQL
	.venv/bin/uv sync --frozen --inexact --quiet --group bench
	$(PY) -m bench.history

bench-reminders: setup ## a million reminders: loading them and each of their pages, as a table
	$(PY) -m bench.reminders

bench-web: setup ## a million findings and 200,000 reviews: loading them and each page of the desk, on SQLite and on PostgreSQL
	$(PY) -m bench.web
	$(PY) -m bench.web --postgresql

bench-casework: setup ## a million tips, leads and cases: each of their pages, on SQLite and on PostgreSQL; a volume of 200 pages
	$(PY) -m bench.casework
	$(PY) -m bench.casework --postgresql

bench-draws: setup ## drawing from 100,000 objects, beside a draw by numpy that nobody can recompute by hand
	$(PY) -m bench.draws

bench-inspections: setup ## the coverage of 100,000 institutions, beside one SQL statement written by hand
	$(PY) -m bench.inspections

bench-reporting: setup ## statistical forms over 2,000 institutions and 24 months, beside one question a figure; closing a month
	$(PY) -m bench.reporting
	$(PY) -m bench.reporting --postgresql

bench-log: setup ## writing, checking and searching the audit log, as a table
	$(PY) -m bench.audit_log

clean: ## remove what the targets made
	rm -rf .venv node_modules src/yijian/web/static/vendor yijian-home bench-home
