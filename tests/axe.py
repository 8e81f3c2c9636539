"""What axe finds wrong on a page; only that leaves the page, for its whole answer takes longer than its checks do."""

from __future__ import annotations

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = {"serious", "critical"}
FOUND = """async (rules) => {
  const { violations } = await axe.run({ rules, resultTypes: ["violations"] });
  return violations.map(({ impact, id, nodes }) => [impact, `${id}: ${nodes[0].html.slice(0, 300)}`]);
}"""


def violations(page: Page) -> list[str]:
    """All that is wrong, each rule with its first place."""
    return [place for _, place in _found(page)]


def serious_violations(page: Page, *, in_sunlight: bool = False) -> list[str]:
    """What keeps somebody from using the page. `in_sunlight`: a contrast of less than 7 : 1 counts too."""
    return [place for impact, place in _found(page, in_sunlight=in_sunlight) if impact in SERIOUS]


def _found(page: Page, *, in_sunlight: bool = False) -> list[tuple[str, str]]:
    page.evaluate(Axe().axe_script)
    rules = {"color-contrast-enhanced": {"enabled": True}} if in_sunlight else {}
    return [(impact, place) for impact, place in page.evaluate(FOUND, rules)]
