"""Makes the input of the benchmark: prepare.py SIMULATED OUT

SIMULATED is what `asof simulate` wrote. OUT gets its rows in random order (as an export from many phones has them), the
cutoffs, and one project file per work. Same seed, same bytes.
"""

import shutil
import sys
from pathlib import Path

import numpy
import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet
from works import TIMES, WORKS, Work

SEED = 20
APPLICATIONS_PER_USER = 20
HOUR_US = 3_600_000_000

PROJECT = """\
name: {work}
time_zone: UTC
tables:
  applications: {{from: {applications}, entity: user_id, time: application_at}}
  gps: {{from: gps.parquet, entity: user_id, time: time_of_fix, missing: {{land_speed: [-1]}}}}
  events: {{from: events.parquet, entity: user_id, time: timestamp}}
{more_tables}target: {{table: applications, label: is_repaid, good: 1, performance_window: 90d, observed_until: 2025-06-30}}
features:
{features}
"""


def write(table: pyarrow.Table, path: Path) -> None:
    """As `asof simulate` writes it: zstd, row groups of 2^20 rows."""
    pyarrow.parquet.write_table(table, path, compression="zstd", row_group_size=1 << 20)


def shuffled(path: Path, random: numpy.random.Generator) -> pyarrow.Table:
    rows = pyarrow.parquet.read_table(path)
    ids = pyarrow.compute.count_distinct(rows["id"]).as_py()
    if ids != rows.num_rows:
        # asof counts a row that was sent twice once; the peers are not asked to.
        raise SystemExit(f"prepare: {path} repeats {rows.num_rows - ids} ids; simulate it without faults")
    return rows.take(random.permutation(rows.num_rows))


def one_application_per_user(simulated: Path) -> pyarrow.Table:
    """Every user's application, the labelled ones and those to predict, in order of user."""
    labelled = pyarrow.csv.read_csv(simulated / "loan_outcomes.csv").select(["user_id", "application_at", "is_repaid"])
    unlabelled = pyarrow.csv.read_csv(simulated / "applications_to_predict.csv")
    table = pyarrow.concat_tables([labelled, unlabelled], promote_options="default").sort_by("user_id")
    at = table["application_at"].cast(pyarrow.timestamp("us", "UTC"))
    return table.set_column(1, "application_at", at)


def many_applications_per_user(one: pyarrow.Table, events: pyarrow.Table,
                               random: numpy.random.Generator) -> pyarrow.Table:
    """Spread over each user's history: near events drawn at random, every fifth at the very moment of one, so that a
    row at the cutoff occurs. Users without events get moments in the two years before their application."""
    users = one["user_id"].to_numpy()
    applied = one["application_at"].cast(pyarrow.int64()).to_numpy()
    event_users = events["user_id"].to_numpy()
    event_times = events[TIMES["events"]].cast(pyarrow.int64()).to_numpy()
    order = numpy.lexsort((event_times, event_users))
    event_times = event_times[order]
    begin = numpy.searchsorted(event_users[order], users, side="left")
    count = numpy.searchsorted(event_users[order], users, side="right") - begin

    draw = random.random((len(users), APPLICATIONS_PER_USER))
    later = random.integers(1, HOUR_US, draw.shape)
    later[:, ::5] = 0
    row = begin[:, None] + (draw * count[:, None]).astype(numpy.int64)
    near_event = event_times[numpy.minimum(row, len(event_times) - 1)] + later
    before_application = applied[:, None] - (draw * 2 * 365 * 24 * HOUR_US).astype(numpy.int64)
    at = numpy.where(count[:, None] > 0, near_event, before_application)

    at.sort(axis=1)
    for i in range(1, APPLICATIONS_PER_USER):  # of equal moments, each a microsecond after the one before
        at[:, i] = numpy.maximum(at[:, i], at[:, i - 1] + 1)
    rows = at.size
    return pyarrow.table({
        "user_id": numpy.repeat(users, APPLICATIONS_PER_USER),
        "application_at": pyarrow.array(at.ravel()).cast(pyarrow.timestamp("us", "UTC")),
        "is_repaid": pyarrow.nulls(rows, pyarrow.int64()),
    })


def project(work: Work) -> str:
    if work.pack:
        features = f"  packs: [{work.pack}]"
    else:
        features = "\n".join(["  define:", *(f"    {name}: {says}" for name, says in work.features.items())])
    undated = "  features: {from: features.csv, entity: user_id, allow_undated: true}\n"
    return PROJECT.format(work=work.name, applications=work.applications, features=features,
                          more_tables=undated if work.needs_features_table else "")


def main() -> None:
    simulated, out = map(Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(SEED)
    events = shuffled(simulated / "events.parquet", random)
    write(events, out / "events.parquet")
    one = one_application_per_user(simulated)
    write(one, out / "applications.parquet")
    write(many_applications_per_user(one, events, random), out / "applications20.parquet")
    write(shuffled(simulated / "gps.parquet", random), out / "gps.parquet")
    shutil.copy(simulated / "features.csv", out)
    for work in WORKS.values():
        (out / f"{work.name}.yaml").write_text(project(work))


main()
