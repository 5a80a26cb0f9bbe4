#!/usr/bin/env python3
"""Makes the tables of this example from the original file of the UCI Machine Learning Repository.

How to run it (Python 3.9 or later and pyarrow; the committed files were made with pyarrow 26.0.1):

    python3 -m venv venv && venv/bin/pip install pyarrow==26.0.1
    venv/bin/python make_data.py UCI_Credit_Card.csv

The original is data set 350, "Default of Credit Card Clients" (I-Cheng Yeh, 2009, doi 10.24432/C55S3H, CC BY 4.0), in
its CSV form with the columns ID, LIMIT_BAL, ..., default.payment.next.month. Its SHA-256 is checked before anything is
read, and nothing is written unless all of it was.

Three Parquet files are written beside this script, in data/:

    clients      one row per client: what the bank holds of the person
    statements   one row per client and month, April to September 2005
    outcomes     one row per client: the application of 2005-10-01 and what came of it

What is made up, because the original does not have it:
  - statement_at: only the month of a statement is known. It is dated with the last day of its month, 00:00 UTC.
  - application_at: 2005-10-01T00:00:00Z for everyone, the moment after the last statement.
  - previous_bill_amount: the bill of the month before, as a statement shows it; null in April.
  - profile_id: clients who are equal in everything but the outcome share one, so that copies can be kept together.
"""

import argparse
import csv
import datetime
import hashlib
import io
import pathlib
import sys

import pyarrow as pa
import pyarrow.parquet as pq

ORIGINAL_SHA256 = "a0f0ab49d6326671d6cd83be5c88dcf18007025fe9a53ecd699119c871176ca1"

# The original's columns of each month, oldest first. The repayment status of September is PAY_0, and there is no PAY_1.
MONTHS = [
    (4, "PAY_6", "BILL_AMT6", "PAY_AMT6"),
    (5, "PAY_5", "BILL_AMT5", "PAY_AMT5"),
    (6, "PAY_4", "BILL_AMT4", "PAY_AMT4"),
    (7, "PAY_3", "BILL_AMT3", "PAY_AMT3"),
    (8, "PAY_2", "BILL_AMT2", "PAY_AMT2"),
    (9, "PAY_0", "BILL_AMT1", "PAY_AMT1"),
]
YEAR = 2005
APPLICATION_AT = datetime.datetime(YEAR, 10, 1, tzinfo=datetime.timezone.utc)
OUTCOME = "default.payment.next.month"
TIME = pa.timestamp("us", tz="UTC")


def read_original(path):
    """The rows of the original as dictionaries of integers; the file's amounts are whole numbers written as `3913.0`."""
    content = pathlib.Path(path).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != ORIGINAL_SHA256:
        sys.exit(f"{path} is not the original file: its SHA-256 is {found}, expected {ORIGINAL_SHA256}")
    rows = []
    for row in csv.DictReader(io.StringIO(content.decode("ascii"))):
        numbers = {name: float(value) for name, value in row.items()}
        assert all(number.is_integer() for number in numbers.values()), row
        rows.append({name: int(number) for name, number in numbers.items()})
    return rows


def clients_table(rows):
    fields = [
        ("client_id", "ID", pa.int32()),
        ("limit_bal", "LIMIT_BAL", pa.int32()),
        ("sex", "SEX", pa.int8()),
        ("education", "EDUCATION", pa.int8()),
        ("marriage", "MARRIAGE", pa.int8()),
        ("age", "AGE", pa.int8()),
    ]
    return pa.table({name: pa.array([row[original] for row in rows], type) for name, original, type in fields})


def last_day(month):
    return datetime.datetime(YEAR, month + 1, 1, tzinfo=datetime.timezone.utc) - datetime.timedelta(days=1)


def statements_table(rows):
    columns = {name: [] for name in ("client_id", "statement_at", "month", "repayment_status", "previous_bill_amount", "bill_amount", "paid_amount")}
    for row in rows:
        previous_bill = None
        for month, status, bill, paid in MONTHS:
            columns["client_id"].append(row["ID"])
            columns["statement_at"].append(last_day(month))
            columns["month"].append(f"{YEAR}-{month:02}")
            columns["repayment_status"].append(row[status])
            columns["previous_bill_amount"].append(previous_bill)
            columns["bill_amount"].append(row[bill])
            columns["paid_amount"].append(row[paid])
            previous_bill = row[bill]
    types = [pa.int32(), TIME, pa.string(), pa.int8(), pa.int32(), pa.int32(), pa.int32()]
    return pa.table({name: pa.array(values, type) for (name, values), type in zip(columns.items(), types)})


def outcomes_table(rows):
    """A profile is numbered by its first client. The outcome is no part of it: it is not to be learnt from a number."""
    attributes = [name for name in rows[0] if name not in ("ID", OUTCOME)]
    first_with = {}
    profiles = [first_with.setdefault(tuple(row[name] for name in attributes), row["ID"]) for row in rows]
    return pa.table(
        {
            "client_id": pa.array([row["ID"] for row in rows], pa.int32()),
            "application_at": pa.array([APPLICATION_AT] * len(rows), TIME),
            "profile_id": pa.array(profiles, pa.int32()),
            "defaulted": pa.array([row[OUTCOME] for row in rows], pa.int8()),
        }
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("original", help="path of UCI_Credit_Card.csv")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent / "data")
    arguments = parser.parse_args()

    rows = read_original(arguments.original)
    tables = {"clients": clients_table(rows), "statements": statements_table(rows), "outcomes": outcomes_table(rows)}
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        path = arguments.out / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd", compression_level=19)
        content = path.read_bytes()
        print(f"{path.name}: {table.num_rows} rows, {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
