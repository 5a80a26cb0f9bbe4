"""Reads the columns of a work with pyarrow and does nothing with them: read_pyarrow.py WORK DATA"""

import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet
from works import CATEGORIES, TIMES, WORKS, columns_read


def main() -> None:
    work, data = WORKS[sys.argv[1]], Path(sys.argv[2])
    pyarrow.set_cpu_count(2)
    for table, columns in columns_read(work).items():
        texts = [column for of, column in CATEGORIES.values() if of == table and column != "session_id"]
        pyarrow.parquet.read_table(data / f"{table}.parquet", columns=["user_id", TIMES[table], *columns],
                                   read_dictionary=texts)


main()
