"""What the demonstration sells: eleven service products, the skills they need, and who sells and employs."""

from __future__ import annotations

from seed_regions import demo_shots
from seed_regions.demo_on_site import ON_SITE
from seed_regions.demo_records import DemoMerchant, DemoProduct, DemoProvider, DemoSkill, Shot

_MINUTE = 60

SKILLS = (
    DemoSkill("bedding", "床垫", "Bedding"),
    DemoSkill("furniture", "家具组装", "Furniture assembly"),
    DemoSkill("curtains", "窗帘", "Curtains"),
    DemoSkill("lighting", "灯具电工", "Lighting"),
    DemoSkill("smart-locks", "智能锁", "Smart locks"),
    DemoSkill("water-heaters", "热水器", "Water heaters"),
    DemoSkill("range-hoods", "烟机灶具", "Range hoods"),
    DemoSkill("washing-machines", "洗衣机", "Washing machines"),
    DemoSkill("air-conditioning", "空调", "Air conditioning"),
)

FAMILIES = (
    ("bedding", "furniture", "curtains"),
    ("lighting", "smart-locks", "curtains"),
    ("water-heaters", "range-hoods", "washing-machines"),
    ("air-conditioning", "washing-machines", "water-heaters"),
)

_STAIRS = "lift:楼里有电梯:There is a lift:yes-no:yes;floor:安装楼层:Floor:number:1-60=1:+10/3>2:lift=no"
_WALL = (
    "wall:墙体:Wall:choice:brick=砖墙=Brick|concrete=混凝土=Concrete=+30/15"
    "|tiles=瓷砖墙面=Tiles=+20/10|plaster=石膏板=Plasterboard=+40/20"
)
_OLD = "old:拆走旧的:Take the old one away:yes-no:no:+50/15"
_CEILING = "ceiling:层高超过 3 米:Ceiling above 3 m:yes-no:no:+40/15"
_FAR = "distance:远程:Distance:distance:+3/1>25"
_OUTDOOR = "outdoor:外机位置:Outdoor unit:choice:platform=空调机位=On a platform|bracket=外墙支架=On brackets=+120/30"


def _product(
    code: str,
    names: tuple[str, str],
    needs: tuple[str, int],
    minutes: int,
    load: int,
    share: float,
    shots: tuple[Shot, ...],
    price: int,
    *questions: str,
    crew_size: int = 1,
    delivery: str = "",
) -> DemoProduct:
    skill, level = needs
    on_site = ON_SITE[code]
    return DemoProduct(
        code=code,
        name_zh=names[0],
        name_en=names[1],
        category=code,
        icon=code,
        skill=skill,
        level=level,
        duration=minutes * _MINUTE,
        setup=5 * _MINUTE,
        load=load,
        crew_size=crew_size,
        shots=(demo_shots.DOORPLATE, *shots, demo_shots.FINISHED, demo_shots.TIDY, demo_shots.DAMAGE),
        share=share,
        price=price,
        questions=";".join((*questions, _FAR)),
        delivery=delivery,
        parts=on_site.parts,
        checklist=on_site.checklist,
        surcharges=on_site.surcharges,
        proofs=on_site.proofs,
    )


PRODUCTS = (
    _product(
        "mattress",
        ("床垫送装", "Mattress delivery and set-up"),
        ("bedding", 1),
        30,
        8,
        0.15,
        (demo_shots.PARCEL, demo_shots.CARE_LABEL),
        60,
        _STAIRS,
        _OLD,
    ),
    _product(
        "bed-frame",
        ("床架安装", "Bed frame assembly"),
        ("furniture", 2),
        60,
        9,
        0.11,
        (demo_shots.PARCEL, demo_shots.JOINTS),
        120,
        _STAIRS,
        _OLD,
    ),
    _product(
        "curtain",
        ("窗帘安装", "Curtain fitting"),
        ("curtains", 1),
        50,
        2,
        0.09,
        (demo_shots.RAIL,),
        80,
        _WALL,
        _CEILING,
    ),
    _product(
        "lamp",
        ("灯具安装", "Lamp installation"),
        ("lighting", 1),
        40,
        1,
        0.15,
        (demo_shots.WIRING, demo_shots.LIT),
        60,
        _OLD,
        _CEILING,
    ),
    _product(
        "smart-lock",
        ("智能锁安装", "Smart lock installation"),
        ("smart-locks", 2),
        45,
        1,
        0.09,
        (demo_shots.OLD_LOCK, demo_shots.LABEL),
        100,
        _OLD,
    ),
    _product(
        "water-heater",
        ("热水器安装", "Water heater installation"),
        ("water-heaters", 3),
        75,
        6,
        0.12,
        (
            demo_shots.LABEL,
            demo_shots.BRACKETS,
            demo_shots.PRESSURE,
        ),
        180,
        _WALL,
        _OLD,
    ),
    _product(
        "range-hood",
        ("油烟机安装", "Range hood installation"),
        ("range-hoods", 2),
        60,
        5,
        0.09,
        (demo_shots.LABEL, demo_shots.DUCT),
        120,
        _WALL,
        _OLD,
    ),
    _product(
        "washing-machine",
        ("洗衣机安装", "Washing machine installation"),
        ("washing-machines", 1),
        35,
        8,
        0.1,
        (
            demo_shots.LABEL,
            demo_shots.DRAIN,
            demo_shots.LEVEL,
        ),
        80,
        _STAIRS,
        _OLD,
    ),
    _product(
        "air-conditioner",
        ("空调安装", "Air conditioner installation"),
        ("air-conditioning", 3),
        90,
        8,
        0.1,
        (
            demo_shots.LABEL,
            demo_shots.OUTDOOR_UNIT,
            demo_shots.VACUUM,
            demo_shots.OUTLET_TEMPERATURE,
        ),
        260,
        _OUTDOOR,
        _WALL,
        _OLD,
    ),
    _product(
        "wardrobe",
        ("大衣柜组装", "Wardrobe assembly"),
        ("furniture", 2),
        90,
        10,
        0.0,
        (
            demo_shots.PARCEL,
            demo_shots.JOINTS,
            demo_shots.ANCHORED,
        ),
        240,
        _STAIRS,
        _WALL,
        _OLD,
        crew_size=2,
    ),
    _product(
        "tv",
        ("大屏电视挂装", "Large television, wall-mounted"),
        ("lighting", 1),
        60,
        3,
        0.0,
        (demo_shots.HANDED_OVER, demo_shots.LABEL, demo_shots.WALL_MOUNT),
        150,
        _WALL,
        _OLD,
        delivery="20/60",
    ),
)

MERCHANTS = {
    "CN": (
        DemoMerchant("anmian", "安眠家居旗舰店"),
        DemoMerchant("nuanjia", "暖家电器旗舰店"),
        DemoMerchant("mingdeng", "明灯照明专营店"),
    ),
    "US": (
        DemoMerchant("restwell", "Restwell Home"),
        DemoMerchant("hearth", "Hearth Appliances"),
        DemoMerchant("brightside", "Brightside Lighting"),
    ),
}

SOLD_BY = {
    "mattress": 0,
    "bed-frame": 0,
    "curtain": 0,
    "wardrobe": 0,
    "lamp": 2,
    "smart-lock": 2,
    "water-heater": 1,
    "range-hood": 1,
    "washing-machine": 1,
    "air-conditioner": 1,
    "tv": 1,
}

PROVIDERS = {
    "CN": (DemoProvider("jiangxin", "匠心安装服务有限公司"), DemoProvider("suda", "速达家居服务有限公司")),
    "US": (DemoProvider("steady", "Steady Hands Inc."), DemoProvider("swift", "Swift Install LLC")),
}
