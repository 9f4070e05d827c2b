"""The agreement map as one picture, to be put into slides and reports; and the four signs of which it is made."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.agreement import Map
from advisor.answer.stances import STANCES, Stance
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.web.quotes import stands
from advisor.surfaces.wording import word

# Each sign is told by its shape; colour only helps. Drawn in a square of 20.
SHAPES: Mapping[Stance, str] = {
    "asks": '<circle cx="10" cy="10" r="7.5"/>',
    "supports": '<circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" stroke-width="2.4"/>',
    "qualifies": '<path d="M10 2.5a7.5 7.5 0 0 0 0 15z"/><circle cx="10" cy="10" r="6.8" fill="none" stroke="currentColor"/>',
    "disputes": '<path d="M4 4l12 12M16 4L4 16" fill="none" stroke="currentColor" stroke-width="3.4" stroke-linecap="round"/>',
}
COLOURS: Mapping[Stance, str] = {"asks": "#1b5a86", "supports": "#256b3e", "qualifies": "#7a4a06", "disputes": "#a3232b"}
ROW, COLUMN, LEFT, HEAD = 26, 34, 330, 200
LONGEST, LONGEST_NAME = 44, 27  # characters of a factor's name, of a work's


def sign(stance: Stance) -> str:
    """A sign for a page; its colour comes from the style sheet."""
    return tag(
        "svg", SHAPES[stance], class_=f"sign {stance}", viewBox="0 0 20 20", fill="currentColor", aria_hidden="true", focusable="false"
    )


def picture(drawn: Map, title: str, language: str) -> str:
    """The map as an SVG file that needs nothing else."""
    width, height = LEFT + COLUMN * len(drawn.columns) + 130, HEAD + ROW * len(drawn.rows) + 70
    parts = [f'<rect width="{width}" height="{height}" fill="#ffffff"/>', _words(title, 24, 36, size=20, weight=650)]
    for number, column in enumerate(drawn.columns):
        x = LEFT + COLUMN * number + COLUMN // 2
        name = text(short(column.names[language], LONGEST_NAME))
        parts.append(
            f'<text transform="translate({x + 4} {HEAD - 10}) rotate(-50)" fill="{"#1d2127" if column.asks else "#59616b"}">{name}</text>'
        )
    for number, row in enumerate(drawn.rows):
        y = HEAD + ROW * number
        if number % 2 == 0:
            parts.append(f'<rect x="16" y="{y}" width="{LEFT - 16 + COLUMN * len(drawn.columns)}" height="{ROW}" fill="#f6f6f3"/>')
        parts.append(_words(short(row.demand.title(language), LONGEST), 24, y + 18, weight=650 if len(row.demand.asking) > 1 else 400))
        for place, cell in enumerate(row.cells):
            for shift, voice in enumerate(cell):
                x = LEFT + COLUMN * place + 9 - 9 * (len(cell) - 1) + 18 * shift
                label = word("sign", language, who=voice.names[language], stance=stands(voice, language), title=row.demand.title(language))
                parts.append(_sign(voice.stance, x, y + 5, label))
    foot, x = height - 28, 24
    for stance in STANCES:
        parts += [_sign(stance, x, foot - 13, ""), _words(word(stance, language), x + 22, foot)]
        x += 50 + 8 * len(word(stance, language))
    inside = tag("title", text(title)) + "".join(parts)
    font = 'font-family="system-ui, \'Segoe UI\', Roboto, Arial, sans-serif" font-size="14"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" {font}>{inside}</svg>'


def _words(words: str, x: int, y: int, *, size: int = 14, weight: int = 400) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="#1d2127">{text(words)}</text>'


def _sign(stance: Stance, x: int, y: int, label: str) -> str:
    titled = tag("title", text(label)) if label else ""
    return f'<g transform="translate({x} {y}) scale(0.8)" color="{COLOURS[stance]}" fill="{COLOURS[stance]}">{titled}{SHAPES[stance]}</g>'


def short(words: str, longest: int) -> str:
    """The beginning of words that are too long, with an ellipsis."""
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"
