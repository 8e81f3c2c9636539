"""Errors are told in the reader's language, their values in the right places."""

from __future__ import annotations

from string import Formatter

import pytest

from dispatch.account import Role
from dispatch.errors import RowProblem, WrongRows
from dispatch.system import System
from dispatch.work_order import VisitState
from technicians.errors import Conflict, IllegalTransition, ShifuError
from tests.webapp.console import Console
from webapp import sentences
from webapp.app import create_app
from webapp.extraction_of_errors import ENGLISH, ROOT
from webapp.extraction_of_errors import sentences as found
from webapp.languages import translations

SAID = {sentence.text: sentence.place for sentence in found() if sentence.text is not None}
ONLY_VALUES = {"{first}"}


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def in_chinese(system: System, error: ShifuError) -> str:
    with create_app(system).test_request_context(headers={"Accept-Language": "zh"}):
        return f"{sentences.message(error)}{sentences.remedy(error) or ''}"


def test_every_error_says_something_that_can_be_looked_up() -> None:
    assert [sentence.place for sentence in found() if sentence.text is None] == []


def test_every_package_is_read_for_sentences() -> None:
    assert {"technicians", "dispatch", "webapp"} <= {place.partition("/")[0] for place in SAID.values()}
    assert {"The file is empty.", "“{code}” is no skill here; known are {known}."} <= SAID.keys()


@pytest.mark.parametrize("text", sorted(SAID.keys() - ONLY_VALUES))
def test_a_sentence_has_chinese_words_with_the_same_values(text: str) -> None:
    chinese = translations("zh").gettext(text)
    assert chinese != text, SAID[text]
    assert names(chinese) == names(text)


@pytest.mark.parametrize("place", sorted(ENGLISH))
def test_what_stays_english_is_really_there(place: str) -> None:
    assert (ROOT / place).exists()


def test_a_page_of_an_error_is_in_the_language_of_its_reader(sqlite_system: System) -> None:
    console = Console.of(sqlite_system, Role.DISPATCHER, language="zh")
    answer = console.get("/board/panels/visits/4711")
    assert answer.status_code == 404
    page = answer.get_data(as_text=True)
    assert "没有编号为 4711 的上门。" in page
    assert "请刷新调度台。" in page
    assert "There is no visit" not in page


@pytest.mark.parametrize(("language", "detail"), [("zh", "缺少 API 密钥"), ("en", "The API key is missing")])
def test_the_api_answers_in_the_language_asked_for(sqlite_system: System, language: str, detail: str) -> None:
    client = create_app(sqlite_system).test_client()
    answer = client.get("/api/v1/orders/A1", headers={"Accept-Language": language})
    assert answer.status_code == 401
    assert detail in answer.get_json()["detail"]


def test_states_in_a_sentence_are_translated_too(sqlite_system: System) -> None:
    error = Conflict("The visit is {state}; only one that has not begun can be moved.", state=VisitState.ON_SITE)
    assert in_chinese(sqlite_system, error) == "这次上门的状态是“服务中”，只有尚未开始的才能移动。"


def test_several_states_in_a_sentence_are_a_list_of_words(sqlite_system: System) -> None:
    possible = (VisitState.ON_SITE, VisitState.CANCELLED)
    error = IllegalTransition("This is final.", remedy="From here it can become: {possible}.", possible=possible)
    assert in_chinese(sqlite_system, error) == "这已是最终状态。接下来可以变为：服务中、已取消。"
    assert error.remedy == "From here it can become: on-site, cancelled."


def test_a_value_with_braces_is_shown_as_it_is(sqlite_system: System) -> None:
    error = Conflict("There is no merchant “{code}”.", code="{secret}")
    assert in_chinese(sqlite_system, error) == "没有商家“{secret}”。"


def test_wrong_rows_name_line_and_column_in_chinese(sqlite_system: System) -> None:
    phone = RowProblem(3, "phone", "“{cell}” is not a telephone number.", cell="x")
    told = in_chinese(sqlite_system, WrongRows([phone, RowProblem(4, "note", "It is empty.")]))
    assert told.startswith("第 3 行，phone 列：“x”不是电话号码。（共 2 处）")


def test_what_is_wrong_with_each_field_is_said_in_chinese(sqlite_system: System) -> None:
    console = Console.of(sqlite_system, language="zh")
    answer = console.post_json("/board/try", {"plan": "x", "colour": "red"})
    assert answer.status_code == 422
    wrong = {error["field"]: error["message"] for error in answer.get_json()["errors"]}
    assert (wrong["plan"], wrong["visit"], wrong["colour"]) == ("这不是整数。", "缺少这一项。", "没有这个字段。")


def test_what_http_refuses_is_said_in_chinese_as_well(sqlite_system: System) -> None:
    client = create_app(sqlite_system).test_client()
    answer = client.delete("/login", headers={"Accept-Language": "zh", "Accept": "application/json"})
    assert answer.status_code == 405
    assert answer.get_json()["detail"] == "这个地址不接受这类请求。"
