"""What messages to consumers say, in their language, with their order's link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from sqlalchemy.orm import Session

from dispatch import links
from dispatch.messages import Template
from dispatch.notify.message import Message
from dispatch.work_order import WorkOrder, WorkOrderState

TEXTS: Mapping[str, Mapping[Template, str]] = {
    "zh": {
        Template.BOOK: "【{merchant}】您的{product}已到货，请选择上门安装时间：{link}",
        Template.REMINDER: "【{merchant}】您的{product}已到货，还没有预约安装，请选择上门时间：{link}",
        Template.BOOKED: "【{merchant}】{product}安装已约好：{window}。查看、改期或取消：{link}",
        Template.MOVED: "【{merchant}】{product}安装已改到：{window}。查看、改期或取消：{link}",
        Template.CANCELLED: "【{merchant}】{product}的安装预约已取消。需要时可重新选择时间：{link}",
        Template.AGAIN: "【{merchant}】很抱歉，您的{product}安装这次没能完成。请重新选择上门时间：{link}",
        Template.ORDER_CANCELLED: "【{merchant}】您的{product}安装服务已取消，师傅不会上门。如有疑问，请联系商家。",
        Template.WINDOW_FREE: "【{merchant}】{product}安装有空闲时间了，先到先得：{link}",
        Template.EARLIER_FREE: "【{merchant}】{product}安装有更早的时间了，先到先得：{link}",
        Template.DAY_BEFORE: "【{merchant}】提醒您：{product}安装时间是{window}。查看、改期或取消：{link}",
        Template.ON_THE_WAY: "【{merchant}】安装{product}的师傅已出发，查看预计到达时间：{link}",
        Template.ARRIVING: "【{merchant}】安装{product}的师傅几分钟后就到，请留意门铃和来电。查看位置：{link}",
        Template.DONE: "【{merchant}】您的{product}已安装完成，谢谢！查看照片，有问题请告诉我们：{link}",
        Template.ISSUE_ANSWERED: "【{merchant}】您反映的{product}问题已有答复：{link}",
    },
    "en": {
        Template.BOOK: "{merchant}: your {product} has arrived. Choose when we come to install it: {link}",
        Template.REMINDER: "{merchant}: your {product} is here and not booked yet. Choose when we install it: {link}",
        Template.BOOKED: "{merchant}: {product}, installation booked for {window}. See, move or cancel: {link}",
        Template.MOVED: "{merchant}: {product}, installation moved to {window}. See, move or cancel: {link}",
        Template.CANCELLED: "{merchant}: the installation of your {product} is cancelled. Book again: {link}",
        Template.AGAIN: "{merchant}: sorry, your {product} could not be installed. Choose a new time: {link}",
        Template.ORDER_CANCELLED: (
            "{merchant}: the installation of your {product} has been called off; nobody will come. "
            "If this surprises you, please ask the shop."
        ),
        Template.WINDOW_FREE: "{merchant}: we have room to install your {product}; first come, first served: {link}",
        Template.EARLIER_FREE: "{merchant}: your {product} can be installed earlier; first come, first served: {link}",
        Template.DAY_BEFORE: "{merchant}: reminder, your {product} is installed {window}. See, move or cancel: {link}",
        Template.ON_THE_WAY: "{merchant}: the technician for your {product} is on the way. Expected time: {link}",
        Template.ARRIVING: "{merchant}: the technician for your {product} is almost there. See where: {link}",
        Template.DONE: "{merchant}: your {product} is installed, thank you. Photos, or if anything is wrong: {link}",
        Template.ISSUE_ANSWERED: "{merchant}: what you told us about your {product} has been answered: {link}",
    },
}
CLDR = {"zh": "zh", "en": "en_GB"}
# A text message with a single sign beyond the GSM alphabet takes more than twice the room.
DASH = {"zh": "–", "en": "-"}


WITHOUT_LINK = {Template.ORDER_CANCELLED}


def compose(session: Session, payload: Mapping[str, Any], *, base_url: str, secret: str, at: datetime) -> Message:
    """The message of an outbox row, with the order's link below `base_url`, such as https://shifu.example.

    That an order is cancelled is told without a link: there is nothing left to choose. Names lose their line breaks.
    """
    order = session.get_one(WorkOrder, payload["order_id"])
    language = order.language if order.language in TEXTS else "zh"
    template = Template(payload["template"])
    link = "" if template in WITHOUT_LINK else _link(session, order, base_url, secret, at)
    fields = {
        "merchant": _one_line(order.merchant.name),
        "product": _one_line(order.product.name_en if language == "en" else order.product.name_zh),
        "window": _window(payload.get("window"), _zone(order), language),
        "link": link,
    }
    return Message(order.consumer_phone, language, TEXTS[language][template].format(**fields), template, fields)


def _link(session: Session, order: WorkOrder, base_url: str, secret: str, at: datetime) -> str:
    if order.state == WorkOrderState.CANCELLED:
        return base_url
    return f"{base_url.rstrip('/')}/c/{links.standing(session, order.id, secret, at)}"


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _zone(order: WorkOrder) -> ZoneInfo:
    return order.county.area.zone if order.county else ZoneInfo("UTC")


def _window(window: list[str] | None, zone: ZoneInfo, language: str) -> str:
    if window is None:
        return ""
    begins, ends = (datetime.fromisoformat(instant).astimezone(zone) for instant in window)
    return f"{format_skeleton('MMMEd', begins, locale=CLDR[language])} {begins:%H:%M}{DASH[language]}{ends:%H:%M}"
