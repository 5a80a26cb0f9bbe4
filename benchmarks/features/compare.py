"""Holds a peer's matrix to asof's: compare.py WORK ASOF.parquet SYSTEM PEER.parquet

Every row and feature: missing where missing, else within 1e-9 relative or 1e-12 absolute (a spread of a ten-millionth
of a degree is the difference of numbers that agree in nine digits). Exit code 1 names the first that differs.
"""

import sys

import numpy
import pyarrow.parquet
from works import WORKS

RELATIVE = 1e-9
ABSOLUTE = 1e-12
KEY = ("user_id", "application_at")


def read(path: str) -> dict[str, numpy.ndarray]:
    """Columns by name, in order of user and application; missing is NaN."""
    table = pyarrow.parquet.read_table(path)
    columns = {}
    for name in table.column_names:
        column = table[name]
        if name == "application_at":
            column = column.cast(pyarrow.timestamp("us", "UTC") if column.type != pyarrow.int64() else column.type)
            columns[name] = column.cast(pyarrow.int64()).to_numpy()
        elif name == "user_id":
            columns[name] = column.cast(pyarrow.int64()).to_numpy()
        else:
            columns[name] = column.cast(pyarrow.float64()).to_numpy(zero_copy_only=False)
    order = numpy.lexsort((columns["application_at"], columns["user_id"]))
    return {name: values[order] for name, values in columns.items()}


def shown(value: float) -> str:
    return "missing" if numpy.isnan(value) else f"{value:.17g}"


def main() -> str:
    """What differs first; empty when nothing does."""
    work, asof_path, system, peer_path = sys.argv[1:]
    ours, theirs = read(asof_path), read(peer_path)
    for name in KEY:
        if not numpy.array_equal(ours[name], theirs[name]):
            return f"{work}: {system} has other applications than asof ({name} differs)"
    features = WORKS[work].features or [name for name in theirs if name not in KEY]
    for name in features:
        if name not in theirs:
            return f"{work}: {system} has no feature {name}"
        a, b = ours[name], theirs[name]
        near = numpy.abs(a - b) <= numpy.maximum(RELATIVE * numpy.abs(a), ABSOLUTE)
        same = numpy.where(numpy.isnan(a), numpy.isnan(b), near)
        if not same.all():
            row = int(numpy.argmin(same))
            at = numpy.datetime64(int(ours["application_at"][row]), "us")
            return (f"{work}: {name} of user {ours['user_id'][row]} at {at}: asof {shown(a[row])}, {system} {shown(b[row])} "
                    f"({int((~same).sum())} of {len(a)} rows differ)")
    print(f"{work}: {system} equals asof in {len(features)} features of {len(a)} applications", file=sys.stderr)
    return ""


sys.exit(main() or 0)
