"""Pure functions on text: spans, sentences, normal forms, language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from advisor.stopwords import FAINT, STOP


class Span(NamedTuple):
    """Half-open range of character offsets into a document's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The slice of `text` that the span covers."""
        return text[self.start : self.end]


_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def clean(text: str) -> str:
    """One line or paragraph in the form that is stored: NFC, ligatures resolved, controls and soft hyphens gone, spaces single."""
    text = unicodedata.normalize("NFC", text).translate(_LIGATURES).replace("\u00ad", "")
    return _SPACES.sub(" ", _CONTROLS.sub("", text)).strip()


def printable(name: str) -> str:
    r"""The name of a file as it can be shown and stored: what would steer a terminal, or is no character, as an escape such as \x1b."""
    return "".join(
        f"\\x{ord(c):02x}" if c < " " or "\x7f" <= c <= "\x9f" else f"\\u{ord(c):04x}" if _CONTROLS.match(c) else c for c in name
    )


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def fold(text: str) -> str:
    """A form for comparing names and titles: lower case, no accents, ß as ss, ae/oe/ue for umlauts, letters and digits only."""
    text = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", text))


# A full stop after one of these, after a single letter ("A. Speck") or after a number before a lower-case or month word ("24. Juli") does
# not end a sentence.
_ABBREVIATIONS = frozenset(
    "abs art az bd bzw ca co dr etc ed eds e.g eg et al f ff fig hrsg i.e inc jg jr kap lit ltd max min mio mrd mr mrs ms nr no o.ä p pp "
    "prof s sog sr st str tab u.a usw vgl vol vs z.b d.h i.d.r u.ä rev approx cf ch para sec dept est gmbh".split()
)
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”“»)\]]*+(?=\s|$)")
# A quotation with more than these characters may be speech of several sentences; a shorter one, such as a title, is not cut.
_QUOTED = re.compile('"[^"\\n]{2,120}"|„[^„“”\\n]{2,120}[“”]|“[^„“”\\n]{2,120}”|»[^«»\\n]{2,120}«|«[^«»\\n]{2,120}»')
_MONTHS = frozenset(
    "januar februar märz april mai juni juli august september oktober november dezember january february march may june july october "
    "december jahrhundert jahrestag".split()
)


def sentences(text: str, span: Span | None = None) -> Iterator[Span]:
    """The sentences inside a span (default: all), in order, as spans without surrounding white space; line breaks do not end one, and
    neither does a mark amid a short quotation, such as a title with an exclamation mark."""
    start, end = span or Span(0, len(text))
    begin = start
    quoted = [match.span() for match in _QUOTED.finditer(text, start, end)]
    for match in _END.finditer(text, start, end):
        if match.end() < end and not _ends_sentence(text, start, match, end):
            continue
        if any(opened < match.start() and match.end() < closed - 1 for opened, closed in quoted):
            continue
        yield from _trimmed(text, begin, match.end())
        begin = match.end()
    yield from _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield Span(start, end)


def _ends_sentence(text: str, start: int, match: re.Match[str], end: int) -> bool:
    following = re.compile(r"\s+[\"'“„»(\[]*(\w+)").match(text, match.end(), end)
    if not following:
        return True
    if match.group()[0] != ".":
        return not following.group(1)[0].islower()
    word = re.search(r"[\w.]*$", text[max(start, match.start() - 24) : match.start()])
    before = (word.group() if word else "").casefold()
    next_word = following.group(1)
    if before in _ABBREVIATIONS or (len(before) == 1 and before.isalpha()):
        return False
    if before.isdigit() and len(before) <= 2 and (next_word[0].islower() or next_word.casefold() in _MONTHS):
        return False
    return not next_word[0].islower()


# Function words of one language; those of both ("in", "was", "die", "so") tell nothing and fall out.
_BOTH = (FAINT["de"] | STOP["de"] | {"laut"}) & (FAINT["en"] | STOP["en"])
_TOLD = (
    "laut heißt heißen weshalb wieviel oft geld firma unternehmen fasse zusammen zusammenfassung nenne zeige erkläre beschreibe vergleiche"
)
_GERMAN = (FAINT["de"] | STOP["de"] | {*_TOLD.split()}) - _BOTH
_ENGLISH = (FAINT["en"] | STOP["en"] | {*"long money company companies firm summarise summarize explain describe compare".split()}) - _BOTH
_GERMAN_SHAPE = re.compile(r"[äöüß]|(?:ung|keit|heit|schaft|lich|isch|tion[se]n|ieren|ierung)(?:en|e|er|es)?$")
_ENGLISH_SHAPE = re.compile(r"(?:tion|ing|ness|ment|ship|ity|ously|ally|ed)s?$")


def language_evidence(text: str) -> float:
    """Evidence for German (positive) against English (negative), in function words; shapes of words count a quarter."""
    score = 1.0 if re.match(r"\W*was\s", text, re.IGNORECASE) else 0.0  # no English question begins with "was" and means the verb alone
    for word in re.findall(r"[^\W\d_]+", text.casefold()):
        score += (word in _GERMAN) - (word in _ENGLISH)
        if _GERMAN_SHAPE.search(word):
            score += 0.25
        elif _ENGLISH_SHAPE.search(word):
            score -= 0.25
    return score


def language(text: str, default: str = "en") -> str:
    """ "de" or "en"; `default` where the words do not tell."""
    score = language_evidence(text)
    return default if score == 0 else "de" if score > 0 else "en"


def compound_heads(head: str, shortest: int) -> list[str]:
    """The first part of a German compound as it stands and without its linking letters; forms below `shortest` letters are left out."""
    forms = [head]
    if head.endswith(("s", "n", "e")):
        forms.append(head[:-1])
    if head.endswith(("es", "en")):
        forms.append(head[:-2])
    return [form for form in dict.fromkeys(forms) if len(form) >= shortest]
