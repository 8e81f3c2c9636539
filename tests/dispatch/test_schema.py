from dispatch import schema
from dispatch.system import System


def test_a_migrated_database_has_exactly_the_tables_and_columns_of_the_records(system: System) -> None:
    with system.engine.connect() as connection:
        assert schema.drift(connection) == []


def test_a_second_upgrade_changes_nothing(system: System) -> None:
    schema.upgrade(system.engine)
    with system.engine.connect() as connection:
        assert schema.version(connection) == schema.newest()
