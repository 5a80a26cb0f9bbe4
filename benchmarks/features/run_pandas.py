"""The classic features in pandas: run_pandas.py classic DATA OUT

Its best form that we know: only the columns needed, texts as categories from the start, rows before the application
chosen by a lookup instead of a join, different values counted by dropping repeats of (user, value) as one integer.
"""

import os
import sys
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "2"  # of pyarrow, which reads

import numpy
import pandas
import pyarrow.parquet
from works import TIMES, WORKS, Work, columns_read, counts_of

HOUR_US = 3_600_000_000


def known(data: Path, table: str, work: Work, users: numpy.ndarray, applied: numpy.ndarray) -> pandas.DataFrame:
    """Rows before their user's application, with `user` (its position in `users`) and `age`: microseconds from the row
    to the application."""
    texts = [column for column in columns_read(work)[table] if column in ("screen_name", "action", "network_type",
                                                                           "location_provider")]
    rows = pyarrow.parquet.read_table(data / f"{table}.parquet", read_dictionary=texts,
                                      columns=["user_id", TIMES[table], *columns_read(work)[table]])
    frame = rows.to_pandas(self_destruct=True, split_blocks=True)
    user = numpy.minimum(numpy.searchsorted(users, frame["user_id"].to_numpy()), len(users) - 1)
    age = applied[user] - frame.pop(TIMES[table]).dt.as_unit("us").astype("int64").to_numpy()
    before = (users[user] == frame.pop("user_id").to_numpy()) & (age > 0)
    frame = frame.loc[before]
    return frame.assign(user=user[before], age=age[before])


def different(rows: pandas.DataFrame, column: str, users: int) -> numpy.ndarray:
    """Per user, how many different values; missing ones do not count."""
    values = rows[column]
    codes = values.cat.codes.to_numpy() if values.dtype == "category" else pandas.factorize(values)[0]
    here = codes >= 0
    pairs = codes[here].astype(numpy.int64) * users + rows["user"].to_numpy()[here]
    return numpy.bincount(pandas.unique(pairs) % users, minlength=users)


def classic(data: Path, work: Work) -> pandas.DataFrame:
    matrix = pandas.read_parquet(data / work.applications, columns=["user_id", "application_at"])
    matrix = matrix.sort_values("user_id", ignore_index=True)
    users = matrix["user_id"].to_numpy()
    applied = matrix["application_at"].dt.as_unit("us").astype("int64").to_numpy()

    gps = known(data, "gps", work, users, applied)
    gps["land_speed"] = gps["land_speed"].where(gps["land_speed"] != -1)
    fixes = gps.groupby("user", sort=False)
    accuracy, speed = fixes["accuracy"], fixes["land_speed"]
    matrix["gps_count"] = fixes.size()
    matrix["avg_accuracy"] = accuracy.mean()
    matrix["std_accuracy"] = accuracy.std()
    matrix["avg_speed"] = speed.mean()
    matrix["max_speed"] = speed.max()
    matrix["providers"] = different(gps, "location_provider", len(users))
    matrix["gps_recency_hours"] = fixes["age"].min() / HOUR_US

    events = known(data, "events", work, users, applied)
    taps = events.groupby("user", sort=False)
    matrix["total_events"] = taps.size()
    matrix["unique_screens"] = different(events, "screen_name", len(users))
    matrix["unique_actions"] = different(events, "action", len(users))
    matrix["total_sessions"] = different(events, "session_id", len(users))
    matrix["unique_networks"] = different(events, "network_type", len(users))
    matrix["event_recency_hours"] = taps["age"].min() / HOUR_US
    counts = counts_of(work)
    matrix[counts] = matrix[counts].fillna(0)
    return matrix


def main() -> None:
    work, data, out = WORKS[sys.argv[1]], Path(sys.argv[2]), Path(sys.argv[3])
    pyarrow.set_cpu_count(2)
    classic(data, work).to_parquet(out, compression="zstd", index=False)


main()
