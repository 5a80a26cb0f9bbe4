"""Measures asof's feature engine beside its peers; started by tools/bench_features, which makes what it needs.

Values first: before anything is timed, every system's matrix is held to asof's (compare.py), and a difference ends the
run. Then the systems take turns, so that whatever else slows the machine meets all of them. A run is a process of its
own, timed from its start to its end with the matrix written as Parquet (zstd); its peak memory is what the kernel says
of it (wait4, ru_maxrss): all resident pages of its largest process, its libraries and mapped files among them, the page
cache of files that it reads not.

This process imports nothing large: a child's peak begins with the pages of who started it.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from report import Row, markdown, svg
from works import TIMES, WORKS, Work, columns_read

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
import machine  # noqa: E402
from document import write_section  # noqa: E402

HERE = Path(__file__).resolve().parent
ASOF = ROOT / "build/release/bin/asof"
READER = ROOT / "build/bench/bin/asof_bench_read"
BUILD = ROOT / "build/bench/features"
PYTHON = BUILD / "venv/bin/python"
GETML_PYTHON = BUILD / "venv-getml/bin/python"
DOCUMENT = ROOT / "docs/benchmarks.md"
CHART = ROOT / "docs/benchmarks-features.svg"
RESULTS = ROOT / "benchmarks/results/features.json"

THREADS = 2
PUBLISHED_USERS = 10_111
PUBLISHED_REPEAT = 5

# The peers of a work, besides asof. Each says in its own file in which form it computes.
PEERS = {
    "classic": ["polars", "duckdb", "pandas", "getml"],
    "windows124": ["polars", "duckdb"],
    "applications20": ["polars", "duckdb", "getml"],
    "full": [],
}
READERS = ["asof reader", "pyarrow"]  # they read the columns of a work and compute nothing;
READ_ONLY = "read_only"  # the faster of them is published as this


@dataclass(frozen=True)
class Run:
    seconds: float
    peak_mb: float


def fail(message: str) -> None:
    raise SystemExit(f"bench_features: {message}")


def command(system: str, work: Work, data: Path) -> list[str]:
    out = str(matrix(system, work, data))
    if system == "asof":
        return [str(ASOF), "features", str(data / f"{work.name}.yaml"), "--out", out, "--threads", str(THREADS),
                "--force", "--quiet"]
    if system == "asof reader":
        tables = [f"{data / table}.parquet={','.join(['user_id', TIMES[table], *columns])}"
                  for table, columns in columns_read(work).items()]
        return [str(READER), str(THREADS), *tables]
    if system == "pyarrow":
        return [str(PYTHON), str(HERE / "read_pyarrow.py"), work.name, str(data)]
    python = GETML_PYTHON if system == "getml" else PYTHON
    return [str(python), str(HERE / f"run_{system}.py"), work.name, str(data), out]


def matrix(system: str, work: Work, data: Path) -> Path:
    return data / f"{work.name}.{system}.parquet"


def run(system: str, work: Work, data: Path) -> Run:
    """One process, from its start to its end. Its output goes to a log that is shown when it fails."""
    arguments = command(system, work, data)
    environment = os.environ | {"POLARS_MAX_THREADS": str(THREADS), "OMP_NUM_THREADS": str(THREADS)}
    log = data / "log.txt"
    redirect = [(os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2)]
    begin = time.perf_counter()
    child = os.posix_spawn(arguments[0], arguments, environment, file_actions=redirect)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        fail(f"{system} failed at {work.name}: {' '.join(arguments)}\n{log.read_text()}")
    return Run(seconds, usage.ru_maxrss / 1024)


def compare(system: str, work: Work, data: Path) -> None:
    done = subprocess.run([PYTHON, HERE / "compare.py", work.name, matrix("asof", work, data), system,
                           matrix(system, work, data)])
    if done.returncode != 0:
        fail("values differ; nothing was timed")


def warm(data: Path) -> None:
    """Brings the input into the page cache."""
    for path in data.glob("*.parquet"):
        path.read_bytes()


def turns(systems: list[str], work: Work, data: Path, repeat: int) -> dict[str, list[Run]]:
    """Every system once per repetition, each repetition beginning with another one."""
    runs = {system: [] for system in systems}
    for repetition in range(repeat):
        first = repetition % len(systems)
        for system in systems[first:] + systems[:first]:
            runs[system].append(run(system, work, data))
            print(f"  {work.name} {repetition + 1}/{repeat} {system}: {runs[system][-1].seconds:.2f} s, "
                  f"{runs[system][-1].peak_mb:.0f} MB", file=sys.stderr)
    return runs


def median_seconds(runs: list[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def with_faster_reader(runs: dict[str, list[Run]]) -> dict[str, list[Run]]:
    reader = min(READERS, key=lambda name: median_seconds(runs[name]))
    return {**{name: own for name, own in runs.items() if name not in READERS}, READ_ONLY: runs[reader]}


def rows_of(name: str, runs: dict[str, list[Run]]) -> list[Row]:
    """Medians; a ratio is taken within each repetition, against the first system."""
    base = next(iter(runs.values()))
    rows = []
    for system, own in runs.items():
        ratios = [mine.seconds / theirs.seconds for mine, theirs in zip(own, base)]
        rows.append(Row(work=name, system=system, seconds=median_seconds(own),
                        peak_mb=statistics.median(r.peak_mb for r in own), ratio=statistics.median(ratios),
                        ratio_min=min(ratios), ratio_max=max(ratios)))
    return rows


def measure(options: argparse.Namespace, data: Path) -> list[Row]:
    works = {name: ["asof", *PEERS[name]] for name in options.works}
    for name, systems in works.items():
        for system in systems:
            run(system, WORKS[name], data)
            if system != "asof":
                compare(system, WORKS[name], data)
    if options.repeat == 0:
        return []
    rows = []
    for name, systems in works.items():
        warm(data)
        rows += rows_of(name, with_faster_reader(turns(systems + READERS, WORKS[name], data, options.repeat)))
    return rows


def known_works() -> list[str]:
    """Those whose pack ships with this asof."""
    packs = ROOT / "src/features/packs"
    return [work.name for work in WORKS.values() if work.pack is None or (packs / f"{work.pack}.features").exists()]


def measured_on() -> str:
    """Machine and versions, for the page."""
    asof = subprocess.run([ASOF, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    # getML's own pandas and pyarrow are older; those of peers.lock, read last, are the ones measured.
    pins = machine.pins(HERE / "getml.lock", HERE / "peers.lock")
    peers = [f"{name} {pins[name]}" for name in ("polars", "duckdb", "pandas", "pyarrow", "getml")]
    return f"{machine.description(THREADS)}; {asof}, {', '.join(peers)}, Python {platform.python_version()}"


def not_negative(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a whole number is expected, not `{text}`")
    return int(text)


def positive(text: str) -> int:
    if not_negative(text) == 0:
        raise argparse.ArgumentTypeError("a number above 0 is expected")
    return int(text)


def arguments() -> argparse.Namespace:
    known = known_works()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], prog="tools/bench_features")
    parser.add_argument("--users", type=positive, default=PUBLISHED_USERS, help="of the simulated lender")
    parser.add_argument("--repeat", type=not_negative, default=PUBLISHED_REPEAT, help="timed runs of each; 0: compare values only")
    parser.add_argument("--works", nargs="+", choices=known, default=known, metavar="WORK",
                        help=f"some of: {' '.join(known)}")
    parser.add_argument("--print-users", action="store_true", help=argparse.SUPPRESS)  # for the script that starts this
    options = parser.parse_args()
    options.published = (options.users == PUBLISHED_USERS and options.repeat >= PUBLISHED_REPEAT and
                         options.works == known)
    return options


def main() -> None:
    options = arguments()
    if options.print_users:
        print(options.users)
        return
    machine.use_cores(THREADS)
    data = BUILD / f"users-{options.users}"
    rows = measure(options, data)
    if not rows:
        return
    command_line = f"tools/bench_features --users {options.users} --repeat {options.repeat}"
    if options.works != known_works():
        command_line += f" --works {' '.join(options.works)}"
    table = markdown(rows, command=command_line, machine=measured_on(), repeat=options.repeat)
    print(table)
    results, chart = (RESULTS, CHART) if options.published else (data / "features.json", data / "features.svg")
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps([row.published() for row in rows], indent=1) + "\n")
    chart.write_text(svg(rows))
    if options.published:
        write_section(DOCUMENT, "features", f"![Seconds per work and system]({CHART.name})\n\n{table}")
    print(f"results: {results}\nchart:   {chart}", file=sys.stderr)


main()
