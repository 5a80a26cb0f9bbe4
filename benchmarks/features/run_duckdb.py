"""The works in DuckDB: run_duckdb.py WORK DATA OUT

Its best form that we know: two threads, no order to keep, rows before the application materialised once with a flag per
window, different values of nested windows counted through the latest time of each value.
"""

import sys
from pathlib import Path

import duckdb
from works import CATEGORIES, NUMBERS, STATISTICS, TIMES, WINDOWS, WORKS, Work, columns_read, counts_of

HOUR_US = 3_600_000_000
SQL_NAMES = {"mean": "avg", "stddev": "stddev_samp", "min": "min", "max": "max", "median": "median"}


def comma(parts: list[str]) -> str:
    return ",\n    ".join(parts)


def rows_of(data: Path, table: str, work: Work) -> str:
    """Times as microseconds; -1 is a speed that the phone did not know."""
    columns = ["nullif(land_speed, -1) as land_speed" if column == "land_speed" else column
               for column in columns_read(work)[table]]
    return f"""
  select user_id, epoch_us({TIMES[table]}) as time, {", ".join(columns)}
  from read_parquet('{data / table}.parquet')"""


def applications_of(data: Path, work: Work) -> str:
    return f"""
  select user_id, epoch_us(application_at) as application_at
  from read_parquet('{data / work.applications}')"""


def known(data: Path, work: Work) -> list[str]:
    """Rows before their user's one application, with `age`: microseconds from the row to it."""
    tables = []
    for table in TIMES:
        columns = columns_read(work)[table]
        flags = [f"application_at - time <= {hours * HOUR_US} as in_{window}"
                 for window, hours in WINDOWS.items() if hours and work.name == "windows124"]
        tables.append(f"""{table} as materialized (
  select user_id, application_at - time as age, {", ".join(columns + flags)}
  from ({rows_of(data, table, work)}) join applications using (user_id)
  where time < application_at)""")
    return tables


def query(data: Path, work: Work, tables: list[str], parts: list[str], key: str) -> str:
    """One row per application; a user without rows has counts of 0."""
    counts = set(counts_of(work))
    features = [f"coalesce({name}, 0) as {name}" if name in counts else name for name in work.features]
    joins = "\n  ".join(f"left join {part} using ({key})" for part in parts)
    tables = [f"applications as materialized ({applications_of(data, work)})", *tables]
    return f"""with {comma(tables)}
select user_id, application_at, {comma(features)}
from applications
  {joins}"""


def classic(data: Path, work: Work) -> str:
    return query(data, work, known(data, work) + [f"""
gps_features as (
  select user_id, count(*) as gps_count, avg(accuracy) as avg_accuracy, stddev_samp(accuracy) as std_accuracy,
    avg(land_speed) as avg_speed, max(land_speed) as max_speed, count(distinct location_provider) as providers,
    min(age) / {HOUR_US} as gps_recency_hours
  from gps group by user_id)""", f"""
event_features as (
  select user_id, count(*) as total_events, count(distinct screen_name) as unique_screens,
    count(distinct action) as unique_actions, count(distinct session_id) as total_sessions,
    count(distinct network_type) as unique_networks, min(age) / {HOUR_US} as event_recency_hours
  from events group by user_id)"""], ["gps_features", "event_features"], "user_id")


def only_in(window: str) -> str:
    return "" if WINDOWS[window] is None else f" filter (where in_{window})"


def different(name: str, table: str, column: str) -> str:
    """A value is in a window when its latest row is."""
    counts = [f"count(*) as {name}_{window}" if hours is None else
              f"count(*) filter (where age <= {hours * HOUR_US}) as {name}_{window}" for window, hours in WINDOWS.items()]
    return f"""{name}_features as (
  select user_id, {", ".join(counts)}
  from (select user_id, min(age) as age from {table} where {column} is not null group by user_id, {column})
  group by user_id)"""


def windows124(data: Path, work: Work) -> str:
    tables = known(data, work)
    for table in TIMES:
        aggregates = []
        for window in WINDOWS:
            only = only_in(window)
            aggregates += [f"count(*){only} as {table}_count_{window}",
                           f"min(age){only} / {HOUR_US} as {table}_recency_{window}",
                           f"max(age){only} / {HOUR_US} as {table}_first_{window}"]
            aggregates += [f"{SQL_NAMES[statistic]}({column}){only} as {number}_{statistic}_{window}"
                           for number, (of, column) in NUMBERS.items() if of == table for statistic in STATISTICS]
        tables.append(f"{table}_features as (\n  select user_id, {comma(aggregates)}\n  from {table} group by user_id)")
    tables += [different(name, table, column) for name, (table, column) in CATEGORIES.items()]
    parts = [f"{part}_features" for part in [*TIMES, *CATEGORIES]]
    return query(data, work, tables, parts, "user_id")


def interval_rows(data: Path, table: str, work: Work) -> str:
    """Each row with the number of its user's first application after it; rows after the last one are left out."""
    return f"""{table} as materialized (
  select r.*, a.number
  from ({rows_of(data, table, work)}) r asof join numbered a on r.user_id = a.user_id and r.time < a.application_at)"""


def with_first_seen(table: str, states: str, different_values: dict[str, str]) -> str:
    """The states of intervals, with how many values each sees for the first time."""
    joins = [f"""
  left join (
    select user_id, number, count(*) as {name}
    from (select user_id, min(number) as number from {table} where {column} is not null group by user_id, {column})
    group by user_id, number) using (user_id, number)""" for name, column in different_values.items()]
    return f"""{table}_intervals as materialized (
  select * from (
    select user_id, number, count(*) as rows, max(time) as latest{states}
    from {table} group by user_id, number){"".join(joins)})"""


def before_each(table: str) -> str:
    """Every application with the intervals before it."""
    return f"""
  from numbered a join {table}_intervals i on a.user_id = i.user_id and i.number <= a.number"""


def applications20(data: Path, work: Work) -> str:
    """Rows are summed up once, by the interval between two applications they are in; an application merges the
    intervals before it. Joining every row with every later application takes many times as long."""
    different_values = {"unique_screens": "screen_name", "unique_actions": "action", "total_sessions": "session_id",
                        "unique_networks": "network_type"}
    gps_states = """, count(accuracy) as n, avg(accuracy) as mean, var_pop(accuracy) as variance,
      count(land_speed) as speeds, sum(land_speed) as speed_sum, max(land_speed) as speed_max"""
    tables = ["""numbered as materialized (
  select *, row_number() over (partition by user_id order by application_at) as number from applications)""",
        interval_rows(data, "gps", work), interval_rows(data, "events", work),
        with_first_seen("gps", gps_states, {"providers": "location_provider"}),
        with_first_seen("events", "", different_values),
        f"""gps_features as (
  select user_id, application_at, sum(rows)::bigint as gps_count, sum(n * mean) / sum(n) as avg_accuracy,
    case when sum(n) > 1 then sqrt(sum(n * (variance + (mean - mean_of_all) ** 2)) / (sum(n) - 1)) end as std_accuracy,
    sum(speed_sum) / nullif(sum(speeds), 0) as avg_speed, max(speed_max) as max_speed,
    sum(providers)::bigint as providers, (application_at - max(latest)) / {HOUR_US} as gps_recency_hours
  from (select a.user_id, a.application_at, i.* exclude (user_id),
      sum(n * mean) over (partition by a.user_id, a.number) / sum(n) over (partition by a.user_id, a.number)
        as mean_of_all{before_each("gps")})
  group by user_id, application_at)""",
        f"""event_features as (
  select a.user_id, a.application_at, sum(rows)::bigint as total_events,
    {", ".join(f"sum({name})::bigint as {name}" for name in different_values)},
    (a.application_at - max(latest)) / {HOUR_US} as event_recency_hours{before_each("events")}
  group by a.user_id, a.application_at)"""]
    return query(data, work, tables, ["gps_features", "event_features"], "user_id, application_at")


def main() -> None:
    work, data, out = WORKS[sys.argv[1]], Path(sys.argv[2]), sys.argv[3]
    make = {"classic": classic, "windows124": windows124, "applications20": applications20}[work.name]
    connection = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
    connection.execute(f"copy ({make(data, work)}) to '{out}' (format parquet, compression zstd)")


main()
