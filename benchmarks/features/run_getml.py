"""The classic features in getML Community: run_getml.py WORK DATA OUT

Its best form that we know: FastProp over the columns needed, no resampling, nothing else in the pipeline. It cannot be
asked for 13 features: the aggregations that they need give 29, of which 13 are taken.

getML counts rows with `time <= T`, has times as floating-point numbers, divides a spread by n, and says 0 where there is
nothing. Here T is a microsecond earlier, times are microseconds (exact in a double), and the rest is put right in the
matrix that comes out.
"""

import contextlib
import ctypes
import os
import sys
from pathlib import Path

import getml
import numpy
import pyarrow
import pyarrow.compute
import pyarrow.parquet
from works import TIMES, WORKS, Work, columns_read

HOUR_US = 3_600_000_000
TICK_US = 1
KEY = ["user_id"]

# A feature of getML as the SQL that it shows for it: aggregation, value and table.
TIME_TO_FIX = 't1."application_at" - t2."time_of_fix"'
TIME_TO_EVENT = 't1."application_at" - t2."timestamp"'
SQL = {
    "gps_count": ("COUNT( * )", "GPS"),
    "avg_accuracy": ('AVG( t2."accuracy" )', "GPS"),
    "std_accuracy": ('STDDEV( t2."accuracy" )', "GPS"),
    "avg_speed": ('AVG( t2."land_speed" )', "GPS"),
    "max_speed": ('MAX( t2."land_speed" )', "GPS"),
    "providers": ('COUNT( DISTINCT t2."location_provider" )', "GPS"),
    "gps_recency_hours": (f"MIN( {TIME_TO_FIX} )", "GPS"),
    "total_events": ("COUNT( * )", "EVENTS"),
    "unique_screens": ('COUNT( DISTINCT t2."screen_name" )', "EVENTS"),
    "unique_actions": ('COUNT( DISTINCT t2."action" )', "EVENTS"),
    "total_sessions": ('COUNT( DISTINCT t2."session_id" )', "EVENTS"),
    "unique_networks": ('COUNT( DISTINCT t2."network_type" )', "EVENTS"),
    "event_recency_hours": (f"MIN( {TIME_TO_EVENT} )", "EVENTS"),
}
SPEEDS = ('COUNT( DISTINCT t2."land_speed" )', "GPS")  # above 0 where a speed is known


def microseconds(times: pyarrow.ChunkedArray, shift: int = 0) -> pyarrow.ChunkedArray:
    return pyarrow.compute.add(times.cast(pyarrow.int64()), shift).cast(pyarrow.float64())


def peripheral(data: Path, table: str, work: Work) -> getml.DataFrame:
    """-1 is a speed that the phone did not know."""
    names = columns_read(work)[table]
    rows = pyarrow.parquet.read_table(data / f"{table}.parquet", columns=["user_id", TIMES[table], *names])
    columns = {name: rows[name] for name in rows.column_names}
    columns[TIMES[table]] = microseconds(columns[TIMES[table]])
    if "session_id" in columns:  # becomes a category; as text it is taken in faster
        columns["session_id"] = columns["session_id"].cast(pyarrow.string())
    numbers = [name for name in names if name in ("accuracy", "land_speed")]
    categories = [name for name in names if name not in numbers]
    if "land_speed" in columns:
        speed = columns["land_speed"]
        columns["land_speed"] = pyarrow.compute.if_else(pyarrow.compute.equal(speed, -1.0), None, speed)
    roles = getml.data.Roles(join_key=KEY, time_stamp=[TIMES[table]], numerical=numbers, categorical=categories)
    return getml.DataFrame.from_arrow(pyarrow.table(columns), name=table, roles=roles)


def population(applications: pyarrow.Table) -> getml.DataFrame:
    """A target is asked for; it only orders the features, all of which are kept."""
    rows = pyarrow.table({
        "user_id": applications["user_id"],
        "application_at": microseconds(applications["application_at"], -TICK_US),
        "target": pyarrow.array(numpy.arange(applications.num_rows) % 2, pyarrow.float64()),
    })
    roles = getml.data.Roles(join_key=KEY, time_stamp=["application_at"], target=["target"])
    return getml.DataFrame.from_arrow(rows, name="population", roles=roles)


def pipeline(applications: getml.DataFrame, tables: dict[str, getml.DataFrame]) -> getml.pipeline.Pipeline:
    model = getml.data.DataModel(applications.to_placeholder("population"))
    model.add(getml.data.to_placeholder(**tables))
    for table, time in TIMES.items():
        model.population.join(getattr(model, table), on="user_id", time_stamps=("application_at", time))
    kinds = getml.feature_learning.aggregations
    learner = getml.feature_learning.FastProp(
        aggregation=[kinds.COUNT, kinds.AVG, kinds.STDDEV, kinds.MAX, kinds.MIN, kinds.COUNT_DISTINCT],
        loss_function=getml.feature_learning.loss_functions.SquareLoss,
        num_features=1000, num_threads=2, sampling_factor=0.0)
    return getml.pipeline.Pipeline(data_model=model, feature_learners=[learner])


def position(features: list[str], wanted: tuple[str, str]) -> int:
    says, table = wanted
    found = [i for i, sql in enumerate(features)
             if f"SELECT {says} AS" in sql and f'INNER JOIN "{table}__STAGING' in sql]
    if len(found) != 1:
        raise SystemExit(f"getML has {len(found)} features {says} of {table}; one was expected")
    return found[0]


def matrix(work: Work, data: Path) -> pyarrow.Table:
    applications = pyarrow.parquet.read_table(data / work.applications, columns=["user_id", "application_at"])
    rows = population(applications)
    tables = {table: peripheral(data, table, work) for table in TIMES}
    fitted = pipeline(rows, tables).fit(rows, tables, check=False)
    values = fitted.transform(rows, tables)

    features = [feature.sql for feature in fitted.features]
    column = {name: values[:, position(features, sql)] for name, sql in SQL.items()}
    fixes, events = column["gps_count"], column["total_events"]
    speeds = values[:, position(features, SPEEDS)]
    nothing = {"avg_accuracy": fixes == 0, "std_accuracy": fixes < 2, "avg_speed": speeds == 0, "max_speed": speeds == 0,
               "gps_recency_hours": fixes == 0, "event_recency_hours": events == 0}
    column["std_accuracy"] = column["std_accuracy"] * numpy.sqrt(fixes / numpy.maximum(fixes - 1, 1))
    for name in ("gps_recency_hours", "event_recency_hours"):
        column[name] = (column[name] + TICK_US) / HOUR_US
    for name, where in nothing.items():
        column[name] = numpy.where(where, numpy.nan, column[name])
    for name, of in column.items():
        applications = applications.append_column(name, pyarrow.array(of))
    return applications


def adopt_engine() -> None:
    """Makes this process the parent of what the launcher leaves behind."""
    set_child_subreaper = 36
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def wait_for_engine() -> None:
    """A process that was waited for counts in the memory of who waited."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def main() -> None:
    adopt_engine()
    work, data, out = WORKS[sys.argv[1]], Path(sys.argv[2]), Path(sys.argv[3])
    home = data / "getml"
    getml.engine.launch(launch_browser=False, home_directory=str(home), project_directory=str(home / "projects"),
                        in_memory=True)
    try:
        getml.engine.set_project("bench")
        pyarrow.parquet.write_table(matrix(work, data), out, compression="zstd")
    finally:
        getml.engine.shutdown()
        wait_for_engine()


main()
