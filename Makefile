# One command each: make run, make test, make check. See README.md.

PYTHON ?= python3
ARGS ?=
VENV := .venv
TRAIN := .venv-train
BUNDLE := .venv-bundle
BIN := $(VENV)/bin
SAID := $(patsubst %,../../%,$(wildcard desktop/emotion_model.py desktop/registry.py desktop/settings.py $(addprefix desktop/,$(addsuffix /*.py,capture exports report store ui workers)) models/*.py))
# What takes the English of a sentence (models/errors.py) as its first argument:
ALIASES := tr+=said,tr+=CaptureError,tr+=SourceLostError,tr+=ModelError,tr+=StoreError,tr+=UnknownSessionError,tr+=ExportError,tr+=ImportFileError,tr+=ReportError,tr+=SettingsError,tr+=RegistryError
LUPDATE := -locations none -no-obsolete -source-language en -tr-function-alias $(ALIASES)
# What `make model` learns from, and where it works; VOTES= for data without votes.
DATA ?= ../shared/data/fer2013/fer2013.csv.xz
VOTES ?= ../shared/data/fer2013/fer2013new.csv
RUN ?= runs/emotion
RUNS = $(dir $(RUN))
export YOLO_OFFLINE ?= 1
export YOLO_AUTOINSTALL ?= false

.PHONY: run test chaos check format translations train-env test-training model bundle test-bundle bundle-speed release-files lock clean help

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: $(VENV)/.app ## install if need be, then start: the camera if there is one, else the demo classroom
	@$(BIN)/classmood $(ARGS)

test: $(VENV)/.dev ## install if need be, then run the tests
	$(BIN)/python -m pytest -m "not training and not chaos and not bundle" --cov --cov-report=term:skip-covered $(ARGS)

chaos: $(VENV)/.dev ## the long form of what breaks things: kills, full disks, lost cameras (docs/reliability.md)
	$(BIN)/python -m pytest -m chaos -rP --durations=0 $(ARGS)

check: $(VENV)/.dev ## ruff, mypy --strict, import-linter, pip-audit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/audit

format: $(VENV)/.dev ## let ruff write the code's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

translations: $(VENV)/.dev ## collect the window's and the report's texts and compile the translations
	cd assets/translations && ../../$(BIN)/pyside6-lupdate $(SAID) -ts classmood_uk.ts $(LUPDATE) -target-language uk
	cd assets/translations && ../../$(BIN)/pyside6-lupdate $(SAID) -ts classmood_en.ts $(LUPDATE) -target-language en -pluralonly
	cd assets/translations && ../../$(BIN)/pyside6-lrelease classmood_en.ts classmood_uk.ts

train-env: $(TRAIN)/.installed ## the workshop's own environment, with torch

# glibc keeps what a step of training needs and does not give it back after each
model: export MALLOC_MMAP_MAX_ = 0
model: export MALLOC_TRIM_THRESHOLD_ = 8000000000
model: export MALLOC_TOP_PAD_ = 268435456
model: $(RUN)/faces.npz ## data to a judged and registered ONNX file (DATA=... VOTES=... RUN=..., training/README.md)
	set -e; for recipe in yolov8s taught face-mobilenet mentored; do \
		$(TRAIN)/bin/python -m training train --data $< --recipe $$recipe --run $(RUNS)$$recipe $(ARGS); \
		$(TRAIN)/bin/python -m training export --data $< --run $(RUNS)$$recipe --out $(RUNS)$$recipe/emotion.onnx; \
	done
	$(TRAIN)/bin/python -m training train --data $< --recipe shipped --run $(RUN) $(ARGS)
	$(TRAIN)/bin/python -m training export --data $< --run $(RUN) --out $(RUN)/emotion.onnx
	$(TRAIN)/bin/python -m training evaluate --data $< --model $(RUN)/emotion.onnx --out $(RUN)
	$(TRAIN)/bin/python -m training register --data $< --run $(RUN)

$(RUN)/faces.npz: $(DATA) $(VOTES) | $(TRAIN)/.installed
	$(TRAIN)/bin/python -m training prepare --data $(DATA) $(addprefix --votes ,$(VOTES)) --out $@

test-training: $(TRAIN)/.installed ## the workshop's tests
	$(TRAIN)/bin/python -m pytest -m training $(ARGS)

bundle: build/.bundled ## build the executable, the folder dist/classmood

test-bundle: build/.bundled ## build it and test it as a school gets it
	@sh .ci/system-packages xvfb desktop-file-utils appstream libwayland-cursor0
	$(BUNDLE)/bin/python -m bundle.sizes dist/classmood
	$(BUNDLE)/bin/python -m pytest -c bundle/pytest.ini --rootdir . tests/test_bundle.py $(ARGS)

bundle-speed: build/.bundled build/hello/.built ## time until its window is painted, beside a bare PySide6 window
	@sh .ci/system-packages xvfb xauth
	xvfb-run -a $(BUNDLE)/bin/python -m bundle.speed dist/classmood/classmood build/hello/hello/hello $(ARGS)

release-files: build/.bundled ## dist/release: archive, bill of materials, source, SHA-256 sums
	$(BUNDLE)/bin/python -m bundle.release dist
	$(BUNDLE)/bin/python -m bundle.sizes dist/classmood dist/release/*-linux-*.tar.xz

lock: $(VENV)/.dev $(TRAIN)/.installed $(BUNDLE)/.installed ## write the versions in use into the constraints files
	$(BIN)/pip freeze --exclude-editable --exclude classmood > constraints.txt
	$(TRAIN)/bin/pip freeze --exclude-editable --exclude classmood > constraints-train.txt
	$(BUNDLE)/bin/pip freeze --exclude-editable --exclude classmood > constraints-bundle.txt

clean: ## remove the environments and what the tools left
	rm -rf $(VENV) $(TRAIN) $(BUNDLE) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage *.egg-info

$(VENV)/bin/python:
	@PYTHON=$(PYTHON) sh .ci/system-packages
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: pyproject.toml constraints.txt | $(VENV)/bin/python
	@sh .ci/system-packages
	$(BIN)/pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@sh .ci/system-packages
	$(BIN)/pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.app

$(TRAIN)/.installed: pyproject.toml constraints-train.txt
	@PYTHON=$(PYTHON) sh .ci/system-packages
	$(PYTHON) -m venv $(TRAIN)
	$(TRAIN)/bin/pip install --quiet -c constraints-train.txt torch torchvision
	$(TRAIN)/bin/pip install --quiet -c constraints-train.txt -e '.[train,dev]'
	@touch $@

# OpenCV without windows instead of the one that the application asks for: the same code without a second Qt.
$(BUNDLE)/.installed: pyproject.toml constraints-bundle.txt
	@PYTHON=$(PYTHON) sh .ci/system-packages gcc libc6-dev binutils $$($(PYTHON) -c \
	  'import sys, sysconfig as c; c.get_config_var("Py_ENABLE_SHARED") or print("libpython%d.%d" % sys.version_info[:2])')
	$(PYTHON) -m venv $(BUNDLE)
	$(BUNDLE)/bin/pip install --quiet -c constraints-bundle.txt -e '.[bundle]'
	$(BUNDLE)/bin/pip uninstall --quiet --yes opencv-python
	$(BUNDLE)/bin/pip install --quiet -c constraints-bundle.txt --force-reinstall --no-deps opencv-python-headless
	@touch $@

build/.bundled: $(BUNDLE)/.installed build.spec $(wildcard $(shell git ls-files assets bundle desktop models))
	$(BUNDLE)/bin/pyinstaller --noconfirm --log-level WARN build.spec
	@touch $@

build/hello/.built: $(BUNDLE)/.installed bundle/hello.py
	$(BUNDLE)/bin/pyinstaller --noconfirm --log-level WARN --name hello --distpath build/hello \
	  --workpath build/hello/work --specpath build/hello bundle/hello.py
	@touch $@
