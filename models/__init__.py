"""The networks and how they run: face detectors, tracker, emotion classifier. No Qt, no torch."""

import os

# The official builds of ONNX Runtime send usage events to their maker, and keep a device id and a database
# of events in the user's cache folder, unless this is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# OpenCV decodes pictures of up to 2^30 pixels, three gigabytes, unless this is set before it is loaded. What
# desktop/capture/pictures.py can not tell from a header is refused by this.
os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = "100000000"
