"""Items that carry their own marks inside a paragraph or over several: "first … second …", "erstens …", "(1) …", "a) …"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from advisor.text import Span


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as its span and those of its sentences."""

    span: Span
    sentences: tuple[Span, ...]

    def sentence_at(self, offset: int) -> int:
        """The index of the sentence in which an offset stands."""
        return max(0, bisect_right(self.sentences, offset, key=lambda s: s.start) - 1)


@dataclass(frozen=True, slots=True)
class MarkedList:
    """A list whose items carry marks: the first and last paragraph by index, the offset of its first mark, and its items."""

    first: int
    last: int
    start: int
    items: tuple[Span, ...]
    style: Literal["numbered", "ordinal"]


@dataclass(frozen=True, slots=True)
class _Mark:
    """One mark: its form, its value (0 for "finally"), its offsets, its paragraph by index; `sure` if it is nothing else."""

    form: str
    value: int
    start: int
    end: int
    paragraph: int
    sure: bool


_ENGLISH = "first second third fourth fifth sixth seventh eighth ninth tenth"
_GERMAN = "erstens zweitens drittens viertens fünftens sechstens siebtens achtens neuntens zehntens"
_ORDINALS = {
    **{word: value for value, word in enumerate(_ENGLISH.split(), 1)},
    **{f"{word}ly": value for value, word in enumerate(_ENGLISH.split(), 1)},
    **{word: value for value, word in enumerate(_GERMAN.split(), 1)},
    **dict.fromkeys(("finally", "lastly", "schließlich", "zuletzt"), 0),
}
_ORDINAL = re.compile(rf"(?<![\w-])({'|'.join(sorted(_ORDINALS, key=len, reverse=True))})(?![\w-])(\s*[,:])?", re.IGNORECASE)
_ROMAN = {numeral: value for value, numeral in enumerate("i ii iii iv v vi vii viii ix x".split(), 1)}
_INLINE = re.compile(r"\((\d{1,2}|[a-z]|[ivx]{2,4})\)|(?<![\w(.,])(\d{1,2}|[a-z]|[ivx]{2,4})\)(?=\s)|(?<![\w.,(])(\d{1,2})\.(?=\s)")
_BEFORE_MARK = re.compile(r"(?:^|[.,:;!?(\n–—-]|[\"”“»«)]|\b(?:und|and|sowie|oder|or))\s*$", re.IGNORECASE)
_MONTH = re.compile(r"\s*(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Jahrhundert|Jahrestag|Auflage)", re.IGNORECASE)
_LEADING = re.compile(r"(?:[\s,;:]|\.(?=\s)|[–—-]\s|(?:und|and|oder|or|sowie|as well as|&)(?=\s))+", re.IGNORECASE)
_TRAILING = re.compile(r"(?:\s(?:und|and|oder|or|sowie|&)|\s[–—-])$", re.IGNORECASE)
_CLOSING = " \t\r\n\u00a0,;."
_WORD = re.compile(r"[^\W\d_]{2,}")
_NEAR = 3000
_MOST_CONJUNCTIONS = 4


def stripped(text: str, start: int, end: int) -> Span:
    """A span without the white space, conjunctions and separators around it; empty where nothing else is there."""
    leading = _LEADING.match(text, start, end)
    start = leading.end() if leading else start
    for _ in range(_MOST_CONJUNCTIONS):
        end = start + len(text[start:end].rstrip(_CLOSING))
        trailing = _TRAILING.search(text, max(start, end - 12), end)
        if not trailing:
            break
        end = trailing.start()
    return Span(start, max(start, end))


def marked_lists(text: str, paragraphs: Sequence[Paragraph]) -> Iterator[MarkedList]:
    """The lists with marked items in the paragraphs of one section, two items at least, in the order of the text.

    Ordinals may run over several paragraphs, numbers and letters stay inside one. An item ends with its sentence or before the next mark.
    """
    marks = [mark for index, p in enumerate(paragraphs) for mark in (*_ordinals(text, p, index), *_inline(text, p, index))]
    for chain in _chains(marks):
        items = tuple(_items(text, paragraphs, chain))
        ordinal = chain[0].form == "ordinal"
        if all(_WORD.search(text, *item) for item in items) and (not ordinal or any(m.sure for m in chain) or _differ(text, items)):
            yield MarkedList(chain[0].paragraph, chain[-1].paragraph, chain[0].start, items, "ordinal" if ordinal else "numbered")


def _differ(text: str, items: Sequence[Span]) -> bool:
    """Whether items behind plain ordinals are more than "first place, second place, third place"."""
    words = [item.of(text).split() for item in items]
    return len(items) > 2 and all(len(w) > 1 for w in words) and len({w[0].lower() for w in words}) == len(words)


def _ordinals(text: str, paragraph: Paragraph, index: int) -> Iterator[_Mark]:
    for match in _ORDINAL.finditer(text, *paragraph.span):
        if _BEFORE_MARK.search(text[max(paragraph.span.start, match.start() - 8) : match.start()]):
            word = match.group(1).lower()
            sure = bool(match.group(2)) or word.endswith(("ly", "ens"))
            yield _Mark("ordinal", _ORDINALS[word], match.start(), match.end(), index, sure)


def _inline(text: str, paragraph: Paragraph, index: int) -> Iterator[_Mark]:
    for match in _INLINE.finditer(text, *paragraph.span):
        label = match.group(match.lastindex or 0)
        form = f"{match.lastindex} in {index}"
        after_stop = _BEFORE_MARK.search(text[max(paragraph.span.start, match.start() - 8) : match.start()])
        if match.lastindex == 3 and (not after_stop or _MONTH.match(text, match.end())):
            continue
        if label.isdigit():
            yield _Mark(f"digit {form}", int(label), match.start(), match.end(), index, bool(after_stop))
            continue
        if len(label) == 1:
            yield _Mark(f"letter {form}", ord(label) - ord("a") + 1, match.start(), match.end(), index, bool(after_stop))
        if label in _ROMAN:
            yield _Mark(f"roman {form}", _ROMAN[label], match.start(), match.end(), index, bool(after_stop))


def _chains(marks: Iterable[_Mark]) -> list[list[_Mark]]:
    """Marks of one form that count 1, 2, 3 …, in the order of their first mark."""
    chains: list[list[_Mark]] = []
    running: dict[str, list[_Mark]] = {}
    for mark in marks:
        chain = running.get(mark.form)
        if mark.value == 1:
            running[mark.form] = [mark]
            chains.append(running[mark.form])
        elif chain and mark.start - chain[-1].end <= _NEAR and (mark.value == len(chain) + 1 or (mark.value == 0 and len(chain) > 1)):
            chain.append(mark)
            if mark.value == 0:
                del running[mark.form]
    return [chain for chain in chains if len(chain) > 1 and (len(chain) > 2 or chain[1].sure)]


def _items(text: str, paragraphs: Sequence[Paragraph], chain: list[_Mark]) -> Iterator[Span]:
    for index, mark in enumerate(chain):
        paragraph = paragraphs[mark.paragraph]
        begin = mark.end + len(text[mark.end : mark.end + 40]) - len(text[mark.end : mark.end + 40].lstrip(" \t\n,:"))
        end = paragraph.sentences[paragraph.sentence_at(begin)].end if paragraph.sentences else mark.end
        following = chain[index + 1] if index + 1 < len(chain) else None
        if following and following.paragraph == mark.paragraph:
            end = min(end, following.start)
        yield stripped(text, mark.end, max(mark.end, end))
