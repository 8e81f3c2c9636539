"""What the demonstration's products need in the van, have ticked on site and may charge there, as in files of products.

Amounts are in whole units of the country's money, a piece.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OnSite:
    """Lists of one product in the notation of its cells."""

    parts: str = ""
    checklist: str = ""
    surcharges: str = ""
    proofs: str = "signature=optional;code=required"


APPLIANCE = "serial=required;signature=required;code=required"
_SHOWN = "shown:已向客户演示使用:Shown to the consumer how it works!"
_UNPACKED = "unpacked:当面开箱验货无破损:Unpacked together, nothing damaged!"
_TIDY = "tidy:垃圾已清走:Rubbish taken away"
_POWER = "power-off:已断电并验电:Power off and tested!"
_BOLTS = "bolts:膨胀螺栓套装:Wall bolts, set"
_EARTHED = "earthed:插座接地良好:Socket is earthed!"
_SOCKET = "socket:更换插座:New socket:35:2:photo"
_CARRY = "carry:无电梯加搬一层:Carried up one more floor:15:20"
_HOLE = "hole:加打墙孔:Another hole in the wall:40:3:photo"

ON_SITE = {
    "mattress": OnSite(
        "cover:防尘罩:Dust cover:1",
        f"{_UNPACKED};side:正反面与客户确认:Right side up as the consumer wants!;{_TIDY}",
        f"{_CARRY};disposal:旧床垫搬走:Old mattress taken away:50:2:photo",
    ),
    "bed-frame": OnSite(
        "joints:连接件套装:Connector set:1;pads:地板保护垫:Floor pads:4",
        f"{_UNPACKED};tightened:螺丝全部复紧:All screws tightened again!;"
        f"stable:摇动无异响:No noise when shaken!;{_TIDY}",
        f"{_CARRY};disposal:旧床架拆除搬走:Old frame taken away:60:1:photo",
    ),
    "curtain": OnSite(
        "hooks:挂钩:Hooks:40;plugs:膨胀管:Wall plugs:12",
        f"measured:尺寸已与客户核对:Measures checked with the consumer!;even:左右等高:Level on both sides!;{_TIDY}",
        "rail:加长轨道（每米）:Longer rail, per metre:25:6;concrete:混凝土打孔:Hole in concrete:10:12:photo",
    ),
    "lamp": OnSite(
        "terminals:接线端子:Terminals:4;plugs:膨胀螺丝:Ceiling bolts:4",
        f"{_POWER};weight:挂点承重已确认:Fixing holds the weight!;{_SHOWN};{_TIDY}",
        "cable:加长电线（每米）:Cable, per metre:8:20;switch:更换开关:New switch:30:3:photo;"
        "high:层高超过 3 米（每盏）:Ceiling above 3 m, per lamp:40:5",
    ),
    "smart-lock": OnSite(
        "strike:锁扣盒:Strike box:1;batteries:电池:Batteries:8",
        "keys:钥匙已全部交给客户:All keys handed over!;finger:客户指纹录入成功:Consumer's fingerprint works!;"
        f"emergency:应急开锁已演示:Emergency opening shown!;{_TIDY}",
        "widen:门体扩孔:Door opening widened:80:1:photo;strike:更换锁扣板:New strike plate:40:1;"
        "body:更换锁体:New lock body:120:1:photo",
        APPLIANCE,
    ),
    "water-heater": OnSite(
        f"{_BOLTS}:1;valve:安全泄压阀:Safety valve:1;hoses:进出水软管:Hoses:2",
        f"{_POWER};wall:承重墙已确认:Wall bears the load!;"
        f"leaks:试压无渗漏:No leak under pressure!;{_EARTHED};{_SHOWN};{_TIDY}",
        "pipe:加长水管（每米）:Pipe, per metre:25:8;angle-valve:更换角阀:New angle valve:45:4:photo;"
        f"bracket:加固支架:Reinforced bracket:80:1:photo;{_HOLE};{_SOCKET}",
        APPLIANCE,
    ),
    "range-hood": OnSite(
        f"{_BOLTS}:1;duct:烟管:Duct:1;tape:铝箔胶带:Foil tape:1",
        f"{_POWER};draught:吸力测试通过:Draught tested!;"
        f"sealed:止逆阀与接口密封:Valve and joints sealed!;{_SHOWN};{_TIDY}",
        f"duct:加长烟管（每米）:Duct, per metre:30:4;valve:更换止逆阀:New check valve:60:1:photo;{_HOLE};{_SOCKET}",
        APPLIANCE,
    ),
    "washing-machine": OnSite(
        "hose:进水管:Inlet hose:1;clamp:排水卡箍:Drain clamp:1",
        "bolts-out:运输螺栓已拆下:Transport bolts taken out!;leaks:试水无渗漏:No leak on the first run!;"
        f"{_EARTHED};{_SHOWN};{_TIDY}",
        f"tap:更换水龙头:New tap:45:1:photo;hose:加长排水管（每米）:Drain hose, per metre:15:4;{_CARRY};{_SOCKET}",
        APPLIANCE,
    ),
    "air-conditioner": OnSite(
        f"{_BOLTS}:1;pipe:铜管:Copper pipe:1;rope:安全绳:Safety rope:1;pump:真空泵:Vacuum pump:1",
        "rope:高空作业已系安全绳:Safety rope on at height!;vacuum:抽真空 15 分钟:Vacuum for 15 minutes!;"
        f"drain:排水顺畅:Water drains away!;{_EARTHED};{_SHOWN};{_TIDY}",
        "pipe:加长铜管（每米）:Copper pipe, per metre:80:10:photo;bracket:外机支架:Outdoor bracket:120:1:photo;"
        f"refrigerant:加制冷剂（每 100 克）:Refrigerant, per 100 g:30:10:photo;{_HOLE};"
        "height:高空作业（外墙）:Work at height, outside:150:1:photo",
        APPLIANCE,
    ),
    "wardrobe": OnSite(
        "straps:防倾倒件:Anti-tip straps:2;joints:连接件套装:Connector set:2",
        f"{_UNPACKED};upright:柜体垂直:Upright and square!;anchored:防倾倒已固定:Fixed against tipping!;"
        f"doors:柜门缝隙均匀:Doors hang evenly;{_TIDY}",
        f"{_CARRY};cut:踢脚线切割:Skirting cut to fit:40:2:photo;"
        "disposal:旧衣柜拆除搬走:Old wardrobe taken away:120:1:photo",
    ),
    "tv": OnSite(
        f"{_BOLTS}:1;mount:挂架:Wall mount:1",
        f"wall:墙体承重已确认:Wall bears the load!;level:屏幕水平:Screen is level!;{_SHOWN};{_TIDY}",
        f"hide:线缆暗装（每米）:Cables hidden, per metre:40:5:photo;mount:更换伸缩挂架:Swivel mount:160:1;{_HOLE}",
        APPLIANCE,
    ),
}  # fmt: skip
