"""The columns of mobile-lender/classic in asof's order, and the model of the Python services."""

import json
from pathlib import Path

import joblib
import numpy

GPS = ["gps_count", "avg_accuracy", "std_accuracy", "avg_speed", "max_speed", "providers", "gps_recency_hours"]
EVENTS = ["total_events", "unique_screens", "unique_actions", "total_sessions", "unique_networks", "event_recency_hours"]
MASKED = [f"feature_{i}" for i in range(1, 11)]
NAMES = GPS + EVENTS + MASKED

MISSING = float("nan")
NO_GPS = [0, MISSING, MISSING, MISSING, MISSING, 0, MISSING]
NO_EVENTS = [0, 0, 0, 0, 0, MISSING]
NO_MASKED = [MISSING] * len(MASKED)


class ScikitModel:
    """Medians for what is missing, then scikit-learn's gradient boosting. The pipeline's two steps are taken without
    its checks of names and shapes, which cost more than they do."""

    def __init__(self, folder: Path):
        saved = joblib.load(folder / "scikit.joblib")
        self.medians, self.model = saved["medians"], saved["model"]

    def probability(self, features: list[float]) -> float:
        row = numpy.array(features, dtype=numpy.float64)
        row = numpy.where(numpy.isnan(row), self.medians, row)
        return float(self.model.predict_proba(row[None, :])[0, 1])


class LightgbmModel:
    """LightGBM takes missing values as they are; one thread, because another costs more than it brings for one row."""

    def __init__(self, folder: Path):
        import lightgbm

        self.model = lightgbm.Booster(model_file=folder / "lightgbm.txt")

    def probability(self, features: list[float]) -> float:
        return float(self.model.predict(numpy.array([features], dtype=numpy.float64), num_threads=1)[0])


def settings() -> dict:
    """Where a service finds what it serves: a file, because workers are processes of their own."""
    return json.loads((Path(__file__).resolve().parents[2] / "build/bench/serve/service.json").read_text())
