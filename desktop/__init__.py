"""The Classmood application: capture, pipeline, session statistics, store, command line and window."""

import models  # noqa: F401  # before any module loads ONNX Runtime: it turns its telemetry off

__version__ = "0.1.0"
