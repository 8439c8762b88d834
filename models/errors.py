"""The one error class of this layer."""


class ModelError(Exception):
    """A model file is missing, damaged or foreign, or was given unusable input; the text says what to do."""
