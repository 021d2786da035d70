"""Draws the cards that previews of links show, into site/static: `PYTHONPATH=. python docs/pictures.py`.

They are kept with the sources, so that a build needs no browser; draw them anew when words or colours of the site change.
Needs Chromium, and the packages with which the tests drive it.
"""

import base64
import html
import re
import struct
import zlib
from collections import Counter
from math import dist

from playwright.sync_api import sync_playwright

from catalogue.website import assets, cards

#: Colours of one picture: a handful, each in the shades that soften its edges.
MOST = 40
CHROMIUM = "/usr/bin/chromium"
_PAGE = """<!doctype html>
<meta charset="utf-8">
<style>{css}
html, body {{ width: {width}px; height: {height}px; overflow: hidden; font-size: 32px; }}
body {{ display: grid; grid-template: 26px 1fr / 400px 1fr; background: var(--card); }}
.gate {{ grid-column: 1 / -1; background: repeating-linear-gradient(115deg, var(--gate) 0 60px, var(--card) 60px 120px); }}
.stub {{ background: var(--back); color: var(--tone); border-right: 6px dashed color-mix(in srgb, var(--tone) 45%, transparent);
  display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 26px; }}
.stub svg {{ width: 200px; height: 200px; }}
.stub b {{ font: 600 210px/1 var(--serif); }}
.stub strong {{ font: 600 58px/1.1 var(--serif); }}
.stub strong::first-letter {{ text-transform: uppercase; }}
.unsure, .unknown, .site {{ --tone: var(--soft); --back: var(--faint); }}
.body {{ padding: 50px 60px 44px; display: flex; flex-direction: column; }}
h1 {{ font-size: 68px; line-height: 1.14; margin: auto 0; overflow-wrap: normal; }}
.brand {{ font-size: 40px; gap: 16px; }}
.brand svg {{ width: 56px; height: 48px; }}
</style>
{icons}
<body class="{tone}"><div class="gate"></div><div class="stub">{stub}</div>
<div class="body"><h1>{says}</h1><span class="brand"><svg><use href="#gate"/></svg>Tollhouse</span></div>
"""
#: The colours of a picture, four bytes a pixel.
_PIXELS = """async png => {
  const image = new Image(); image.src = "data:image/png;base64," + png; await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), drawn = canvas.getContext("2d");
  drawn.drawImage(image, 0, 0);
  const bytes = drawn.getImageData(0, 0, image.width, image.height).data, pieces = [];
  for (let at = 0; at < bytes.length; at += 30000) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 30000)));
  return btoa(pieces.join(""));
}"""
#: Which of the page's colours each grade has, as the seals do.
_TONES = {"A": "read", "B": "read", "C": "write", "D": "execute", "E": "destructive", "F": "destructive"}


def main() -> None:
    """Draw every card."""
    folder = assets.folder() / "static"
    css, icons = ((folder / name).read_text("utf-8") for name in ("site.css", "icons.svg"))
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": cards.WIDTH, "height": cards.HEIGHT}, color_scheme="light")
        for name, says in cards.SAYS.items():
            tone, stub = _stub(name)
            page.set_content(
                _PAGE.format(
                    css=css,
                    icons=re.sub("<svg ", '<svg style="display: none" ', icons, count=1),
                    width=cards.WIDTH,
                    height=cards.HEIGHT,
                    tone=tone,
                    stub=stub,
                    says=html.escape(says),
                )
            )
            pixels = page.evaluate(_PIXELS, base64.b64encode(page.screenshot()).decode())
            (folder / cards.file(name)).write_bytes(_png(base64.b64decode(pixels)))
        browser.close()


def _png(pixels: bytes) -> bytes:
    """A PNG of a few colours, a fraction of the size that a browser makes it; *pixels* are four bytes each, line by line."""
    points = [pixels[at : at + 3] for at in range(0, len(pixels), 4)]
    colours = [colour for colour, _ in Counter(points).most_common(MOST)]
    places = {colour: place for place, colour in enumerate(colours)}
    for colour in {*points} - places.keys():
        places[colour] = min(range(len(colours)), key=lambda place: dist(colour, colours[place]))
    shown = bytes(places[point] for point in points)
    lines = b"".join(b"\0" + shown[at : at + cards.WIDTH] for at in range(0, len(shown), cards.WIDTH))
    header = struct.pack(">IIBBBBB", cards.WIDTH, cards.HEIGHT, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", header),
        (b"PLTE", b"".join(colours)),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts))


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    kind, data = part
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stub(name: str) -> tuple[str, str]:
    """The colours of a card, and the HTML of what stands in its stub."""
    letter = name.removeprefix("grade-")
    if letter != name:
        return _TONES[letter], f"<b>{letter}</b><strong>grade</strong>"
    icon = {"tampered": "warning", "unsure": "search", "unknown": "search", "site": "gate"}.get(name, name)
    word = {"tampered": "tampered?", "unsure": "not sure", "unknown": "not graded", "site": "MCP tools"}.get(
        name, name
    )
    return name, f'<svg><use href="#{icon}"/></svg><strong>{word}</strong>'


if __name__ == "__main__":
    main()
