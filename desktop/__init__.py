"""The Classmood application: capture, pipeline, session statistics, store, command line and window."""

__version__ = "0.1.0"
