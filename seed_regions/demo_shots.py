"""The photos that the demonstration's products ask for, each with an outline and one sentence on what must be seen."""

from __future__ import annotations

from seed_regions.demo_records import Shot

DOORPLATE = Shot(
    "doorplate", "门牌", "Door number", True,
    "doorplate", "门牌号要完整、能看清", "The whole number, easy to read",
)  # fmt: skip
PARCEL = Shot(
    "parcel", "开箱前外包装", "Packaging before opening", True,
    "packaging", "拍到整个包装和快递面单", "The whole package with its delivery label",
)  # fmt: skip
HANDED_OVER = Shot(
    "handed-over", "送达外包装", "Packaging as delivered", False,
    "packaging", "放在屋内，四角都要拍到", "Indoors, with all four corners in the picture", ("delivery",),
)  # fmt: skip
LABEL = Shot(
    "label", "铭牌与序列号", "Rating plate and serial number", True,
    "label", "型号和序列号每一位都要能看清", "Every digit of model and serial number readable",
)  # fmt: skip
FINISHED = Shot(
    "finished", "安装完成全景", "Finished installation", True,
    "overview", "退后两步，整件产品和四周都拍到", "Two steps back, the whole product and what is around it",
)  # fmt: skip
TIDY = Shot(
    "tidy", "现场清理", "Place left tidy", False,
    "tidy", "地面干净，包装已收走", "A clean floor, the packaging gone",
)  # fmt: skip
DAMAGE = Shot(
    "damage", "破损（如有）", "Damage, if any", False,
    "damage", "先近拍破损处，旁边放一枚硬币或卷尺", "Close to the damage, with a coin or a tape beside it",
)  # fmt: skip
CARE_LABEL = Shot(
    "tag", "水洗标", "Care label", True,
    "label", "翻出水洗标，文字要能读", "The care label turned out, its words readable",
)  # fmt: skip
JOINTS = Shot(
    "joints", "连接件紧固", "Joints tightened", True,
    "fixing", "拍到拧紧后的螺丝和连接件", "Screws and connectors after tightening",
)  # fmt: skip
RAIL = Shot(
    "rail", "轨道固定点", "Rail fixings", True,
    "fixing", "每个固定点都在画面里", "Every fixing point in the picture",
)  # fmt: skip
WIRING = Shot(
    "wiring", "接线与断电确认", "Wiring, power off", True,
    "fixing", "接线端子和验电笔一起拍", "The terminals together with the voltage tester",
)  # fmt: skip
LIT = Shot(
    "lit", "点亮效果", "Lamp lit", True,
    "after", "灯亮着，从房间中央拍", "The lamp on, seen from the middle of the room",
)  # fmt: skip
OLD_LOCK = Shot(
    "old-lock", "原锁与门厚", "Old lock and door thickness", True,
    "before", "原锁和贴着门边的卷尺一起拍", "The old lock with a tape along the edge of the door",
)  # fmt: skip
BRACKETS = Shot(
    "brackets", "挂墙固定", "Wall brackets", True,
    "fixing", "挂机前拍挂板和全部膨胀螺栓", "The bracket and all its bolts before the unit hangs",
)  # fmt: skip
PRESSURE = Shot(
    "pressure", "通水试压", "Pressure test", True,
    "label", "压力表读数要能看清，接口无滴水", "The gauge readable, no drop at the joints",
)  # fmt: skip
DUCT = Shot(
    "duct", "烟管连接", "Duct connection", True,
    "fixing", "烟管两端和密封胶带都拍到", "Both ends of the duct with their sealing tape",
)  # fmt: skip
DRAIN = Shot(
    "drain", "进排水连接", "Inlet and drain", True,
    "fixing", "进水阀和排水口在同一张里", "Inlet valve and drain in one picture",
)  # fmt: skip
LEVEL = Shot(
    "level", "水平调整", "Levelled", True,
    "label", "水平尺放在机器顶面，气泡居中", "A level on top of the machine, its bubble in the middle",
)  # fmt: skip
OUTDOOR_UNIT = Shot(
    "outdoor-unit", "外机支架", "Outdoor unit bracket", True,
    "fixing", "系好安全绳再拍支架和螺栓", "Bracket and bolts, taken with the safety rope on",
)  # fmt: skip
VACUUM = Shot(
    "vacuum", "抽真空读数", "Vacuum reading", True,
    "label", "真空表读数要能看清", "The reading of the vacuum gauge",
)  # fmt: skip
OUTLET_TEMPERATURE = Shot(
    "outlet-temperature", "出风温度", "Outlet temperature", True,
    "label", "温度计放在出风口，开机十分钟后拍", "A thermometer at the outlet after ten minutes",
)  # fmt: skip
ANCHORED = Shot(
    "anchored", "防倾倒固定", "Fixed to the wall", True,
    "fixing", "防倾倒件和墙上的螺丝都拍到", "The anti-tip strap and its screw in the wall",
)  # fmt: skip
WALL_MOUNT = Shot(
    "bracket", "挂架固定点", "Bracket fixings", True,
    "fixing", "挂电视前拍挂架和全部螺栓", "The bracket and all its bolts before the screen hangs",
)  # fmt: skip
