"""The one base error of the classifier."""


class ClassifierError(Exception):
    """Base of everything that the classifier raises on purpose."""
