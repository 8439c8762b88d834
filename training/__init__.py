"""The workshop: data sets, training, evaluation, export. Needs `make train-env`; the app never imports it."""

import os

# Before ultralytics, MLflow or torch is imported anywhere in here:
os.environ.setdefault("YOLO_OFFLINE", "1")  # ultralytics looks neither for updates nor for packages
os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # ultralytics imports it where it is installed
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # see models/__init__.py
# a thread that waits lends its core: four times faster where others use the cores
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
