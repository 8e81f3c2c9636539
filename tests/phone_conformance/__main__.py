"""Does a server speak protocol 1?  python -m tests.phone_conformance URL --code CODE --pin PIN"""

from __future__ import annotations

import argparse
import sys
from urllib.parse import urlsplit

from tests.phone_conformance.checks import CHECKS
from tests.phone_conformance.client import Client


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.phone_conformance", description=__doc__)
    asked.add_argument("url", help="where the server is, for example http://127.0.0.1:8000")
    asked.add_argument("--code", required=True, help="the code of a technician made for this")
    asked.add_argument("--pin", required=True)
    chosen = asked.parse_args()
    if urlsplit(chosen.url).scheme not in {"http", "https"}:
        asked.error(f"url: {chosen.url!r} is no http address; give one like http://127.0.0.1:8000")
    phone = Client(chosen.url.rstrip("/"))
    heard = phone.log_in(chosen.code, chosen.pin)
    if heard.status != 200:
        print(f"error: the login was answered {heard.status}: {heard.body}; check code and PIN")
        return 1
    failed = sum(not passed(check, phone) for check in CHECKS)
    print(f"{len(CHECKS) - failed} of {len(CHECKS)} checks passed")
    return 1 if failed else 0


def passed(check: object, phone: Client) -> bool:
    """Run one check and say how it went."""
    name = getattr(check, "__name__", str(check)).replace("_", " ")
    try:
        check(phone)  # type: ignore[operator]
    except (AssertionError, KeyError, TypeError) as wrong:
        print(f"failed  {name}: {wrong}")
        return False
    print(f"passed  {name}")
    return True


if __name__ == "__main__":
    sys.exit(main())
