"""Measures asof's live server beside Python services; started by tools/bench_serve, which makes what it needs.

Answers first: before anything is timed, every system answers every user once (the slower ones, some thousands of them).
asof's answers must have the bits of `asof predict`, those of a Python service must be its model's batch predictions from
asof's features (within 1e-9). Then the systems take turns. Everything, the client too, runs on the same two cores and
talks over 127.0.0.1.
"""

import argparse
import csv
import json
import os
import platform
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import database
from database import fill, postgres, tidy
from servers import ASOF, BUILD, HERE, ROOT, SYSTEMS, Place, System, serving

sys.path.insert(0, str(HERE.parent))
import machine  # noqa: E402
from document import write_section  # noqa: E402

CLIENT = ROOT / "build/bench/bin/asof_bench_http_load"
DOCUMENT = ROOT / "docs/benchmarks.md"
RESULTS = ROOT / "benchmarks/results/serve.json"

CORES = 2
PUBLISHED_USERS, PUBLISHED_REPEAT, PUBLISHED_SECONDS = 10_111, 3, 8
SEED = 1
WARM_USERS, WARM_UP = 500, 2  # seconds that are not counted
CONNECTIONS = 16  # of the closed loop
HALF_LOAD_CONNECTIONS = 64  # of the open loop: more than are ever needed at once
EVENT_WRITES_PER_S, EVENTS_PER_WRITE = 20, 100  # beside the scores of half_load_ingest
EVENT_ROWS_PER_REQUEST, EVENT_REQUESTS, EVENT_CONNECTIONS = 1000, 300, 4  # of ingest_http
TOLERANCE = 1e-9
WORKS = ["predict_warm", "predict_cold", "predict_postgres", "full_reasons", "half_load_ingest", "ingest", "ingest_http"]
WRITING_WORKS = ["half_load_ingest", "ingest_http"]


@dataclass(frozen=True)
class Latencies:
    work: str
    system: str
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    p999_ms: float
    processor_ms: float  # per request, of the server and its database; where events are written, theirs included


@dataclass(frozen=True)
class Rows:
    work: str
    system: str
    rows_per_second: float


def say(message: str) -> None:
    print(f"bench_serve: {message}", file=sys.stderr, flush=True)


def fail(message: str) -> None:
    raise SystemExit(f"bench_serve: {message}")


class Requests:
    """The files of requests that the client sends, all made from one order of the users."""

    def __init__(self, lender: Path):
        self.folder = lender / "requests"
        self.folder.mkdir(exist_ok=True)
        with open(lender / "applications.csv", newline="") as file:
            self.applications = list(csv.DictReader(file))
        random.Random(SEED).shuffle(self.applications)
        self.next_event = 1_000_000_000  # above every id of the lender

    def of_users(self, users: int) -> Path:
        path = self.folder / f"users-{users}.txt"
        path.write_text("".join(json.dumps({"user_id": int(row["user_id"]), "application_at": row["application_at"]}) +
                                "\n\n" for row in self.applications[:users]))
        return path

    def of_events(self, requests: int, rows: int, lines: bool) -> Path:
        """New events of random users, later than every application, so that no score changes."""
        path = self.folder / "events.txt"
        draw = random.Random(self.next_event)
        with open(path, "w") as file:
            for _ in range(requests):
                events = [json.dumps({
                    "id": self.next_event + i, "user_id": int(draw.choice(self.applications)["user_id"]),
                    "timestamp": f"2026-0{draw.randint(1, 9)}-{draw.randint(10, 28)}T08:{draw.randint(10, 59)}:00Z",
                    "screen_name": f"screen_{draw.randint(1, 30)}", "action": f"action_{draw.randint(1, 12)}",
                    "session_id": draw.randint(1, 1000), "network_type": "WIFI"}) for i in range(rows)]
                self.next_event += rows
                file.write(("\n".join(events) if lines else f"[{','.join(events)}]") + "\n\n")
        return path


def load(port: int, requests: Path, *options: object) -> dict:
    """One run of the client, started in the background when asked to."""
    return finish(start_load(port, requests, *options))


def start_load(port: int, requests: Path, *options: object) -> subprocess.Popen:
    return subprocess.Popen([str(CLIENT), "--port", str(port), "--requests", str(requests), *map(str, options)],
                            stdout=subprocess.PIPE, text=True)


def finish(client: subprocess.Popen) -> dict:
    output, _ = client.communicate()
    if client.returncode != 0:
        fail(f"{' '.join(client.args)} failed (see above)")
    return json.loads(output)


class Bench:
    def __init__(self, options: argparse.Namespace, place: Place, systems: list[System]):
        self.options, self.place, self.systems = options, place, systems
        self.requests = Requests(place.lender)
        self.store = place.lender / "store.db"  # as ingested: never written here
        self.scratch = place.lender / "scratch.db"
        self.greatest: dict[str, list[float]] = {}  # requests per second of predict_warm

    def serving(self, system: System, work: str = ""):
        """Where decisions or events will be written, from a fresh copy of the store, all of it on disk."""
        if not system.logs_decisions and work not in WRITING_WORKS:
            return serving(system, self.place, self.store)
        for path in self.place.lender.glob("scratch.db*"):
            path.unlink()
        shutil.copyfile(self.store, self.scratch)
        os.sync()  # or the disk would still be busy with the copy
        return serving(system, self.place, self.scratch)

    def check_answers(self, system: System) -> None:
        answers = self.place.lender / "answers.txt"
        with self.serving(system) as server:
            load(server.port, self.requests.of_users(system.users), "--once", "--answers", answers, "--seconds", 3600,
                 "--connections", CONNECTIONS)
        expected, tolerance = self.expected(system)
        wrong, lines = 0, answers.read_text().splitlines()
        for application, line in zip(self.requests.applications, lines):
            answer = json.loads(line)["prediction_probability"]
            wanted = expected[application["user_id"]]
            if abs(answer - wanted) > tolerance:
                wrong += 1
                say(f"{system.name}: user {application['user_id']} is answered {answer}, the batch says {wanted}")
        if wrong:
            fail(f"{system.name}: {wrong} answers differ from batch prediction; nothing was timed")
        say(f"{system.name}: {len(lines)} answers are those of batch prediction")

    def expected(self, system: System) -> tuple[dict[str, float], float]:
        """The batch predictions by user, and by how much an answer may differ."""
        peer = {"pandas_service": "pandas", "lean_service": "lean"}.get(system.service)
        path = self.place.lender / ("peers/predictions.csv" if peer else "predictions.csv")
        with open(path, newline="") as file:
            predictions = {row["user_id"]: float(row[peer or "prediction_probability"]) for row in csv.DictReader(file)}
        return predictions, TOLERANCE if peer else 0.0

    def run(self, work: str, system: System) -> dict:
        timing = ("--seconds", self.options.seconds, "--connections", CONNECTIONS)
        with self.serving(system, work) as server:
            before = server.processor_seconds()
            if work == "predict_cold":
                run = load(server.port, self.requests.of_users(system.users), "--once", *timing)
            elif work == "half_load_ingest":
                run = self.half_load(system, server.port)
            else:
                path = "/v1/score" if work == "full_reasons" else "/predict"
                run = load(server.port, self.requests.of_users(WARM_USERS), "--path", path, "--warm-up", WARM_UP, *timing)
            used = server.processor_seconds() - before
        return run | {"processor_ms": 1000 * used / run["answers"]}

    def half_load(self, system: System, port: int) -> dict:
        rate = statistics.median(self.greatest[system.name]) / 2
        seconds = self.options.seconds
        events = self.requests.of_events((seconds + WARM_UP + 1) * EVENT_WRITES_PER_S, EVENTS_PER_WRITE, lines=False)
        writer = start_load(port, events, "--path", system.rows_path, "--rate", EVENT_WRITES_PER_S, "--warm-up", 0,
                            "--seconds", seconds + WARM_UP, "--connections", EVENT_CONNECTIONS)
        measured = load(port, self.requests.of_users(WARM_USERS), "--rate", rate, "--warm-up", WARM_UP, "--seconds", seconds, "--connections",
                        HALF_LOAD_CONNECTIONS)
        finish(writer)
        return measured

    def measure(self, work: str) -> list[Latencies]:
        """The systems take turns; medians of the repetitions."""
        taking_part = [system for system in self.systems if work in system.works]
        runs: dict[str, list[dict]] = {system.name: [] for system in taking_part}
        for repetition in range(self.options.repeat):
            first = repetition % max(1, len(taking_part))
            for system in taking_part[first:] + taking_part[:first]:
                run = self.run(work, system)
                runs[system.name].append(run)
                say(f"{work} {repetition + 1}/{self.options.repeat} {system.name}: {run['requests_per_second']:.0f} "
                    f"requests/s, p50 {run['p50_ms']:.2f} ms, p99 {run['p99_ms']:.2f} ms, processor "
                    f"{run['processor_ms']:.2f} ms")
        if work == "predict_warm":
            self.greatest = {name: [run["requests_per_second"] for run in own] for name, own in runs.items()}
        figures = ["requests_per_second", "p50_ms", "p99_ms", "p999_ms", "processor_ms"]
        return [Latencies(work, name, *(statistics.median(run[figure] for run in own) for figure in figures))
                for name, own in runs.items()]

    def ingest_http(self, system: System) -> Rows:
        """asof takes rows as lines of JSON, the Python services an array."""
        lines = not system.service
        events = self.requests.of_events(EVENT_REQUESTS, EVENT_ROWS_PER_REQUEST, lines)
        rates = []
        for _ in range(self.options.repeat):
            with self.serving(system, "ingest_http") as server:
                sent = load(server.port, events, "--path", system.rows_path, "--once", "--seconds", self.options.seconds,
                            "--connections", EVENT_CONNECTIONS, "--content-type",
                            "application/x-ndjson" if lines else "application/json")
            rates.append(sent["requests_per_second"] * EVENT_ROWS_PER_REQUEST)
            if system.service == "pandas_service":  # its database stays: the next ones must be new again
                events = self.requests.of_events(EVENT_REQUESTS, EVENT_ROWS_PER_REQUEST, lines)
        say(f"ingest_http {system.name}: {statistics.median(rates):.0f} rows/s")
        return Rows("ingest_http", system.name, statistics.median(rates))


def ingest_asof(lender: Path) -> Rows:
    """All tables of the lender into a new store, from Parquet and CSV."""
    store = lender / "store.db"
    for path in lender.glob("store.db*"):
        path.unlink()
    begin = time.perf_counter()
    done = subprocess.run([ASOF, "ingest", lender / "asof.yaml", "--store", store, "--json", "--quiet"],
                          capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - begin
    rows = sum(table["stored"] for table in json.loads(done.stdout)["tables"])
    say(f"ingest asof: {rows} rows in {seconds:.1f} s")
    return Rows("ingest", "asof", rows / seconds)


def ingest_postgres(address: str, lender: Path) -> Rows:
    begin = time.perf_counter()
    rows = fill(address, lender / "csv")
    seconds = time.perf_counter() - begin
    say(f"ingest PostgreSQL: {rows} rows in {seconds:.1f} s")
    tidy(address)
    return Rows("ingest", "PostgreSQL, COPY", rows / seconds)


def measure(options: argparse.Namespace, lender: Path) -> list[Latencies | Rows]:
    systems = [system for system in SYSTEMS if system.name in options.systems]
    results: list[Latencies | Rows] = []
    if "ingest" in options.works or not (lender / "store.db").exists():
        results.append(ingest_asof(lender))
    with postgres() as server:
        results.append(ingest_postgres(server.address, lender))
        bench = Bench(options, Place(lender, server), systems)
        for system in systems:
            bench.check_answers(system)
        if options.repeat == 0:
            return []
        for work in [work for work in WORKS if work in options.works and not work.startswith("ingest")]:
            results += bench.measure(work)
        if "ingest_http" in options.works:
            results += [bench.ingest_http(system) for system in systems
                        if system.rows_path and "no decision log" not in system.name]
    return sorted((row for row in results if row.work in options.works), key=lambda row: WORKS.index(row.work))


def markdown(results: list[Latencies | Rows], options: argparse.Namespace, *, command: str, machine: str) -> str:
    lines = [f"`{command}`", "", f"{machine}.", "",
             f"Medians of {options.repeat} runs of {options.seconds} s each.", "",
             "| work | system | requests/s | p50, ms | p99, ms | p99.9, ms | processor time, ms |",
             "|---|---|--:|--:|--:|--:|--:|"]
    for row in results:
        if isinstance(row, Latencies):
            lines.append(f"| `{row.work}` | {row.system} | {row.requests_per_second:,.0f} | {row.p50_ms:.2f} | "
                         f"{row.p99_ms:.2f} | {row.p999_ms:.2f} | {row.processor_ms:.2f} |")
    rows = [row for row in results if isinstance(row, Rows)]
    if rows:
        lines += ["", "| work | system | rows/s |", "|---|---|--:|"]
        lines += [f"| `{row.work}` | {row.system} | {row.rows_per_second:,.0f} |" for row in rows]
    return "\n".join(lines) + "\n"


def measured_on() -> str:
    """The load is what the kernel said before anything was started: above 0.5, others were using the cores too."""
    load = os.getloadavg()[0]
    asof = subprocess.run([ASOF, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    server = subprocess.run([database.binary("postgres"), "--version"], capture_output=True, text=True, check=True)
    pins = machine.pins(HERE / "peers.lock")
    peers = [f"{name} {pins[name]}" for name in ("fastapi", "uvicorn", "psycopg", "pandas", "scikit-learn", "lightgbm")]
    return (f"{machine.description(CORES)}, load {load:.1f} before the first run; {asof}, "
            f"PostgreSQL {server.stdout.split()[2]}, {', '.join(peers)}, Python {platform.python_version()}")


def published(row: Latencies | Rows) -> dict:
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(row).items()}


def arguments() -> argparse.Namespace:
    names = [system.name for system in SYSTEMS]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], prog="tools/bench_serve")
    parser.add_argument("--users", type=int, default=PUBLISHED_USERS, help="of the simulated lender")
    parser.add_argument("--repeat", type=int, default=PUBLISHED_REPEAT, help="timed runs of each; 0: compare answers only")
    parser.add_argument("--seconds", type=int, default=PUBLISHED_SECONDS, help="of each run")
    parser.add_argument("--works", nargs="+", choices=WORKS, default=WORKS, metavar="WORK", help=f"some of: {' '.join(WORKS)}")
    parser.add_argument("--systems", nargs="+", choices=names, default=names, metavar="SYSTEM",
                        help="some of: " + "; ".join(names))
    parser.add_argument("--print-users", action="store_true", help=argparse.SUPPRESS)  # for the script that starts this
    options = parser.parse_args()
    if options.users < 1 or options.repeat < 0 or options.seconds < 1:
        parser.error("--users and --seconds are above 0, --repeat is not below it")
    if "half_load_ingest" in options.works and "predict_warm" not in options.works:
        parser.error("half_load_ingest is at half the rate of predict_warm: name both")
    options.published = (options.users == PUBLISHED_USERS and options.repeat >= PUBLISHED_REPEAT and
                         options.seconds >= PUBLISHED_SECONDS and options.works == WORKS and options.systems == names)
    return options


def main() -> None:
    options = arguments()
    if options.print_users:
        print(options.users)
        return
    machine.use_cores(CORES)
    place = measured_on()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench_serve: ended by a signal"))  # servers are stopped first
    lender = BUILD / f"users-{options.users}"
    results = measure(options, lender)
    if not results:
        return
    command_line = f"tools/bench_serve --users {options.users} --repeat {options.repeat} --seconds {options.seconds}"
    table = markdown(results, options, command=command_line, machine=place)
    print(table)
    path = RESULTS if options.published else lender / "serve.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([published(row) | {"machine": place} for row in results], indent=1) + "\n")
    if options.published:
        write_section(DOCUMENT, "serve", table)
    say(f"results: {path}")


main()
