"""The works in polars: run_polars.py WORK DATA OUT

Its best form that we know: the streaming engine, only the columns needed, texts as categories, the masks of windows
computed once as columns (an aggregation with `filter` leaves the streaming engine), different values of nested windows
counted through the latest time of each value.
"""

import sys
from pathlib import Path

import polars as pl
from works import CATEGORIES, NUMBERS, STATISTICS, TIMES, WINDOWS, WORKS, Work, columns_read, counts_of

HOUR_US = 3_600_000_000
KEY = ["user_id", "application_at"]


def rows_of(data: Path, table: str, work: Work) -> pl.LazyFrame:
    """Times as microseconds; -1 is a speed that the phone did not know."""
    rows = pl.scan_parquet(data / f"{table}.parquet")
    categories = [column for of, column in CATEGORIES.values() if of == table and column != "session_id"]
    rows = rows.select("user_id", pl.col(TIMES[table]).cast(pl.Int64).alias("time"), *columns_read(work)[table])
    rows = rows.with_columns(pl.col(categories).cast(pl.Categorical))
    if table == "gps":
        speed = pl.col("land_speed")
        rows = rows.with_columns(pl.when(speed != -1).then(speed).alias("land_speed"))
    return rows


def applications_of(data: Path, work: Work) -> pl.LazyFrame:
    return pl.scan_parquet(data / work.applications).select(
        "user_id", pl.col("application_at").cast(pl.Int64))


def known(data: Path, table: str, work: Work) -> pl.LazyFrame:
    """Rows before their user's one application, with `age`: microseconds from the row to it."""
    rows = rows_of(data, table, work).join(applications_of(data, work), on="user_id")
    rows = rows.filter(pl.col("time") < pl.col("application_at"))
    return rows.with_columns((pl.col("application_at") - pl.col("time")).alias("age")).drop("time", "application_at")


def hours(age: pl.Expr) -> pl.Expr:
    return age / HOUR_US


def classic(data: Path, work: Work) -> pl.LazyFrame:
    gps = known(data, "gps", work).group_by("user_id").agg(
        pl.len().alias("gps_count"),
        pl.col("accuracy").mean().alias("avg_accuracy"),
        pl.col("accuracy").std().alias("std_accuracy"),
        pl.col("land_speed").mean().alias("avg_speed"),
        pl.col("land_speed").max().alias("max_speed"),
        pl.col("location_provider").drop_nulls().n_unique().alias("providers"),
        hours(pl.col("age").min()).alias("gps_recency_hours"),
    )
    events = known(data, "events", work).group_by("user_id").agg(
        pl.len().alias("total_events"),
        pl.col("screen_name").drop_nulls().n_unique().alias("unique_screens"),
        pl.col("action").drop_nulls().n_unique().alias("unique_actions"),
        pl.col("session_id").drop_nulls().n_unique().alias("total_sessions"),
        pl.col("network_type").drop_nulls().n_unique().alias("unique_networks"),
        hours(pl.col("age").min()).alias("event_recency_hours"),
    )
    return joined(data, work, [gps, events])


def joined(data: Path, work: Work, parts: list[pl.LazyFrame]) -> pl.LazyFrame:
    """One row per application; a user without rows has counts of 0."""
    matrix = applications_of(data, work)
    for part in parts:
        matrix = matrix.join(part, on="user_id", how="left")
    return matrix.with_columns(pl.col(counts_of(work)).fill_null(0))


def within(window: str) -> pl.Expr:
    """`T - length <= time`, of rows that are before T."""
    return pl.lit(True) if WINDOWS[window] is None else pl.col("age") <= WINDOWS[window] * HOUR_US


def ages(table: str) -> list[pl.Expr]:
    """Count, recency and first of every window from its masked ages."""
    features = []
    for window in WINDOWS:
        age = pl.col(f"age_{window}")
        features += [age.count().alias(f"{table}_count_{window}"),
                     hours(age.min()).alias(f"{table}_recency_{window}"),
                     hours(age.max()).alias(f"{table}_first_{window}")]
    return features


def different(rows: pl.LazyFrame, name: str, column: str) -> pl.LazyFrame:
    """A value is in a window when its latest row is."""
    latest = rows.filter(pl.col(column).is_not_null()).group_by("user_id", column).agg(pl.col("age").min())
    latest = latest.with_columns(within(window).alias(f"{name}_{window}") for window in WINDOWS)
    return latest.group_by("user_id").agg(pl.col(f"{name}_{window}").sum() for window in WINDOWS)


def windows124(data: Path, work: Work) -> pl.LazyFrame:
    parts = []
    for table in TIMES:
        rows = known(data, table, work)
        numbers = [column for of, column in NUMBERS.values() if of == table]
        masked = [pl.when(within(window)).then(pl.col(column)).alias(f"{column}_{window}")
                  for window in WINDOWS for column in ["age", *numbers]]
        statistic = {"mean": pl.Expr.mean, "stddev": pl.Expr.std, "min": pl.Expr.min, "max": pl.Expr.max,
                     "median": pl.Expr.median}
        parts.append(rows.select("user_id", *masked).group_by("user_id").agg(
            *ages(table),
            *(statistic[name](pl.col(f"{column}_{window}")).alias(f"{column}_{name}_{window}")
              for window in WINDOWS for column in numbers for name in STATISTICS)))
        parts += [different(rows, name, column) for name, (of, column) in CATEGORIES.items() if of == table]
    return joined(data, work, parts)


def interval_rows(data: Path, table: str, work: Work, applications: pl.LazyFrame) -> pl.LazyFrame:
    """Each row with the number of its user's first application after it; rows after the last one are left out."""
    rows = rows_of(data, table, work).sort("time").join_asof(
        applications.sort("application_at"), left_on="time", right_on="application_at", by="user_id",
        strategy="forward", allow_exact_matches=False, check_sortedness=False)
    return rows.filter(pl.col("number").is_not_null())


def first_seen(rows: pl.LazyFrame, name: str, column: str) -> pl.LazyFrame:
    """How many values an interval sees for the first time."""
    first = rows.filter(pl.col(column).is_not_null()).group_by("user_id", column).agg(pl.col("number").min())
    return first.group_by("user_id", "number").agg(pl.len().cast(pl.Int64).alias(name))


def with_first_seen(states: pl.LazyFrame, rows: pl.LazyFrame, columns: dict[str, str]) -> pl.LazyFrame:
    for name, column in columns.items():
        states = states.join(first_seen(rows, name, column), on=["user_id", "number"], how="left")
    return states


def before_each(applications: pl.LazyFrame, states: pl.LazyFrame) -> pl.LazyFrame:
    """Every application with the intervals before it."""
    pairs = applications.join(states, on="user_id", suffix="_of_interval")
    return pairs.filter(pl.col("number_of_interval") <= pl.col("number"))


def applications20(data: Path, work: Work) -> pl.LazyFrame:
    """Rows are summed up once, by the interval between two applications they are in; an application merges the
    intervals before it. Joining every row with every later application takes many times as long."""
    applications = applications_of(data, work).sort("application_at").with_columns(
        pl.col("application_at").cum_count().over("user_id").alias("number"))

    rows = interval_rows(data, "gps", work, applications)
    interval = rows.group_by("user_id", "number").agg(
        pl.len().cast(pl.Int64).alias("rows"),
        pl.col("time").max(),
        pl.col("accuracy").count().cast(pl.Int64).alias("count"),
        pl.col("accuracy").mean().alias("mean"),
        pl.col("accuracy").var(ddof=0).alias("variance"),
        pl.col("land_speed").count().cast(pl.Int64).alias("speeds"),
        pl.col("land_speed").sum().alias("speed_sum"),
        pl.col("land_speed").max().alias("speed_max"))
    interval = with_first_seen(interval, rows, {"providers": "location_provider"})
    count, mean = pl.col("count"), pl.col("mean")
    mean_of_all = (count * mean).sum() / count.sum()
    squares = (count * (pl.col("variance") + (mean - mean_of_all).pow(2))).sum()
    gps = before_each(applications, interval).group_by(KEY).agg(
        pl.col("rows").sum().alias("gps_count"),
        mean_of_all.alias("avg_accuracy"),
        pl.when(count.sum() > 1).then((squares / (count.sum() - 1)).sqrt()).alias("std_accuracy"),
        pl.when(pl.col("speeds").sum() > 0).then(pl.col("speed_sum").sum() / pl.col("speeds").sum()).alias("avg_speed"),
        pl.col("speed_max").max().alias("max_speed"),
        pl.col("providers").sum(),
        hours(pl.col("application_at").first() - pl.col("time").max()).alias("gps_recency_hours"))

    rows = interval_rows(data, "events", work, applications)
    different_values = {"unique_screens": "screen_name", "unique_actions": "action", "total_sessions": "session_id",
                        "unique_networks": "network_type"}
    interval = rows.group_by("user_id", "number").agg(
        pl.len().cast(pl.Int64).alias("rows"), pl.col("time").max())
    interval = with_first_seen(interval, rows, different_values)
    events = before_each(applications, interval).group_by(KEY).agg(
        pl.col("rows").sum().alias("total_events"),
        *(pl.col(name).sum() for name in different_values),
        hours(pl.col("application_at").first() - pl.col("time").max()).alias("event_recency_hours"))

    matrix = applications.drop("number").join(gps, on=KEY, how="left").join(events, on=KEY, how="left")
    return matrix.with_columns(pl.col(counts_of(work)).fill_null(0))


def main() -> None:
    work, data, out = WORKS[sys.argv[1]], Path(sys.argv[2]), Path(sys.argv[3])
    compute = {"classic": classic, "windows124": windows124, "applications20": applications20}[work.name]
    matrix = compute(data, work).select(*KEY, *work.features)
    matrix.collect(engine="streaming").write_parquet(out, compression="zstd")


main()
