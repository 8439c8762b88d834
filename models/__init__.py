"""The networks and how they run: face detectors, tracker, emotion classifier. No Qt, no torch."""
