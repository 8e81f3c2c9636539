import pytest

from dispatch import facts, schema
from dispatch.evidence import EventType
from dispatch.system import System
from tests.phone_day import fact
from tests.town import Town


def test_a_migrated_database_has_exactly_the_tables_and_columns_of_the_records(system: System) -> None:
    with system.engine.connect() as connection:
        assert schema.drift(connection) == []


def test_a_second_upgrade_changes_nothing(system: System) -> None:
    schema.upgrade(system.engine)
    with system.engine.connect() as connection:
        assert schema.version(connection) == schema.newest()


@pytest.mark.parametrize("kind", EventType)
def test_the_database_takes_every_kind_of_event(town: Town, kind: EventType) -> None:
    with town.system.transaction() as session:
        visit = town.order(session, "A-1").visits[0]
        facts.record(session, visit, town.technicians["T1"], kind, fact(town, town.system.now()))
