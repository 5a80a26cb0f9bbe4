"""The service that asof replaces, in its best form: FastAPI on uvicorn (uvloop, httptools, two workers), PostgreSQL
through psycopg's pool in pipeline mode, features of one user by pandas, a scikit-learn model.

psycopg rather than SQLAlchemy, whose objects would only cost; both tables clustered by their primary keys
(user, time, id); all three queries in one round trip; binary results; work in the event loop, because a thread per
request would only wait for the interpreter's lock.
"""

from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pandas
import sklearn
from classic import MASKED, NO_EVENTS, NO_GPS, NO_MASKED, ScikitModel, settings
from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

SETTINGS = settings()
CONNECTIONS = 8  # of each worker

EVENTS_SQL = ("SELECT screen_name, action, session_id, network_type, timestamp FROM events "
              "WHERE user_id = %s AND timestamp < %s ORDER BY timestamp")
GPS_SQL = ("SELECT accuracy, nullif(land_speed, -1), location_provider, time_of_fix FROM gps "
           "WHERE user_id = %s AND time_of_fix < %s ORDER BY time_of_fix")
MASKED_SQL = f"SELECT {', '.join(MASKED)} FROM features WHERE user_id = %s"
INSERT_SQL = ("INSERT INTO events (id, user_id, timestamp, screen_name, action, session_id, network_type) "
              "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::bigint[], "
              "%s::text[]) ON CONFLICT DO NOTHING")


class Application(BaseModel):
    user_id: int
    application_at: datetime


class Event(BaseModel):
    id: int
    user_id: int
    timestamp: datetime
    screen_name: str | None = None
    action: str | None = None
    session_id: int | None = None
    network_type: str | None = None


def hours(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds() / 3600


def of_gps(rows: list[tuple], at: datetime) -> list[float]:
    if not rows:
        return NO_GPS
    fixes = pandas.DataFrame(rows, columns=["accuracy", "land_speed", "location_provider", "time_of_fix"])
    accuracy, speed = fixes["accuracy"].astype(float), fixes["land_speed"].astype(float)
    return [len(fixes), accuracy.mean(), accuracy.std(), speed.mean(), speed.max(), fixes["location_provider"].nunique(),
            hours(at, rows[-1][3])]


def of_events(rows: list[tuple], at: datetime) -> list[float]:
    if not rows:
        return NO_EVENTS
    events = pandas.DataFrame([row[:4] for row in rows], columns=["screen", "action", "session", "network"])
    return [len(events), *(events[name].nunique() for name in events.columns), hours(at, rows[-1][4])]


sklearn.set_config(assume_finite=True)
model = ScikitModel(Path(SETTINGS["models"]))
pool = AsyncConnectionPool(SETTINGS["database"], min_size=CONNECTIONS, max_size=CONNECTIONS, open=False)


@asynccontextmanager
async def lifespan(_: FastAPI):
    await pool.open(wait=True)
    yield
    await pool.close()


app = FastAPI(lifespan=lifespan)


@app.get("/ready")
async def ready() -> dict:
    return {}


@app.post("/predict")
async def predict(application: Application) -> dict:
    user, at = application.user_id, application.application_at
    async with pool.connection() as connection, connection.pipeline():
        events, gps, masked = (connection.cursor(binary=True) for _ in range(3))
        await events.execute(EVENTS_SQL, (user, at), prepare=True)
        await gps.execute(GPS_SQL, (user, at), prepare=True)
        await masked.execute(MASKED_SQL, (user,), prepare=True)
        event_rows, fixes, attributes = await events.fetchall(), await gps.fetchall(), await masked.fetchone()
    features = of_gps(fixes, at) + of_events(event_rows, at) + list(attributes or NO_MASKED)
    return {"prediction_probability": model.probability(features)}


@app.post("/v1/events")
async def events(rows: list[Event]) -> dict:
    columns = list(zip(*((row.id, row.user_id, row.timestamp, row.screen_name, row.action, row.session_id,
                          row.network_type) for row in rows)))
    async with pool.connection() as connection:
        done = await connection.execute(INSERT_SQL, [list(column) for column in columns])
    return {"stored": done.rowcount}
