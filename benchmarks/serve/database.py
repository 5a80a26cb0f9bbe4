"""A PostgreSQL 15 of the benchmark's own: a temporary folder, a free port of this machine, gone at the end."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

# What the two cores and the data (about 1 GB) call for; the rest, durability included, is as Debian has it.
SETTINGS = {"shared_buffers": "1GB", "effective_cache_size": "8GB", "work_mem": "64MB", "maintenance_work_mem": "512MB",
            "max_wal_size": "4GB", "random_page_cost": "1.1", "jit": "off", "max_connections": "60"}

TABLES = {  # columns as in the files, primary key: the right index for one user's rows, which also refuses repetitions
    "events": ("id bigint, user_id bigint, timestamp timestamptz, screen_name text, action text, session_id bigint, "
               "network_type text", "user_id, timestamp, id"),
    "gps": ("id bigint, user_id bigint, time_of_fix timestamptz, accuracy double precision, land_speed double precision, "
            "location_provider text, latitude double precision, longitude double precision", "user_id, time_of_fix, id"),
    "features": ("user_id bigint, " + ", ".join(f"feature_{i} double precision" for i in range(1, 11)), "user_id"),
    "loan_outcomes": ("user_id bigint, application_at timestamptz, is_repaid bigint, outcome_known_at timestamptz",
                      "user_id, application_at"),
}


@dataclass(frozen=True)
class Database:
    address: str
    process: int


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def binary(name: str) -> str:
    folder = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
    debian = Path("/usr/lib/postgresql/15/bin")
    return str((debian if debian.exists() else Path(folder)) / name)


@contextmanager
def postgres() -> Iterator[Database]:
    """A server with an empty database. Root may not run one, so the user `postgres` does."""
    folder = Path(tempfile.mkdtemp(prefix="asof_bench_postgres_"))
    user: dict = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    log = folder / "log"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": folder}
    port = free_port()
    server = None
    try:
        subprocess.run([binary("initdb"), "-D", folder / "data", "-U", "asof", "-A", "trust", "-E", "UTF8",
                        "--locale=C"], check=True, **quiet, **user)
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        with open(log, "wb") as output:
            server = subprocess.Popen([binary("postgres"), "-D", folder / "data", "-p", str(port),
                                       "-clisten_addresses=127.0.0.1", f"-cunix_socket_directories={folder}", *settings],
                                      stdout=output, stderr=output, cwd=folder, **user)
        ready = [binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        while subprocess.run(ready).returncode != 0:
            if server.poll() is not None:
                raise SystemExit(f"bench_serve: PostgreSQL did not start:\n{log.read_text()}")
            time.sleep(0.1)
        yield Database(f"postgresql://asof@127.0.0.1:{port}/postgres", server.pid)
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: it does not wait for clients
            server.wait()
        shutil.rmtree(folder)


def fill(address: str, data: Path) -> int:
    """COPY in the order of the key, then the key itself. Returns the rows. `data` has a CSV file of each table."""
    import psycopg

    rows = 0
    with psycopg.connect(address, autocommit=True) as connection:
        for table, (columns, key) in TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({columns})")
            with connection.cursor() as cursor, open(data / f"{table}.csv", "rb") as file:
                with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, HEADER)") as copy:
                    while block := file.read(1 << 20):
                        copy.write(block)
                rows += cursor.rowcount
            connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({key})")
    return rows


def tidy(address: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
