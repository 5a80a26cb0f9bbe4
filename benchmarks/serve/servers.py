"""The servers that are measured: how each is started, and stopped by its own process."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from database import Database, free_port

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build/bench/serve"
ASOF = ROOT / "build/release/bin/asof"
READY_SECONDS_MAX = 120
WORKERS = 2


@dataclass(frozen=True)
class Place:
    """Where everything is."""

    lender: Path
    database: Database

    @property
    def bundle(self) -> Path:
        return self.lender / "models/mobile-lender"


@dataclass(frozen=True)
class System:
    name: str
    what: str
    works: list[str]
    users: int  # who are asked for once, when answers are compared and in `predict_cold`
    rows_path: str = ""
    asof: list[str] = field(default_factory=list)  # options of `asof serve`, or else
    service: str = ""  # a module for uvicorn
    logs_decisions: bool = False

    @property
    def needs_postgres(self) -> bool:
        return self.service == "pandas_service" or not (self.asof or self.service)


EVERYTHING = ["predict_warm", "predict_cold", "half_load_ingest"]
SYSTEMS = [
    System("asof", "the store; an answer is given when its entry in the decision log is on disk",
           [*EVERYTHING, "full_reasons"], 10_111, "/v1/events", ["--store", "{store}"], logs_decisions=True),
    System("asof, no decision log", "the store, `--no-decision-log`: what the Python services do",
           [*EVERYTHING, "full_reasons"], 10_111, "/v1/events", ["--store", "{store}", "--no-decision-log"]),
    System("asof, PostgreSQL", "rows from PostgreSQL; no decision log there", ["predict_postgres"], 10_111, "", []),
    System("FastAPI, pandas", "FastAPI, psycopg, PostgreSQL, pandas, scikit-learn", EVERYTHING, 2_000, "/v1/events",
           service="pandas_service"),
    System("ASGI, SQLite, numpy", "bare ASGI, SQLite, numpy, LightGBM", EVERYTHING, 5_000, "/v1/events",
           service="lean_service"),
]


def command(system: System, place: Place, store: Path, port: int) -> list[str]:
    if system.service:
        return [str(BUILD / "venv/bin/uvicorn"), f"{system.service}:app", "--app-dir", str(HERE), "--workers",
                str(WORKERS), "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--port", str(port)]
    options = [option.format(store=store) for option in system.asof]
    project = [] if options else [str(place.lender / "postgres.yaml")]
    return [str(ASOF), "serve", *project, "--bundle", str(place.bundle), "--port", str(port), *options]


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5).close()
        return True
    except (urllib.error.URLError, OSError):
        return False


def wait_until_ready(system: System, server: subprocess.Popen, port: int, log: Path) -> None:
    """Until it answers; uvicorn, until all of its workers have said that they could."""
    until = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < until and server.poll() is None:
        started = log.read_text().count("Application startup complete") if system.service else WORKERS
        if started >= WORKERS and answers(port):
            return
        time.sleep(0.1)
    raise SystemExit(f"bench_serve: {server.args} is not ready:\n{log.read_text()}")


def processor_seconds(root: int) -> float:
    """What a process, its threads and all that descends from it have used so far."""
    ticks, children = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, fields = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        children.setdefault(int(fields[1]), []).append(pid)
        ticks[pid] = int(fields[11]) + int(fields[12])
    total, left = 0, [root]
    while left:
        pid = left.pop()
        total += ticks.get(pid, 0)
        left += children.get(pid, [])
    return total / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    port: int
    processes: list[int]  # the server's and, where it needs one, the database's

    def processor_seconds(self) -> float:
        return sum(map(processor_seconds, self.processes))


@contextmanager
def serving(system: System, place: Place, store: Path) -> Iterator[Running]:
    """A freshly started server."""
    port, log = free_port(), place.lender / "server.log"
    (BUILD / "service.json").write_text(json.dumps({"database": place.database.address, "sqlite": str(store),
                                                    "models": str(place.lender / "peers")}))
    environment = os.environ | {"DATABASE_URL": place.database.address, "OMP_NUM_THREADS": "1"}
    with open(log, "wb") as output:
        server = subprocess.Popen(command(system, place, store, port), stdout=output, stderr=output, env=environment)
    try:
        wait_until_ready(system, server, port, log)
        yield Running(port, [server.pid, place.database.process] if system.needs_postgres else [server.pid])
    finally:
        server.terminate()
        server.wait()
