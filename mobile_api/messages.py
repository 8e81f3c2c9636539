"""What people are told when something did not work, in their language."""

from __future__ import annotations

from flask import request

from technicians.errors import ShifuError

ZH, EN = "zh", "en"

TITLES = {
    "not-logged-in": ("请先登录", "Please log in"),
    "wrong-pin": ("工号或 PIN 不对", "Code or PIN is wrong"),
    "login-locked": ("登录已暂时锁定", "Login is locked for now"),
    "not-allowed": ("不能这样做", "Not allowed"),
    "not-found": ("没有找到", "Not found"),
    "invalid-input": ("内容无法使用", "Cannot be used"),
    "conflict": ("情况已变化", "Things have moved on"),
    "illegal-transition": ("现在不能这样做", "Not possible now"),
    "slot-taken": ("这个时间刚被约走", "This window has just been taken"),
    "booked-already": ("已经约好下次上门", "The next visit is booked already"),
    "missing-shots": ("还缺照片", "Photos are missing"),
    "wrong-offset": ("请从断点继续", "Go on where it broke off"),
    "wrong-digest": ("照片传输有误", "The photo did not arrive as it was sent"),
    "photo-empty": ("没有收到照片", "No photo received"),
    "photo-too-large": ("照片太大", "Photo is too large"),
    "photo-too-many-pixels": ("照片像素太多", "Photo has too many pixels"),
    "photo-not-a-photo": ("这不是照片", "Not a photo"),
    "photo-truncated": ("照片不完整", "Photo is incomplete"),
    "photo-too-hard": ("照片打不开", "Photo cannot be opened"),
}

DETAILS_ZH = {
    "not-logged-in": "这部手机还没有登录。请用工号和 PIN 登录。",
    "wrong-pin": "工号和 PIN 对不上。请检查，或联系调度员。",
    "login-locked": "PIN 输错次数太多，还要锁定 {minutes} 分钟。请稍候，或请调度员重设 PIN。",
    "not-found": "您的路线上没有这一项，可能已被调整。请刷新今日行程。",
    "illegal-transition": "这次上门的状态已经变了。请刷新今日行程后再看下一步。",
    "conflict": "别人刚刚改动了同一项。请再试一次。",
    "slot-taken": "这个时间刚被别人约走，请换一个。",
    "booked-already": "顾客或调度员已经约好了下次上门。需要改期时，请顾客用短信里的链接，或请调度员改。",
    "missing-shots": "还缺这些照片：{names_zh}。拍好后即可完成。",
    "wrong-offset": "这张照片请从第 {offset} 字节继续上传。",
    "wrong-digest": "收到的内容和原照片不一致。请从头重新上传。",
    "photo-empty": "请重新拍摄并发送。",
    "photo-too-large": "照片超过 12 MB。请缩小后再发，长边 2048 像素就够。",
    "photo-too-many-pixels": "照片有 {width}×{height} 像素，超过 5000 万。请调低相机分辨率后重拍。",
    "photo-not-a-photo": "只收 JPEG 或 PNG 照片。请用相机拍摄。",
    "photo-truncated": "照片被截断或已损坏。请重发，或重新拍摄。",
    "photo-too-hard": "照片无法在限制内打开。请用相机重新拍摄。",
}

HTTP = {
    400: ("请求有误", "The request is not understood"),
    404: ("没有这个页面", "There is nothing here"),
    405: ("不能这样请求", "This cannot be asked that way"),
    413: ("内容太大", "Too large"),
    415: ("内容类型不对", "Wrong content type"),
    422: ("内容无法使用", "Cannot be used"),
    500: ("系统出错了", "Something broke on our side"),
}


def language() -> str:
    """`zh` or `en`, by Accept-Language."""
    return request.accept_languages.best_match([EN, ZH]) or EN


def title(code: str) -> str:
    return _chosen(TITLES.get(code, TITLES["invalid-input"]))


def http_title(status: int) -> str:
    return _chosen(HTTP.get(status, HTTP[400]))


def detail(error: ShifuError) -> str:
    """A sentence or two: what happened and what to do."""
    if language() == ZH and error.code in DETAILS_ZH:
        return DETAILS_ZH[error.code].format(**vars(error))
    return " ".join(part for part in (error.message, error.remedy) if part)


def _chosen(both: tuple[str, str]) -> str:
    return both[0] if language() == ZH else both[1]
