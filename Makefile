# make run · make test · make walk · make lint · make audit · make bench · make lock
# PORT=8001 serves elsewhere than on port 8000; DATABASE_URL=… uses a PostgreSQL of yours instead of the embedded one.

.PHONY: run test walk lint audit lock
.PHONY: bench messages
.SILENT:
SHELL := /bin/sh

# The newest that can make an environment; failing that any, which says what it lacks.
PYTHON ?= $(shell for lacking in 'import sys, venv, ensurepip' 'import sys'; do \
	for python in python3.13 python3.12 python3.11 python3; do \
		$$python -c "$$lacking; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && echo $$python && exit; \
	done; done; command -v python3)
ifeq ($(PYTHON),)
$(error Il faut Python 3.11 ou plus récent, et il n’y a aucun python3 sur cette machine : installez-le)
endif
INSTALL = $(PYTHON) crealead/bootstrap.py
MANAGE = .venv/bin/python manage.py

run:
	$(INSTALL) requirements.txt
	exec $(MANAGE) serve --stop-with-parent

test:
	$(INSTALL) requirements-dev.txt
	# What is compiled is kept, whatever the environment says: each worker and each command would do it again.
	CHROMIUM="$$(.venv/bin/python -m tests.chromium)" PYTHONDONTWRITEBYTECODE= \
		exec .venv/bin/python -m pytest -n auto

# Every page of the product, in a browser and through the Nu checker (docs/testing.md).
walk:
	$(INSTALL) requirements-dev.txt
	CHROMIUM="$$(.venv/bin/python -m tests.chromium)" PYTHONDONTWRITEBYTECODE= \
		exec .venv/bin/python -m pytest -m walk tests/walk

lint:
	$(INSTALL) requirements-dev.txt
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check
	.venv/bin/lint-imports --no-cache
	.venv/bin/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	set -a; . docs/deployment/crealead.env; SECRET_KEY=$$(od -An -N40 -tx1 /dev/urandom | tr -d ' \n') \
		$(MANAGE) check --deploy --fail-level WARNING

# Known holes of the locked dependencies; without a network it says that it couldn't look.
audit:
	$(PYTHON) .ci/audit.py

# SIZES="300 12000" measures those numbers of fiches alone; all four take about twenty minutes.
bench:
	$(INSTALL) requirements.txt
	exec $(MANAGE) bench $(SIZES)

# What Django says in French, after a change in its django.po; the compiled file is kept beside it.
messages:
	$(INSTALL) requirements-dev.txt
	.venv/bin/pybabel -q compile --domain django --locale fr --directory locale
	.venv/bin/pybabel -q compile --domain djangojs --locale fr --directory locale

# The locked requirements, for every platform, after a change in pyproject.toml.
LOCK = .venv/bin/python -m uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	--no-emit-index-url
lock:
	$(INSTALL) requirements-dev.txt
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) pyproject.toml --group dev --output-file requirements-dev.txt --constraint requirements.txt
	$(LOCK) --group embedded --output-file requirements-embedded.txt --constraint requirements-dev.txt
