from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from dispatch.cli import main
from dispatch.work_order import WorkOrder
from technicians.people import Technician
from tests.town import Town

PERSON = (
    "code,name,phone,provider,outlet,outlet_county,area,start_lng,start_lat,skills,counties,shift\n"
    "N1,周师傅,13800000009,shifu,north,310101,310100,121.48,31.23,lamp:3,310101,mon-fri 08:00-17:30\n"
)
ORDER = (
    "number,product,consumer_name,phone,address,county_code\n"
    "A-1,lamp,陈女士,13900000001,上海市黄浦区南京东路100号,310101\n"
    "A-2,lamp,李先生,13900000002,朝阳区建国路88号,\n"
)


def run(town: Town, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, obj=town.system)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PERSON)
    return path


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDER)
    return path


def test_technicians_are_imported_and_exported_to_a_file_that_changes_nothing(
    sqlite_town: Town, people: Path, tmp_path: Path
) -> None:
    assert (
        run(sqlite_town, "import", "technicians", str(people)).output == "technicians: 1 new, 0 changed, 0 unchanged.\n"
    )
    written = tmp_path / "out.csv"
    assert run(sqlite_town, "export", "technicians", "-o", str(written)).exit_code == 0
    again = run(sqlite_town, "import", "technicians", str(written))
    assert again.output == "technicians: 0 new, 0 changed, 4 unchanged.\n"


def test_a_check_says_what_would_change_and_changes_nothing(sqlite_town: Town, people: Path) -> None:
    assert "technicians: 1 new" in run(sqlite_town, "import", "technicians", "--check", str(people)).output
    with sqlite_town.system.transaction(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Technician)) == 3


def test_wrong_rows_are_listed_with_line_and_column_and_nothing_is_imported(sqlite_town: Town, people: Path) -> None:
    people.write_text(PERSON.replace("lamp:3", "piano:3").replace("310101,mon", "999999,mon"))
    result = run(sqlite_town, "import", "technicians", str(people))
    assert result.exit_code == 1
    assert "line 2, column skills" in result.output
    assert "line 2, column counties" in result.output
    assert "Nothing was imported" in result.output
    with sqlite_town.system.transaction(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Technician)) == 3


def test_orders_are_imported_once_and_parked_ones_are_told_with_the_reason(sqlite_town: Town, orders: Path) -> None:
    first = run(sqlite_town, "import", "orders", str(orders), "--merchant", "lights")
    assert first.exit_code == 0
    assert "orders: 2 new, 0 known already, 1 parked." in first.output
    assert "line 3, order A-2: The address does not name one county" in first.output
    second = run(sqlite_town, "import", "orders", str(orders), "--merchant", "lights")
    assert "orders: 0 new, 2 known already" in second.output
    with sqlite_town.system.transaction(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(WorkOrder)) == 2


@pytest.mark.parametrize(
    ("more", "reason"),
    [(("--merchant", "nobody"), "no merchant"), (("--merchant", "lights", "--zone", "Mars/Olympus"), "no time zone")],
)
def test_a_wrong_option_is_one_line_and_exit_code_1(
    sqlite_town: Town, orders: Path, more: tuple[str, ...], reason: str
) -> None:
    result = run(sqlite_town, "import", "orders", str(orders), *more)
    assert result.exit_code == 1
    assert result.output.startswith("error: ")
    assert reason in result.output


def test_exported_orders_carry_state_place_and_reason_and_no_formulas(sqlite_town: Town, orders: Path) -> None:
    orders.write_text(ORDER.replace("李先生", "=1+1"))
    run(sqlite_town, "import", "orders", str(orders), "--merchant", "lights")
    lines = run(sqlite_town, "export", "orders").output.splitlines()
    assert lines[0].startswith("number,merchant,product,state")
    assert lines[1].startswith("A-1,Bright Lights,lamp,awaiting-goods,陈女士,13900000001,")
    assert ",parked,'=1+1," in lines[2]
    assert "does not name one county" in lines[2]
    assert len(run(sqlite_town, "export", "orders", "--state", "parked").output.splitlines()) == 2


def test_boundaries_without_a_datum_are_refused(sqlite_town: Town, tmp_path: Path) -> None:
    path = tmp_path / "layer.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    result = run(sqlite_town, "import", "boundaries", str(path))
    assert result.exit_code == 1
    assert "error:" in result.output


def test_skills_and_products_are_imported_and_exported_to_files_that_change_nothing(
    sqlite_town: Town, tmp_path: Path
) -> None:
    skills, products = tmp_path / "skills.csv", tmp_path / "products.csv"
    skills.write_text("code,name_zh,name_en\ncarpets,地毯,Carpets\n")
    products.write_text(
        "code,name_zh,name_en,minutes,skills,shots\n"
        "carpet,地毯铺装,Carpet laying,60,carpets:2,finished:完成:Finished!\n"
    )
    assert "“carpets” is no skill here" in run(sqlite_town, "import", "products", str(products)).stderr
    assert run(sqlite_town, "import", "skills", str(skills)).output == "skills: 1 new, 0 changed, 0 unchanged.\n"
    assert run(sqlite_town, "import", "products", "--check", str(products)).output.startswith("products: 1 new")
    assert run(sqlite_town, "import", "products", str(products)).output.startswith("products: 1 new")
    for kind, count in (("skills", 4), ("products", 5)):
        out = tmp_path / f"{kind}-out.csv"
        assert run(sqlite_town, "export", kind, "-o", str(out)).exit_code == 0
        again = run(sqlite_town, "import", kind, str(out))
        assert again.output == f"{kind}: 0 new, 0 changed, {count} unchanged.\n"
