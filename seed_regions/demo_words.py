"""Names of people and roads, so that a demonstration reads like a real day."""

from __future__ import annotations

import numpy as np

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚"
    "卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN_ONE = "伟强磊军勇杰涛超明刚平辉鹏华飞斌波宇浩凯健俊帆林峰亮敏静丽艳芳娟霞玲燕婷"
_GIVEN_TWO = """
建国 志强 海波 文斌 国平 永刚 小龙 志明 建华 晓东 立新 春生 家辉 子轩 浩然 宇航 俊杰 明辉 志远 天宇
秀英 桂兰 玉兰 海燕 晓红 丽华 雅琴 佳怡 欣怡 梦婷 诗涵 雨桐 思远 嘉豪 德胜 金龙 卫东 新民 红梅 淑珍
"""
_US_FIRST = """
James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan
Joseph Jessica Thomas Karen Carlos Maria Daniel Nancy Luis Ana Kevin Emily Brian Grace
"""
_US_LAST = """
Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Wilson
Anderson Thomas Taylor Moore Jackson Martin Lee Nguyen Clark Lewis Walker Young Allen King Wright
"""
_US_ROADS = [
    "Main St",
    "Oak St",
    "Maple Ave",
    "Cedar Ln",
    "Park Ave",
    "Washington St",
    "Lake Dr",
    "Hill Rd",
    "Elm St",
    "Pine St",
    "Second St",
    "Church St",
    "River Rd",
    "Sunset Dr",
    "Lincoln Ave",
]

_SHANGHAI_ROADS = {
    "310101": "淮海中路 西藏中路 人民路 河南南路 陆家浜路 复兴中路 打浦路 北京东路 福州路 斜土路",
    "310104": "衡山路 漕溪北路 肇嘉浜路 龙华中路 宜山路 桂林路 钦州路 百色路 老沪闵路 虹漕路",
    "310105": "长宁路 延安西路 天山路 仙霞路 虹桥路 古北路 愚园路 新华路 北新泾路 哈密路",
    "310106": "南京西路 北京西路 愚园路 江宁路 共和新路 大宁路 场中路 彭江路 灵石路 万荣路",
    "310107": "曹杨路 武宁路 长寿路 真北路 桃浦路 金沙江路 梅川路 大渡河路 交通路 古浪路",
    "310109": "四川北路 大连西路 广灵一路 凉城路 曲阳路 水电路 海伦路 东大名路 汶水东路 丰镇路",
    "310110": "控江路 五角场路 黄兴路 长阳路 平凉路 国定路 政立路 军工路 延吉中路 松花江路",
    "310112": "七莘路 莘松路 沪闵路 都市路 虹梅路 剑川路 浦星公路 吴中路 华漕路 鹤庆路",
    "310113": "友谊路 牡丹江路 共富路 大华路 沪太路 顾北东路 月罗公路 罗迎路 淞南路 殷高西路",
    "310114": "曹安公路 塔城路 嘉戬公路 金沙江西路 博乐路 墨玉南路 宝安公路 沪宜公路 德富路 翔黄路",
    "310115": "世纪大道 张杨路 浦东大道 杨高中路 成山路 川沙路 锦绣路 沪南公路 惠南路 申港大道 上南路 金海路",
    "310116": "卫清西路 龙胜路 板桥西路 亭林大道 朱泾路 枫泾大街 杭州湾大道 金山大道",
    "310117": "人民北路 荣乐东路 新松江路 九亭大街 泗泾路 沪亭北路 佘山大道 谷阳北路 中山中路",
    "310118": "公园路 青安路 盈港路 徐泾路 华新大街 朱家角路 沪青平公路 城中东路 外青松公路",
    "310120": "南桥路 解放东路 环城东路 望园路 海湾路 奉城大街 金海公路 南奉公路 航南公路",
    "310151": "八一路 人民路 北门路 陈海公路 堡镇路 长兴路 新河路 团城公路",
}
_ANYWHERE = """
人民路 解放路 中山路 建设路 新华路 和平路 文化路 胜利路 光明路 东风路 长江路 黄河路 友谊路 团结路
朝阳路
"""


def person(rng: np.random.Generator, country: str) -> str:
    """A name that many people bear."""
    if country == "US":
        return f"{rng.choice(_US_FIRST.split())} {rng.choice(_US_LAST.split())}"
    common = int(len(_SURNAMES) * rng.random() ** 2)
    given = rng.choice(_GIVEN_TWO.split()) if rng.random() < 0.65 else rng.choice(list(_GIVEN_ONE))
    return f"{_SURNAMES[common]}{given}"


def phone(country: str, prefix: str, number: int) -> str:
    """A number that belongs to nobody: block 0000 in China, the fictional 555-01 range in the USA."""
    if country == "US":
        return f"+1-{201 + number // 100 % 780}-555-01{number % 100:02d}"
    return f"{prefix}0000{number % 10_000:04d}"


def door(rng: np.random.Generator, country: str, county_code: str) -> str:
    """Road, house number and flat, as people write them there."""
    if country == "US":
        return f"{rng.integers(10, 9900)} {rng.choice(_US_ROADS)}"
    roads = _SHANGHAI_ROADS.get(county_code, _ANYWHERE).split()
    road = f"{rng.choice(roads)}{rng.integers(18, 1980)}"
    flat = f"{rng.integers(1, 19)}{rng.integers(1, 5):02d}室"
    if rng.random() < 0.75:
        return f"{road}弄{rng.integers(1, 90)}号{flat}"
    return f"{road}号{flat}"
