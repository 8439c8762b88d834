"""The networks and how they run: face detectors, tracker, emotion classifier. No Qt, no torch."""

import os

# The official builds of ONNX Runtime send usage events to their maker, and keep a device id and a database
# of events in the user's cache folder, unless this is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
