"""What the benchmark needs of a simulated lender: prepare.py PROJECT LENDER

LENDER/data is what `asof simulate` wrote. Adds LENDER/applications.csv (of all users, with the outcome where it is
known), project files made from PROJECT, and LENDER/csv: the tables for PostgreSQL's COPY, rows in the order of their keys.
"""

import re
import shutil
import sys
from pathlib import Path

import pyarrow
import pyarrow.csv
import pyarrow.parquet


def projects(example: str) -> dict[str, str]:
    """By file name: to train on; to compute everyone's features; to serve from PostgreSQL."""
    train = re.sub(r"candidates: \[.*\]", "candidates: [gradient_boosting]", example)
    everyone = train.replace("data/loan_outcomes.csv", "applications.csv")
    postgres = re.sub(r"from: data/(\w+)\.\w+", r'from: "postgres:${DATABASE_URL}#\1"', train)
    return {"asof.yaml": train, "everyone.yaml": everyone, "postgres.yaml": postgres}


def main() -> None:
    project, lender = map(Path, sys.argv[1:])
    data, csv = lender / "data", lender / "csv"
    csv.mkdir(exist_ok=True)
    for table, time in (("events", "timestamp"), ("gps", "time_of_fix")):
        rows = pyarrow.parquet.read_table(data / f"{table}.parquet")
        rows = rows.sort_by([("user_id", "ascending"), (time, "ascending"), ("id", "ascending")])
        pyarrow.csv.write_csv(rows, csv / f"{table}.csv")
    for table in ("features", "loan_outcomes"):
        shutil.copy(data / f"{table}.csv", csv)

    as_text = pyarrow.csv.ConvertOptions(column_types={"application_at": pyarrow.string()})
    both = [pyarrow.csv.read_csv(data / f"{name}.csv", convert_options=as_text)
            for name in ("loan_outcomes", "applications_to_predict")]
    applications = pyarrow.concat_tables(both, promote_options="default").sort_by("user_id")
    pyarrow.csv.write_csv(applications.select(["user_id", "application_at", "is_repaid"]), lender / "applications.csv",
                          pyarrow.csv.WriteOptions(quoting_style="none"))
    for name, text in projects(project.read_text()).items():
        (lender / name).write_text(text)


main()
