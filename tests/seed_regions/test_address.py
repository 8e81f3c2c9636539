import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed_regions.address import resolve
from seed_regions.errors import UnknownCounty
from seed_regions.names_cn import short_forms
from seed_regions.registry import Registry


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("上海市静安区南京西路1266号", "310106"),
        ("上海 静安区 南京西路 1266 号", "310106"),
        ("中国上海市市辖区静安区南京西路1266号", "310106"),
        ("上海静安南京西路1266号", "310106"),
        ("张三 13800000000 上海市浦东新区世纪大道100号", "310115"),
        ("浦东世纪大道100号", "310115"),
        ("北京朝阳区建国路88号", "110105"),
        ("吉林省长春市朝阳区", "220104"),
        ("吉林省吉林市昌邑区解放大路", "220202"),
        ("辽宁朝阳双塔区", "211302"),
        ("四川凉山木里县", "513422"),
        ("四川省凉山彝族自治州木里藏族自治县", "513422"),
        ("江苏昆山玉山镇", "320583"),
        ("昆山中山路1号", "320583"),
        ("广东省东莞市长安镇", "441900"),
        ("青岛市南区香港中路", "370202"),
        ("青岛市市南区香港中路", "370202"),
        ("内蒙古乌海市海南区", "150303"),
        ("河北赵县", "130133"),
        ("江苏省南京市鼓楼区中山北路", "320106"),
        ("香港中西区", "810001"),
    ],
)
def test_a_chinese_address_leads_to_its_county(text: str, code: str) -> None:
    assert resolve(text).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("上海市闸北区共和新路", "310106"),
        ("上海市卢湾区淮海中路", "310101"),
        ("上海市南汇区惠南镇", "310115"),
        ("上海市崇明县城桥镇", "310151"),
        ("湖南省永州市祁阳县", "431181"),
        ("浙江省杭州市下城区", "330105"),
        ("四川省资阳市简阳市", "510185"),
        ("Shannon County, SD", "46102"),
        ("1 Main St, Dade County, Florida", "12086"),
    ],
)
def test_a_former_name_leads_to_todays_county_and_says_so(text: str, code: str) -> None:
    found = resolve(text)
    assert found.code == code
    assert "became" in found.reason or "named" in found.reason


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("233 S Wacker Dr, Chicago, Cook County, IL 60606", "17031"),
        ("233 S Wacker Dr Chicago Cook County IL 60606-1234 USA", "17031"),
        ("100 Main St, New Orleans, Orleans Parish, LA 70112", "22071"),
        ("Orleans Parish", "22071"),
        ("County of Los Angeles, California", "06037"),
        ("5 Elm St, St. Louis County, MO 63101", "29189"),
        ("5 Elm St, Saint Louis County, Minnesota", "27137"),
        ("12 County Road 5, Doña Ana County, New Mexico", "35013"),
        ("Prince Georges County, Maryland", "24033"),
        ("De Kalb County, GA", "13089"),
        ("Baltimore city, MD", "24510"),
        ("Alexandria, VA 22314", "51510"),
        ("Washington, DC 20001", "11001"),
        ("1 Court St, Brooklyn, NY 11201", "36047"),
        ("30-20 Thomson Ave, Queens, New York, NY", "36081"),
        ("Anchorage Municipality, AK", "02020"),
    ],
)
def test_a_us_address_leads_to_its_county(text: str, code: str) -> None:
    assert resolve(text).code == code


@pytest.mark.parametrize(
    ("text", "among", "remedy"),
    [
        ("朝阳区建国路88号", {"110105", "220104"}, "province and prefecture"),
        ("宝山区友谊路1号", {"230506", "310113"}, "province and prefecture"),
        ("浙江省杭州市江干区", {"330102", "330114"}, "today's county"),
        ("Cook County", {"13075", "17031", "27031"}, "add the state"),
        ("Hartford County, CT", {"09110"}, "today's county"),
        ("Baltimore, MD", {"24005", "24510"}, "add the county"),
    ],
)
def test_an_ambiguous_address_names_its_candidates_and_no_county(text: str, among: set[str], remedy: str) -> None:
    unclear = resolve(text)
    assert unclear.code is None
    assert among <= {candidate.code for candidate in unclear.candidates}
    assert remedy in unclear.reason


def test_a_county_that_is_not_in_the_city_named_is_not_believed() -> None:
    unclear = resolve("上海市朝阳区建国路88号")
    assert unclear.code is None
    assert "contradict" in unclear.reason


def test_a_city_without_a_county_offers_the_counties_in_it() -> None:
    unclear = resolve("上海市南京西路1266号")
    assert unclear.code is None
    assert len(unclear.candidates) == 16
    assert "add the county" in unclear.reason


@pytest.mark.parametrize("text", ["上海市延安西路100号", "上海市中山公园", "上海市吉林路"])
def test_a_road_named_after_a_place_is_no_place(text: str) -> None:
    codes = {candidate.code for candidate in resolve(text).candidates}
    assert resolve(text).code is None
    assert all(code.startswith("310") for code in codes)


@pytest.mark.parametrize("text", ["", "   ", "foo", "12345", "没有地名的地址", "IL"])
def test_an_address_that_names_no_place_is_refused_with_a_remedy(text: str) -> None:
    refused = resolve(text)
    assert refused.code is None
    assert refused.reason


def test_a_county_named_with_its_parents_is_surer_than_one_alone() -> None:
    sure = [resolve(text).confidence for text in ("江苏省苏州市昆山市", "江苏昆山", "昆山市", "昆山")]
    assert sure == sorted(sure, reverse=True)
    assert sure[0] >= 0.99
    assert sure[-1] >= 0.7


def test_every_county_of_china_is_found_by_its_full_name_under_its_parents(registry: Registry) -> None:
    missed = [
        county.code
        for county in registry.children("CN")
        if resolve("".join(dict.fromkeys((county.province, county.prefecture, county.name)))).code != county.code
    ]
    assert missed == []


def test_every_us_county_is_found_by_its_name_and_state(registry: Registry) -> None:
    missed = [
        county.code
        for county in registry.children("US")
        if resolve(f"1 Main St, {county.name}, {county.province} 12345").code != county.code
    ]
    assert missed == []


def test_a_chinese_address_is_not_sought_in_the_usa() -> None:
    assert resolve("上海市静安区", country="US").code is None


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(UnknownCounty, match="'FR'"):
        resolve("Paris", country="FR")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("No. 1266 Nanjing Road (W), Jing'an District, Shanghai 200040, China", "310106"),
        ("Jingan, Shanghai", "310106"),
        ("Pudong New Area, Shanghai", "310115"),
        ("Pudong, Shanghai, P.R. China", "310115"),
        ("88 Jianguo Road, Chaoyang District, Beijing", "110105"),
        ("Chaoyang District, Changchun, Jilin", "220104"),
        ("Kunshan City, Suzhou, Jiangsu Province", "320583"),
        ("Kunshan, Jiangsu", "320583"),
        ("Xuhui District Shanghai", "310104"),
        ("Wan Chai District, Hong Kong", "810002"),
    ],
)
def test_a_chinese_address_in_latin_letters_leads_to_its_county(text: str, code: str) -> None:
    assert resolve(text).code == code
    assert resolve(text, country="CN").code == code


def test_a_name_in_latin_letters_that_several_counties_share_is_not_decided() -> None:
    unclear = resolve("Chaoyang District, China")
    assert unclear.code is None
    assert {"110105", "220104"} <= {candidate.code for candidate in unclear.candidates}


@pytest.mark.parametrize("text", ["湖南长沙人民路1号", "长沙人民路1号", "河北唐山路南人民路12号", "江西南昌"])
def test_the_short_name_of_a_prefecture_is_not_taken_for_the_county_of_that_name(text: str) -> None:
    assert resolve(text).code is None


def test_no_county_is_taken_for_another_however_short_it_is_written(registry: Registry) -> None:
    wrong = []
    for county in registry.children("CN"):
        prefecture, short = (short_forms(name)[-1:] or (name,) for name in (county.prefecture, county.name))
        for text in (
            f"{county.province}{short[0]}人民路1号",
            f"{prefecture[0]}{county.name}中山东路2号",
            f"{county.prefecture}{short[0]}3号",
            f"{county.name}4号",
        ):
            found = resolve(text).code
            if found not in (None, county.code):
                wrong.append((text, found))
    assert wrong == []


@given(st.text(max_size=60))
def test_whatever_is_typed_gets_an_answer_and_never_a_code_without_confidence(text: str) -> None:
    answer = resolve(text)
    assert answer.reason
    assert answer.code is None or answer.confidence >= 0.7
