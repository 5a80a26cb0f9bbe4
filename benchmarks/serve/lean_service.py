"""How far Python goes when everything heavy is left out: a bare ASGI application on uvicorn (uvloop, httptools, two
workers), SQLite in the process instead of a database server, sums and counts by SQLite, the rest by numpy, LightGBM.

It reads a copy of asof's own store file, whose tables are clustered by user and time.
"""

import sqlite3
import time
from datetime import datetime
from pathlib import Path

import numpy
import orjson
from classic import MASKED, MISSING, NO_EVENTS, NO_GPS, NO_MASKED, LightgbmModel, settings

SETTINGS = settings()
HOUR_US = 3_600_000_000
MAPPED_BYTES = 2 << 30

EVENTS_SQL = ("SELECT count(*), count(DISTINCT screen_name), count(DISTINCT action), count(DISTINCT session_id), "
              "count(DISTINCT network_type), max(timestamp) FROM events WHERE user_id = ? AND timestamp < ?")
GPS_SQL = ("SELECT accuracy, nullif(land_speed, -1), location_provider, time_of_fix FROM gps "
           "WHERE user_id = ? AND time_of_fix < ? ORDER BY time_of_fix")
MASKED_SQL = f"SELECT {', '.join(MASKED)} FROM features WHERE user_id = ?"
INSERT_SQL = "INSERT OR IGNORE INTO events (id, user_id, timestamp, screen_name, action, session_id, network_type, " \
             "asof_copy, asof_stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)"

model = LightgbmModel(Path(SETTINGS["models"]))
store = sqlite3.connect(SETTINGS["sqlite"], isolation_level=None)
store.execute("PRAGMA synchronous = FULL")
store.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
store.execute("PRAGMA busy_timeout = 10000")  # the other worker may be writing


def microseconds(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def of_gps(user: int, at: int) -> list[float]:
    rows = store.execute(GPS_SQL, (user, at)).fetchall()
    if not rows:
        return NO_GPS
    accuracies, speeds, providers, times = zip(*rows)
    accuracy = numpy.array([value for value in accuracies if value is not None], dtype=float)
    speed = numpy.array([value for value in speeds if value is not None], dtype=float)
    return [len(rows), accuracy.mean() if accuracy.size else MISSING, accuracy.std(ddof=1) if accuracy.size > 1 else MISSING,
            speed.mean() if speed.size else MISSING, speed.max() if speed.size else MISSING,
            len({provider for provider in providers if provider is not None}), (at - times[-1]) / HOUR_US]


def of_events(user: int, at: int) -> list[float]:
    *counts, latest = store.execute(EVENTS_SQL, (user, at)).fetchone()
    return [*counts, (at - latest) / HOUR_US] if latest is not None else NO_EVENTS


def predict(body: bytes) -> dict:
    request = orjson.loads(body)
    user, at = int(request["user_id"]), microseconds(request["application_at"])
    masked = store.execute(MASKED_SQL, (user,)).fetchone() or NO_MASKED
    masked = [MISSING if value is None else value for value in masked]
    return {"prediction_probability": model.probability(of_gps(user, at) + of_events(user, at) + masked)}


def take_events(body: bytes) -> dict:
    now = time.time_ns() // 1000
    rows = [(row["id"], row["user_id"], microseconds(row["timestamp"]), row.get("screen_name"), row.get("action"),
             row.get("session_id"), row.get("network_type"), now) for row in orjson.loads(body)]
    store.execute("BEGIN IMMEDIATE")
    stored = store.executemany(INSERT_SQL, rows).rowcount
    store.execute("COMMIT")
    return {"stored": stored}


ROUTES = {"/predict": predict, "/v1/events": take_events, "/ready": lambda _: {}}


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    answer = orjson.dumps(ROUTES[scope["path"]](body))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
