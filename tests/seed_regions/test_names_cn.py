import pytest

from seed_regions.names_cn import short_forms


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("静安区", ("静安",)),
        ("浦东新区", ("浦东",)),
        ("昆山市", ("昆山",)),
        ("木里藏族自治县", ("木里县", "木里")),
        ("积石山保安族东乡族撒拉族自治县", ("积石山县", "积石山")),
        ("东乡族自治县", ("东乡县", "东乡")),
        ("鄂温克族自治旗", ("鄂温克旗", "鄂温克")),
        ("管城回族区", ("管城区", "管城")),
        ("凉山彝族自治州", ("凉山州", "凉山")),
        ("神农架林区", ("神农架",)),
        ("内蒙古自治区", ("内蒙古",)),
        ("香港特别行政区", ("香港",)),
        ("上海市", ("上海",)),
    ],
)
def test_a_name_is_shortened_as_people_do(name: str, forms: tuple[str, ...]) -> None:
    assert short_forms(name) == forms


@pytest.mark.parametrize("name", ["赵县", "城区", "芒市"])
def test_one_character_is_no_name(name: str) -> None:
    assert short_forms(name) == ()
