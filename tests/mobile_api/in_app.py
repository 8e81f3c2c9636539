"""What a test does with the phone's app from inside the page, by the same object that the views have."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

IN_APP = """async (given) => {
  const { app } = await import("/phone/static/app/main.js");
  const photo = async (colour, side = 700) => {
    const canvas = new OffscreenCanvas(side, side);
    const paint = canvas.getContext("2d");
    paint.fillStyle = colour;
    paint.fillRect(0, 0, side, side);
    for (let n = 0, grey = 1; n < side * 9; n += 1) {
      grey = (grey * 48271) % 2147483647;
      paint.fillStyle = `rgb(${grey % 256} ${(grey >> 8) % 256} ${(grey >> 16) % 256})`;
      paint.fillRect((n * 97) % side, (n * 61) % side, 9, 9);
    }
    return canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
  };
  const settled = async () => {
    for (;;) {
      await app.syncNow();
      const { facts, pictures } = app.status;
      if (!facts && !pictures) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  BODY
}"""


def in_app(page: Page, body: str, given: Any = None) -> Any:
    """Run `body` in the page with `app`, `photo(colour)` and `settled()`, which waits until nothing is left to send."""
    return page.evaluate(IN_APP.replace("BODY", body), given)
