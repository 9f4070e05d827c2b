"""Document and span → escaped HTML: the passage in its context with the quotation marked, the whole document, the library."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from advisor.citations import is_reported, reference
from advisor.documents.model import Block, Document
from advisor.facsimile import MEDIA_TYPE
from advisor.surfaces.web.markup import attributes, tag, text
from advisor.surfaces.wording import word
from advisor.text import Span

REACH = 3000  # characters of context on either side of a quotation in the panel
_BULLETS = frozenset("-*+•–—·▪◦‣●○■□")


def link(sha256: str, span: Span | None = None, prefix: str = "read/") -> str:
    """The address of a document, relative to the chat; with a span, of the quotation in it."""
    return f"{prefix}{sha256}" + (f"?start={span.start}&end={span.end}#quote" if span else "")


def located(document: Document, start: int | None, end: int | None) -> Span | None:
    """The span that two offsets from a link name, or None where the document has no such place."""
    if start is None or end is None or not 0 <= start < end <= len(document.text):
        return None
    return Span(start, end)


Names = Mapping[str, str]  # how works are named in a sentence, by key; of use where a work is quoted after another


def passage(document: Document, span: Span | None, language: str, names: Names | None = None) -> str:
    """What the panel shows for a citation: the work, what kind of text it is, where the quotation stands, and its context."""
    blocks = window(document.blocks, span) if span else document.blocks
    first, last = (blocks[0], blocks[-1]) if blocks else (None, None)
    cut = [
        name
        for name, whole in (("cut-before", first == document.blocks[0]), ("cut-after", last == document.blocks[-1]))
        if blocks and not whole
    ]
    whole = tag("a", text(word("open_whole", language)), href=link(document.sha256, span), target="_blank", class_="open-whole")
    head = source(document, span, language, names, level=3)
    printed = ""
    if span and document.media_type == MEDIA_TYPE:
        head += _views(document, span, language)
        address = f"sheets/{document.sha256}?start={span.start}&end={span.end}&language={language}"
        printed = tag("div", "", class_="sheets", data_address=address, hidden=True)
    return (
        tag("header", head, class_="source")
        + article(document, blocks, span, " ".join(cut), level=4)
        + printed
        + tag("p", whole, class_="after")
    )


def _views(document: Document, span: Span, language: str) -> str:
    """The choice between the passage as text and as it is printed."""
    page = word("as_page", language) + f" {document.page_label(span) or ''}"
    buttons = [("text", word("as_text", language), "true"), ("page", page.strip(), "false")]
    group = "".join(tag("button", text(said), type="button", data_view=name, aria_pressed=pressed) for name, said, pressed in buttons)
    return tag("div", group, class_="views", role="group", aria_label=word("way_of_showing", language))


def page(
    document: Document, span: Span | None, language: str, names: Names | None = None, *, style: str, theme: str | None = None,
    missed: bool = False,
) -> str:  # fmt: skip
    """A whole document as a page of its own, the quotation marked; `missed` says that the link named a place it does not have."""
    notice = tag("p", text(word("no_such_place", language)), class_="notice") if missed else ""
    body = (
        tag("nav", tag("a", "‹ " + text(word("to_chat", language)), href="../"))
        + tag("header", source(document, span, language, names, level=1) + notice, class_="source")
        + tag("main", article(document, document.blocks, span, level=2, focus=True))
    )
    return shell(document.work.title, body, language, style=style, theme=theme)


def message_page(heading: str, sentence: str, language: str, *, style: str, theme: str | None = None) -> str:
    """A page that says one thing, such as that there is no such document."""
    back = tag("nav", tag("a", "‹ " + text(word("to_chat", language)), href="../"))
    body = back + tag("main", tag("h1", text(heading)) + tag("p", text(sentence)))
    return shell(heading, body, language, style=style, theme=theme)


def shell(title: str, body: str, language: str, *, style: str, theme: str | None) -> str:
    """A self-contained page; `style` is our own style sheet, `theme` "dark" or "light" where the reader's system is not to decide."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{tag('title', text(title) + ' – ' + text(word('title', language)))}<style>{style}</style>"
    )
    root = attributes(lang=language, data_theme=theme if theme in ("dark", "light") else None)
    return f"<!doctype html><html{root}><head>{head}</head>{tag('body', body, class_='reading')}</html>"


def source(document: Document, span: Span | None, language: str, names: Names | None = None, *, level: int) -> str:
    """Title, reference and place; whether the text is a digest or the original; whether the quotation was checked."""
    work = document.work
    kind = "digest" if work.digest else "original"
    badges = [tag("span", text(word(kind, language)), class_=f"badge {kind}", title=word("digest_why", language) if work.digest else None)]
    if span and is_reported(span.of(document.text)):
        badges.append(tag("span", text(word("reported", language)), class_="badge reported", title=word("reported_why", language)))
    facts = [
        ("page", span and (document.page_label(span) or work.pages)),
        ("section", span and section(document, span)),
        ("text_language", word("de" if document.language == "de" else "en", language)),
        ("file", document.source),
    ]
    rows = [
        tag("div", tag("dt", text(word(name, language))) + tag("dd", text(value)), class_=f"fact-{name}") for name, value in facts if value
    ]
    return (
        tag("p", "".join(badges), class_="badges")
        + tag(f"h{level}", text(work.title), class_="work", lang=document.language)
        + tag("p", text(reference(work, document.language, names)), class_="reference", lang=document.language)
        + tag("dl", "".join(rows), class_="facts")
    )


def section(document: Document, span: Span) -> str:
    """The headings above a span, outermost first, without that of the whole document."""
    path: dict[int, str] = {}
    for block in document.blocks:
        if block.span.start > span.start:
            break
        if block.kind == "heading":
            path = {level: heading for level, heading in path.items() if level < block.level}
            path[block.level] = block.span.of(document.text)
    names = [path[level] for level in sorted(path)]
    return " › ".join(names[1:] if len(names) > 1 else names)


def window(blocks: Sequence[Block], span: Span) -> Sequence[Block]:
    """The blocks around a span, up to REACH characters on either side, whole blocks only and at least those that the span touches."""
    near = [
        number for number, block in enumerate(blocks) if block.span.start < span.end + REACH and block.span.end > max(span.start - REACH, 0)
    ]
    return blocks[near[0] : near[-1] + 1] if near else ()


def article(document: Document, blocks: Sequence[Block], span: Span | None, class_: str = "", *, level: int, focus: bool = False) -> str:
    """Blocks as headings, paragraphs, lists and rows; the text of the elements is the text of the blocks and nothing else.

    `level` is that of the topmost heading; `focus` lets the browser go to the quotation when the page opens.
    """
    marker = _Marker(document.text, span, focus)
    pages = _page_starts(document, blocks)
    parts: list[str] = []
    depth = level - 1
    for is_item, group in groupby(blocks, key=lambda block: block.kind == "item"):
        members = list(group)
        if is_item:
            for items in _lists(document.text, members):
                parts += [_page_line(pages[item]) for item in items if item in pages]
                parts.append(_list(items, marker))
            continue
        for block in members:
            if block in pages:
                parts.append(_page_line(pages[block]))
            if block.kind == "heading":
                # Readers of headings walk down one level at a time, whatever the document leaves out.
                depth = min(level + block.level - 1, depth + 1, 6)
            parts.append(
                tag(
                    f"h{depth}" if block.kind == "heading" else "p",
                    marker.marked(block.span),
                    class_="row" if block.kind == "row" else None,
                )
            )
    return tag("article", "\n".join(parts), class_=f"document {class_}".strip(), lang=document.language)


def _page_starts(document: Document, blocks: Sequence[Block]) -> dict[Block, str]:
    """The first of these blocks on each page, with the label of the page."""
    found: dict[int, Block] = {}
    starts = [page.start for page in document.pages]
    for block in blocks if starts else ():
        found.setdefault(bisect_right(starts, block.span.start) - 1, block)
    return {block: document.pages[number].label for number, block in found.items()}


def _page_line(label: str) -> str:
    # The label is drawn by the style sheet from the attribute: it is no text of the document.
    return tag("div", "", class_="page-line", data_label=label, role="separator")


class _Marker:
    """Escapes spans and marks what of them is quoted; the first mark is where links lead.

    With `focus` a browser scrolls to it by itself, without a script and where the address does not end in #quote.
    """

    def __init__(self, whole: str, quoted: Span | None, focus: bool) -> None:
        self._focus = focus
        self._whole = whole
        self._quoted = quoted or Span(0, 0)
        self._first = True

    def marked(self, span: Span) -> str:
        start, end = max(span.start, self._quoted.start), min(span.end, self._quoted.end)
        if start >= end:
            return text(span.of(self._whole))
        focus = self._first and self._focus
        mark = tag(
            "mark", text(self._whole[start:end]), id="quote" if self._first else None, class_="quote",
            tabindex="-1" if focus else None, autofocus=focus,
        )  # fmt: skip
        self._first = False
        return text(self._whole[span.start : start]) + mark + text(self._whole[end : span.end])


def _lists(whole: str, items: Iterable[Block]) -> Iterator[list[Block]]:
    """Neighbouring items split where a blank line lets a new list begin."""
    current: list[Block] = []
    for item in items:
        if current and "\n\n" in whole[current[-1].span.end : item.span.start]:
            yield current
            current = []
        current.append(item)
    if current:
        yield current


def _list(items: Sequence[Block], marker: _Marker) -> str:
    """A list with its deeper items inside the shallower ones."""
    out: list[str] = []
    open_levels: list[int] = []
    for item in items:
        while open_levels and item.level < open_levels[-1] and len(open_levels) > 1:
            open_levels.pop()
            out.append("</li></ul>")
        if not open_levels or item.level > open_levels[-1]:
            open_levels.append(item.level)
            out.append('\n<ul role="list">')
        else:
            open_levels[-1] = item.level
            out.append("</li>\n")
        shown = None if not item.marker or item.marker in _BULLETS else item.marker
        out.append(f"<li{attributes(data_marker=shown, role='listitem')}>{marker.marked(item.span)}")
    out.append("</li></ul>" * len(open_levels))
    return "".join(out)


def library(documents: Sequence[Document]) -> str:
    """The works of a library by author, one line each with links to its documents."""
    works: dict[str, list[Document]] = {}
    for document in documents:
        works.setdefault(document.work.key, []).append(document)
    lines = []
    for versions in sorted(works.values(), key=_by_author):
        work = versions[0].work
        when = f" ({work.year})" if work.year else ""
        who = ", ".join(work.authors[:3]) + (" et al." if len(work.authors) > 3 else "")
        links = " ".join(_version(version) for version in versions)
        title = tag("span", text(work.title), class_="work", lang=versions[0].language)
        entry = tag("span", title + tag("span", text(who + when), class_="who"), class_="entry")
        lines.append(tag("li", entry + tag("span", links, class_="versions")))
    return tag("ul", "".join(lines), class_="library")


def _version(document: Document) -> str:
    label = f"{document.work.title}, {document.language}"
    return tag("a", text(document.language.upper()), href=link(document.sha256), target="_blank", aria_label=label)


def _by_author(versions: Sequence[Document]) -> tuple[str, int]:
    work = versions[0].work
    surname = re.split(r"\s+", work.authors[0].strip())[-1] if work.authors else work.title
    return surname.casefold(), work.year or 0
