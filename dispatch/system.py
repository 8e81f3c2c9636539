"""The one place where the parts are put together; passed to the front ends, the worker, the commands and the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session as Session
from sqlalchemy.orm.exc import StaleDataError

from dispatch import database, planted, settings, touched
from dispatch.notify import choice as ways
from dispatch.notify.log import Log
from dispatch.notify.message import Notifier
from dispatch.photo_store import PhotoStore
from dispatch.place import Places
from dispatch.planted import Point
from dispatch.queue import Queue
from dispatch.roads import choice
from dispatch.standing import Kept
from routing.travel import GreatCircle, TravelTimes
from technicians.errors import Conflict

LOST_RACE = {"40001", "40P01", "55P03"}
MADE_BY_ANOTHER = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}


@dataclass(frozen=True)
class System:
    """Everything a command needs. Nobody else reads a clock, the environment or a global."""

    settings: settings.Settings
    engine: Engine
    places: Places
    travel_times: TravelTimes
    queue: Queue
    photos: PhotoStore
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    notifier: Notifier = field(default_factory=Log)
    days: Kept = field(default_factory=Kept)

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Session]:
        """The only thing that commits: one per request, command or job. A lost race is a Conflict.

        After the commit the queue is told of new outbox rows (`session.info["wake"]`) and of boards with something new
        to read (`dispatch.touched`), never before.
        """
        options = {"read_only": read_only, "postgresql_readonly": read_only}
        with self.engine.connect().execution_options(**options) as connection:
            with Session(connection, expire_on_commit=False) as session, lost_races_as_conflicts():
                session.info.update({"days": self.days, planted.KEY: self.settings.planted})
                planted.at(session, Point.BEGUN)
                yield session
                planted.at(session, Point.COMMITTING)
                session.commit()
                planted.at(session, Point.COMMITTED)
            if session.info.get("wake"):
                self.queue.wake()
            if areas := session.info.get(touched.KEY):
                self.queue.tell(areas)


@contextmanager
def lost_races_as_conflicts() -> Iterator[None]:
    """Whatever the database says when two writers met becomes one kind of error."""
    try:
        yield
    except StaleDataError as lost:
        raise Conflict("Somebody else changed this at the same moment.", remedy="Try again.") from lost
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) in LOST_RACE or "locked" in str(error.orig):
            raise Conflict("The database is busy with the same rows.", remedy="Try again.") from error
        raise
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", getattr(error.orig, "sqlite_errorname", None)) in MADE_BY_ANOTHER:
            raise Conflict("Somebody else made the same thing first.", remedy="Look at it and try again.") from error
        raise


def build(environment: Mapping[str, str]) -> System:
    """The system that the environment describes."""
    return assemble(settings.read(environment))


def assemble(chosen: settings.Settings) -> System:
    places = Places(chosen.boundaries)
    circle = GreatCircle(circuity=chosen.circuity, speed_kmh=chosen.speed_kmh, per_stop=chosen.per_stop)
    return System(
        settings=chosen,
        engine=database.connect(chosen.database_url, locks=chosen.planted.locks),
        places=places,
        travel_times=choice.travel_times(chosen.roads, circle, places, chosen.home / "roads.db"),
        queue=Queue(chosen.redis_url),
        photos=PhotoStore(chosen.photo_store),
        notifier=ways.notifier(chosen.notify, lambda: datetime.now(UTC)),
    )
