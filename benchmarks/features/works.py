"""What is computed: the works of the benchmark, each a list of features in asof's language.

This file is the one place that says what a feature is. asof computes the definitions as they stand; every peer says the
same in its own words, and compare.py holds the peers to asof's values.
"""

from dataclasses import dataclass

CLASSIC = {  # mobile-lender/classic without the columns that are joined as they are
    "gps_count": "count(gps)",
    "avg_accuracy": "mean(gps.accuracy)",
    "std_accuracy": "stddev(gps.accuracy)",
    "avg_speed": "mean(gps.land_speed)",
    "max_speed": "max(gps.land_speed)",
    "providers": "distinct(gps.location_provider)",
    "gps_recency_hours": "hours_since_last(gps)",
    "total_events": "count(events)",
    "unique_screens": "distinct(events.screen_name)",
    "unique_actions": "distinct(events.action)",
    "total_sessions": "distinct(events.session_id)",
    "unique_networks": "distinct(events.network_type)",
    "event_recency_hours": "hours_since_last(events)",
}

# Hours; None is all of the history. A window holds the rows with `T - hours <= time < T`.
WINDOWS = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24, "all": None}

# Short name, table and column.
NUMBERS = {name: ("gps", name) for name in ("accuracy", "land_speed", "latitude", "longitude")}
CATEGORIES = {
    "screens": ("events", "screen_name"),
    "actions": ("events", "action"),
    "sessions": ("events", "session_id"),
    "networks": ("events", "network_type"),
    "providers": ("gps", "location_provider"),
}
STATISTICS = ("mean", "stddev", "min", "max", "median")
TIMES = {"events": "timestamp", "gps": "time_of_fix"}


def windows124() -> dict[str, str]:
    """Of each of 4 windows: 3 features of each of 2 tables, 5 statistics of 4 numbers, 5 counts of different values."""
    features = {}
    for window in WINDOWS:
        for table in TIMES:
            features[f"{table}_count_{window}"] = f"count({table} over {window})"
            features[f"{table}_recency_{window}"] = f"hours_since_last({table} over {window})"
            features[f"{table}_first_{window}"] = f"hours_since_first({table} over {window})"
        for number, (table, column) in NUMBERS.items():
            for statistic in STATISTICS:
                features[f"{number}_{statistic}_{window}"] = f"{statistic}({table}.{column} over {window})"
        for category, (table, column) in CATEGORIES.items():
            features[f"{category}_{window}"] = f"distinct({table}.{column} over {window})"
    return features


@dataclass(frozen=True)
class Work:
    name: str
    what: str
    applications: str  # the file of the cutoffs
    features: dict[str, str] | None = None
    pack: str | None = None  # features of a pack instead

    @property
    def needs_features_table(self) -> bool:
        return self.pack is not None


WORKS = {
    work.name: work
    for work in (
        Work("classic", "13 features, one application per user", "applications.parquet", CLASSIC),
        Work("windows124", "124 features over 4 windows, one application per user", "applications.parquet",
             windows124()),
        Work("applications20", "13 features, 20 applications per user", "applications20.parquet", CLASSIC),
        Work("full", "the pack mobile-lender/full, one application per user", "applications.parquet",
             pack="mobile-lender/full"),
    )
}


def counts_of(work: Work) -> list[str]:
    """The features that are 0, not missing, where there are no rows."""
    return [name for name, says in work.features.items() if says.startswith(("count(", "distinct("))]


def columns_read(work: Work) -> dict[str, list[str]]:
    """The columns of gps and events that the work needs, besides user and time."""
    gps = ["accuracy", "land_speed", "location_provider"]
    if work.name in ("windows124", "full"):
        gps += ["latitude", "longitude"]
    return {"gps": gps, "events": ["screen_name", "action", "session_id", "network_type"]}
