"""How many parts of a text message a text takes, which is what gateways charge for."""

from __future__ import annotations

# GSM 03.38, the alphabet of 7 bits; those of the second line take two places.
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = set("^{}\\[~]|€\f")
SEVEN_BITS, SEVEN_BITS_JOINED = 160, 153
SIXTEEN_BITS, SIXTEEN_BITS_JOINED = 70, 67


def parts(text: str) -> int:
    """One for up to 160 Latin or 70 Chinese characters; a longer one is joined from parts of 153 or 67."""
    if all(sign in GSM or sign in GSM_TWICE for sign in text):
        places = sum(2 if sign in GSM_TWICE else 1 for sign in text)
        return _parts(places, SEVEN_BITS, SEVEN_BITS_JOINED)
    return _parts(len(text.encode("utf-16-be")) // 2, SIXTEEN_BITS, SIXTEEN_BITS_JOINED)


def _parts(places: int, alone: int, joined: int) -> int:
    return 1 if places <= alone else -(-places // joined)
