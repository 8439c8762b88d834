"""The one error class of the workshop."""


class TrainingError(Exception):
    """Data, a checkpoint or a model file is missing or unusable; the text says where and what to do."""
