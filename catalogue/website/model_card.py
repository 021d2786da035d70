"""How well the classifier does, as it was measured on servers that it had not seen."""

from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from classifier.evaluate import Bin, Scores, Share, SignalScore


class ModelCard(Struct, frozen=True, kw_only=True):
    """The part of an evaluation that the site shows."""

    version: str
    scores: Scores
    keywords: Scores
    annotations: Scores | None = None
    calibration_error: float
    calibration: tuple[Bin, ...]
    signals_micro_f1: float
    signals: dict[str, SignalScore] = {}
    by_language: dict[str, Share] = {}
    by_completeness: dict[str, Share] = {}


@cache
def model_card() -> ModelCard | None:
    """The figures that came with the weights; `None` where the weights came without."""
    file = files("classifier") / "evaluation.json"
    return msgspec.json.decode(file.read_bytes(), type=ModelCard) if file.is_file() else None
