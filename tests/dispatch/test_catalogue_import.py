"""Skills and service products from CSV files: everything or nothing, and out again without a change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dispatch import catalogue_import
from dispatch.audit import AuditEntry
from dispatch.catalogue import ServiceProduct
from dispatch.catalogue_file import PRODUCTS, SKILLS, Kind, Values
from dispatch.catalogue_import import Preview
from dispatch.catalogue_lists import OUTLINES, shots
from dispatch.csv_file import WrongCell, rows, written
from dispatch.errors import WrongRows
from dispatch.questionnaire import Extra, as_json, yes_or_no
from dispatch.work_order import VisitCause
from technicians.people import Skill
from tests.town import SHOTS, Town

HEADER = "code,name_zh,name_en,category,icon,minutes,setup_minutes,load,crew_size,skills,shots\n"
HEATER = "gas-heater,燃气热水器,Gas heater,water-heater,flame,90,5,8,2,water-heater:2;lamp,{shots}\n"
BEFORE_AND_LABEL = "before:安装前:Before!;label:铭牌:Label"


def text(*lines: str) -> bytes:
    return (HEADER + "".join(lines)).encode()


def load(town: Town, content: bytes, kind: Kind = PRODUCTS) -> Preview:
    with town.system.transaction() as session:
        return catalogue_import.load(session, kind, content, by="ada", at=town.system.now())


def product(town: Town, code: str) -> ServiceProduct | None:
    with town.system.transaction(read_only=True) as session:
        return session.get(ServiceProduct, code)


def test_a_new_product_is_kept_as_the_row_says_with_an_audit(town: Town) -> None:
    assert load(town, text(HEATER.format(shots=BEFORE_AND_LABEL))).created == ["gas-heater"]
    kept = product(town, "gas-heater")
    assert kept is not None
    assert (kept.duration, kept.setup, kept.load, kept.crew_size) == (5400, 300, 8, 2)
    assert (kept.category, kept.icon, kept.skills) == ("water-heater", "flame", {"water-heater": 2, "lamp": 1})
    assert kept.shot_list == [
        {"code": "before", "name_zh": "安装前", "name_en": "Before", "required": True},
        {"code": "label", "name_zh": "铭牌", "name_en": "Label", "required": False},
    ]
    with town.system.transaction(read_only=True) as session:
        (entry,) = session.scalars(select(AuditEntry))
        assert (entry.action, entry.subject_id, entry.actor) == ("service-product.created", "gas-heater", "ada")


def test_what_may_be_left_out_has_a_usual_value(sqlite_town: Town) -> None:
    load(sqlite_town, "code,name_zh,name_en,minutes,skills,shots\nrug,地毯,Rug,1.5,,\n".encode())
    kept = product(sqlite_town, "rug")
    assert kept is not None
    assert (kept.category, kept.icon, kept.duration, kept.setup) == ("rug", "box", 90, 0)
    assert (kept.load, kept.crew_size, kept.skills, kept.shot_list) == (1, 1, {}, [])


def test_a_known_product_changes_and_only_what_changed_is_noted(town: Town) -> None:
    row = "lamp,lamp,Lamp,lamp,box,45,5,5,1,lamp:1,{}\n".format(";".join(map(written_shot, SHOTS)))
    assert load(town, text(row)).changed == {"lamp": ["duration"]}
    with town.system.transaction(read_only=True) as session:
        (entry,) = session.scalars(select(AuditEntry))
        assert (entry.before, entry.after) == ({"duration": 1800}, {"duration": 2700})
        assert len(session.scalars(select(ServiceProduct)).all()) == 4


def written_shot(shot: dict[str, Any]) -> str:
    return f"{shot['code']}:{shot['name_zh']}:{shot['name_en']}{'!' if shot['required'] else ''}"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("gas heater,燃,Gas,,,90,,,,,\n", "code", "is no code"),
        (",燃,Gas,,,90,,,,,\n", "code", "It is empty"),
        ("gas,,Gas,,,90,,,,,\n", "name_zh", "It is empty"),
        ("gas,燃,Gas,,,,,,,,\n", "minutes", "It is empty"),
        ("gas,燃,Gas,,,0,,,,,\n", "minutes", "not between 1 and 1440"),
        ("gas,燃,Gas,,,nan,,,,,\n", "minutes", "not between"),
        ("gas,燃,Gas,,,long,,,,,\n", "minutes", "is not a number"),
        ("gas,燃,Gas,,,90,-1,,,,\n", "setup_minutes", "not between"),
        ("gas,燃,Gas,,,90,,1.5,,,\n", "load", "is not a whole number"),
        ("gas,燃,Gas,,,90,,,3,,\n", "crew_size", "not between 1 and 2"),
        ("gas,燃,Gas,,,90,,,,water-heater:9,\n", "skills", "no level from 1 to 5"),
        ("gas,燃,Gas,,,90,,,,plumbing:2,\n", "skills", "is no skill here; import it first"),
        ("gas,燃,Gas,,,90,,,,,before:安装前\n", "shots", "is no photo"),
        ("gas,燃,Gas,,,90,,,,,a:甲:A;a:乙:B\n", "shots", "is named twice"),
    ],
)
def test_a_wrong_cell_refuses_the_whole_file_with_line_column_and_reason(
    sqlite_town: Town, row: str, column: str, reason: str
) -> None:
    with pytest.raises(WrongRows) as refusal:
        load(sqlite_town, text(HEATER.format(shots=""), row))
    (problem,) = refusal.value.problems
    assert (problem.line, problem.column) == (3, column)
    assert reason in problem.reason
    assert product(sqlite_town, "gas-heater") is None


def test_a_code_that_stands_twice_is_refused(sqlite_town: Town) -> None:
    with pytest.raises(WrongRows, match="gas-heater is on line 2 already"):
        load(sqlite_town, text(HEATER.format(shots=""), HEATER.format(shots="")))


def test_skills_come_in_with_their_names_and_can_be_renamed(town: Town) -> None:
    file = "code,name_zh,name_en\nplumbing,水管,Plumbing\nlamp,灯具,Lamps\n".encode()
    preview = load(town, file, SKILLS)
    assert (preview.created, preview.changed) == (["plumbing"], {"lamp": ["name_zh", "name_en"]})
    with town.system.transaction(read_only=True) as session:
        assert session.get_one(Skill, "plumbing").name_en == "Plumbing"
        assert session.get_one(Skill, "lamp").name_zh == "灯具"


@pytest.mark.parametrize("kind", [SKILLS, PRODUCTS], ids=["skills", "products"])
def test_what_was_exported_changes_nothing_when_it_comes_back(town: Town, kind: Kind) -> None:
    with town.system.transaction(read_only=True) as session:
        file = catalogue_import.export(session, kind)
    preview = load(town, file.encode(), kind)
    assert (preview.created, preview.changed) == ([], {})
    assert len(preview.unchanged) == (3 if kind is SKILLS else 4)


codes = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z")
letters = st.characters(blacklist_categories=["C", "Z"], blacklist_characters=";:!；：！")
names = st.text(letters, min_size=1, max_size=80)
named = {"code": codes, "name_zh": names, "name_en": names}
many = st.integers(1, 999)


def listed(more: dict[str, Any], optional: dict[str, Any] | None = None) -> Any:
    entries = st.fixed_dictionaries(named | more, optional=optional)
    return st.lists(entries, max_size=3, unique_by=lambda entry: entry["code"])


shot_lists = listed(
    {"required": st.booleans()},
    {
        "outline": st.sampled_from(OUTLINES), "hint_zh": names, "hint_en": names,
        "visits": st.lists(st.sampled_from([cause.value for cause in VisitCause]), min_size=1, max_size=2, unique=True),
    },
)  # fmt: skip
price_lists = listed(
    {
        "code": st.from_regex(r"\A[a-z0-9][a-z0-9_-]{0,29}\Z"), "amount": st.integers(0, 99_999_999), "most": many,
        "photo": st.booleans(),
    }
)  # fmt: skip
how_much = st.sampled_from(["none", "optional", "required"])
proofs = st.fixed_dictionaries({}, optional={name: how_much for name in ("serial", "signature", "code")})
minutes = st.integers(0, 9_999).map(lambda minutes: minutes * 60)
trips = st.fixed_dictionaries(
    {"duration": minutes.filter(bool), "gap": minutes, "skills": st.dictionaries(codes, st.integers(1, 5), max_size=2)}
)
products = st.fixed_dictionaries(
    {
        "code": codes, "name_zh": names, "name_en": names, "category": codes, "icon": codes,
        "duration": st.integers(60, 86_400), "setup": st.integers(0, 86_400), "load": st.integers(0, 1_000_000),
        "crew_size": st.integers(1, 2), "skills": st.dictionaries(codes, st.integers(1, 5), max_size=4),
        "shot_list": shot_lists, "price": st.integers(0, 99_999_999), "currency": st.sampled_from(["CNY", "USD"]),
        "questions": st.just([]) | st.just([as_json(yes_or_no("old", "旧机", "Old unit", "no", Extra(5_050, 20)))]),
        "delivery": st.just({}) | trips,
        "parts": listed({"count": many}), "checklist": listed({"required": st.booleans()}),
        "surcharges": price_lists, "proofs": proofs,
    }
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(products)
def test_every_product_is_read_as_it_was_written(values: Values) -> None:
    file = written(PRODUCTS.columns, [PRODUCTS.cells(ServiceProduct(**values))])
    (row,) = rows(file.encode(), PRODUCTS.required, PRODUCTS.optional)
    assert (PRODUCTS.read(row), row.problems) == (values, [])


PRICED = "code,name_zh,name_en,minutes,skills,shots,price,currency,questions,delivery\nrug,地毯,Rug,30,,,{}\n"


def test_price_questions_and_delivery_are_kept(sqlite_town: Town) -> None:
    row = PRICED.format("120.5,usd,old:旧物:Old one:yes-no:no:+50/20,30/60/lamp:2")
    load(sqlite_town, row.encode())
    kept = product(sqlite_town, "rug")
    assert kept is not None
    assert (kept.price, kept.currency) == (12_050, "USD")
    assert [(each["code"], each["options"][1]["extra"]) for each in kept.questions] == [
        ("old", {"amount": 5000, "minutes": 20})
    ]
    assert kept.delivery == {"duration": 1800, "gap": 3600, "skills": {"lamp": 2}}


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ("free,,,", "price", "is no price"),
        ("1.234,,,", "price", "is no price"),
        (",yuan,,", "currency", "is no currency"),
        (",,old?,", "questions", "names no kind of question"),
        (",,,soon", "delivery", "is no delivery"),
        (",,,0/60", "delivery", "is no delivery"),
        (",,,30/60/plumbing:1", "delivery", "is no skill here"),
    ],
)
def test_a_wrong_price_question_or_delivery_is_named(sqlite_town: Town, cells: str, column: str, reason: str) -> None:
    with pytest.raises(WrongRows) as refusal:
        load(sqlite_town, PRICED.format(cells).encode())
    (problem,) = refusal.value.problems
    assert (problem.column, reason in problem.reason) == (column, True)


def test_full_width_marks_mean_the_same() -> None:
    assert shots("before：安装前：Before！；label：铭牌：Label") == shots(BEFORE_AND_LABEL)


@pytest.mark.parametrize("cell", ["before", "before:安装前", "a b:甲:A", "a::A"])
def test_a_photo_that_is_not_fully_named_is_refused(cell: str) -> None:
    with pytest.raises(WrongCell, match="is no photo"):
        shots(cell)


ON_SITE = "code,name_zh,name_en,minutes,skills,shots,parts,checklist,surcharges,proofs\nrug,地毯,Rug,30,,{}\n"


def test_what_is_asked_for_on_site_is_kept(sqlite_town: Town) -> None:
    shot = "label：铭牌：Label:label:数字要能看清:Every digit must be readable:first|second-visit！"
    cells = (
        shot, "hook:挂钩:Hook:2；glue:胶:Glue", "off:断电:Power is off!;shown:已演示:Shown",
        "pipe:加管:Pipe:80.5:10:photo;hole:打孔:Hole:30:1", "serial=required;code=none",
    )  # fmt: skip
    load(sqlite_town, ON_SITE.format(",".join(cells)).encode())
    kept = product(sqlite_town, "rug")
    assert kept is not None
    assert kept.shot_list == [
        {
            "code": "label", "name_zh": "铭牌", "name_en": "Label", "required": True, "outline": "label",
            "hint_zh": "数字要能看清", "hint_en": "Every digit must be readable", "visits": ["first", "second-visit"],
        }
    ]  # fmt: skip
    assert kept.parts == [
        {"code": "hook", "name_zh": "挂钩", "name_en": "Hook", "count": 2},
        {"code": "glue", "name_zh": "胶", "name_en": "Glue", "count": 1},
    ]
    assert [(each["code"], each["required"]) for each in kept.checklist] == [("off", True), ("shown", False)]
    assert kept.surcharges == [
        {"code": "pipe", "name_zh": "加管", "name_en": "Pipe", "amount": 8050, "most": 10, "photo": True},
        {"code": "hole", "name_zh": "打孔", "name_en": "Hole", "amount": 3000, "most": 1, "photo": False},
    ]
    assert kept.proofs == {"serial": "required", "code": "none"}


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ("a:甲:A:selfie,,,,", "shots", "is no outline; known are overview"),
        ("a:甲:A:label:看:See:fifth,,,,", "shots", "is no cause of a visit"),
        ("a:甲:A:label:看:See:first:more,,,,", "shots", "cannot be read; write it like label"),
        (",hook:挂钩:Hook:none,,,", "parts", "cannot be read; write it like hook"),
        (",hook:挂钩:Hook:0,,,", "parts", "cannot be read"),
        (",hook:挂钩:Hook!,,,", "parts", "cannot be read"),
        (",,off:断电,,", "checklist", "cannot be read; write it like power-off"),
        (",,off:断电:Off:now,,", "checklist", "cannot be read"),
        (",,off:断电:Off;off:断:Off,,", "checklist", "is named twice"),
        (",,,pipe:管:Pipe,", "surcharges", "cannot be read; write it like pipe"),
        (",,,pipe:管:Pipe:much:3,", "surcharges", "cannot be read"),
        (",,,pipe:管:Pipe:80:3:video,", "surcharges", "cannot be read"),
        (",,,this-code-is-longer-than-thirty-letters:管:Pipe:80:3,", "surcharges", "cannot be read"),
        (",,,,serial", "proofs", "is no proof"),
        (",,,,face=required", "proofs", "is no proof"),
        (",,,,code=none;code=none", "proofs", "is named twice"),
    ],
)
def test_a_list_that_cannot_be_read_is_named_with_an_example(
    sqlite_town: Town, cells: str, column: str, reason: str
) -> None:
    with pytest.raises(WrongRows) as refusal:
        load(sqlite_town, ON_SITE.format(cells).encode())
    (problem,) = refusal.value.problems
    assert (problem.line, problem.column) == (2, column)
    assert reason in problem.reason
