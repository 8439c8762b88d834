"""Worker threads and the engine that owns them: capture, analysis, recording."""
