"""The forms in which Chinese write the name of a county, a prefecture or a province."""

from __future__ import annotations

import re

_PEOPLES = """
蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎
傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗
撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安
裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 各
"""
_BARE = ["蒙古", "哈萨克", "柯尔克孜", "锡伯", "塔吉克"]
_PEOPLE = "|".join(sorted([f"{name}族" for name in _PEOPLES.split()] + _BARE, key=len, reverse=True))
_AUTONOMOUS = re.compile(rf"^(?P<core>.+?)(?:{_PEOPLE})+(?:自治)?(?P<suffix>[县旗州区])$")
_PLAIN_AUTONOMOUS = re.compile(r"^(?P<core>.+?)族?自治(?P<suffix>[县旗州])$")
_SUFFIX = re.compile(r"(?:新区|林区|特区|地区|矿区|[区县市旗盟州省])$")
_PROVINCES = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
    "香港特别行政区": "香港",
    "澳门特别行政区": "澳门",
}


def short_forms(name: str) -> tuple[str, ...]:
    """Shorter ways to write a name, without suffix and without the peoples: 木里藏族自治县 → 木里县, 木里.

    A form of one character is no name (赵县 has no short form).
    """
    if name in _PROVINCES:
        return (_PROVINCES[name],)
    autonomous = _AUTONOMOUS.match(name) or _PLAIN_AUTONOMOUS.match(name)
    if autonomous:
        core = autonomous["core"]
        forms = [core + autonomous["suffix"], core]
    else:
        forms = [_SUFFIX.sub("", name)]
    return tuple(form for form in forms if len(form) > 1 and form != name)
