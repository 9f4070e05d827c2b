"""Scraps of navigation that come along when a web page is copied: recognised by whole lines, never by words inside a sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from advisor.documents.bylines import is_prose

# Lines that nobody writes as content: one is enough to show a web page.
_SURE = (
    r"(?:skip|jump)(?: directly)? to (?:the )?(?:main )?(?:content|navigation|search|footer|menu)",
    r"(?:direkt )?zu[mr] (?:haupt|seiten)?(?:inhalt|navigation|suche|fußzeile|menü)(?: (?:der seite )?(?:springen|wechseln))?",
    r"search-config",
    r"(?:loading|wird geladen|lädt|laden)\s?(?:\.\.\.|…)",
    r"aktivieren sie unsere intelligente suche.{0,80}|activate our intelligent search.{0,80}",
    r"(?:alle |nur (?:(?:technisch )?notwendige|essenzielle) |optionale )?cookies? (?:akzeptieren|ablehnen|zulassen|anpassen|verwalten)",
    r"cookie[- ]?(?:einstellungen|richtlinien?|hinweise?|settings|policy|notice|preferences|consent)",
    r"(?:accept|reject|allow|decline)(?: all)?(?: cookies)|manage (?:cookies|(?:cookie )?preferences)",
    r"(?:bitte aktivieren sie javascript|please enable javascript|javascript (?:ist|is) (?:deaktiviert|disabled)).{0,160}",
)
# Lines that web pages have and texts hardly: dropped once the page is known for one.
_STRONG = (
    r"(?:ca\.? )?\d+ ?min(?:\.|uten?)? (?:lesedauer|lesezeit|zu lesen)|(?:lesedauer|lesezeit):?(?: ca\.?)? \d+ ?min(?:\.|uten?)?",
    r"\d+[- ]?min(?:ute)?s?\.? read|reading time:? \d+ ?min(?:ute)?s?\.?",
    r"(?:wir (?:verwenden|nutzen)|(?:diese|unsere) (?:web)?(?:seite|site) (?:verwendet|nutzt|benutzt)) cookies.{0,240}",
    r"(?:we use|(?:this|our) (?:web)?site uses) cookies.{0,240}",
    r"(?:©|\(c\)|copyright (?:©|\(c\)|\d{4}|by )).{0,100}|alle rechte vorbehalten\.?|all rights reserved\.?",
    r"nach oben|zum seitenanfang|zurück zu[rm] (?:übersicht|startseite|anfang)|back to (?:top|overview|home)|scroll to top",
    r"(?:diesen? )?(?:artikel|beitrag|seite) (?:drucken|teilen|merken|versenden|empfehlen|weiterempfehlen|kommentieren|speichern|anhören)",
    r"(?:share|print|save|email) this (?:article|page|post|story)|share (?:on|via) \w+|tweet|(?:auf|bei|per|via) [\w-]+ teilen",
    r"(?:jetzt |hier )?(?:zum )?newsletter (?:abonnieren|anmelden|bestellen)|subscribe(?: now| today)?(?: to .{1,40})?",
    r"jetzt (?:abonnieren|anmelden|registrieren|testen|kaufen|einloggen)|(?:ein|aus)loggen|passwort vergessen\??",
    r"sign (?:in|up|out)(?: .{1,30})?|log ?in to .{1,40}|forgot (?:your )?password\??",
    r"mein konto|my account|warenkorb|shopping cart|neu hier\??",
    r"(?:artikel|beitrag|dokument|pdf) (?:herunterladen|downloaden)|download (?:pdf|article)|view pdf|zitieren|cite this article",
    r"menü (?:öffnen|schließen)|(?:open|close|toggle) (?:the )?(?:menu|navigation)|hauptnavigation|main navigation|hauptmenü|main menu",
)
_RELATED = (
    r"weitere (?:artikel|beiträge|inhalte|links)(?: (?:zu[mr]?|aus) .{1,40})?|weiterführende (?:themen|links|artikel|inhalte|beiträge)",
    r"(?:further|more|other) (?:topics|articles)(?: on (?:this|the) topic)?|the background to this content|image credits?|bildnachweise?",
    r"unsere (?:produkt)?empfehlungen|our (?:product )?recommendations|premium partner",
    r"die hintergründe zu diesem inhalt|mehr (?:zum|zu diesem) thema|das könnte (?:sie|dich|euch) auch interessieren|lesen sie auch:?",
    r"(?:ähnliche|verwandte|passende|neueste|beliebte|meistgelesene) (?:artikel|beiträge|themen|inhalte)|meistgelesen|empfohlene artikel",
    r"related (?:articles?|content|posts?|stories|topics|reading)|you (?:may|might) also (?:like|be interested in)|read (?:next|also|more)",
    r"recommended (?:for you|articles|reading)|more (?:on this topic|stories|from .{1,40})",
    r"most (?:read|popular)|latest (?:articles|news|posts)",
)
# Words that stand in content as well: dropped where they do not stand like a heading of the text.
_WEAK = frozenset(
    """print drucken drucker druckversion insite suchen suche search teilen share merken speichern save schließen close menü menu anzeige
    advertisement werbung like gefällt kommentieren kommentare kommentar comments comment empfehlen pdf download zurück weiter next previous
    back anmelden abmelden login logout log-in registrieren register facebook twitter x xing linkedin whatsapp instagram youtube pinterest
    telegram e-mail email mail rss feed home startseite kontakt contact impressum imprint datenschutz datenschutzerklärung
    datenschutzhinweise privacy agb nutzungsbedingungen sitemap hilfe help faq karriere jobs careers presse press newsletter abo shop
    mediadaten barrierefreiheit accessibility vorlesen anhören listen link mehr more navigation inhalt deutsch english de en""".split()
)
_WEAK_PHRASES = frozenset(
    ("über uns", "about us", "legal notice", "privacy policy", "terms of use", "terms and conditions", "contact us", "log in", "log out",
     "gefällt mir", "link kopieren", "copy link", "nächster artikel", "vorheriger artikel", "next article", "previous article",
     "open search", "open menu", "mehr erfahren", "learn more", "read article")
)  # fmt: skip

_SURE_LINE = re.compile("|".join(_SURE), re.IGNORECASE)
_RELATED_LINE = re.compile("|".join(_RELATED), re.IGNORECASE)
_STRONG_LINE = re.compile("|".join(_STRONG), re.IGNORECASE)
_PARTS = re.compile(r"\s*[|·•,/>›»]\s*|\s+")
_BREADCRUMB = re.compile(r"[^.!?]{1,40}(?:\s*[>›»]\s*[^.!?>›»]{1,60})+")


def shows_web_page(lines: Sequence[str]) -> bool:
    """Whether lines show that they were copied from a web page; words that texts use as well weigh little."""
    kinds = Counter(_kind(line) for line in {line.strip().casefold() for line in lines})
    return kinds["sure"] > 0 or kinds["strong"] > 1 or kinds["weak"] > (2 if kinds["strong"] else 4)


def _kind(line: str) -> Literal["sure", "strong", "weak", ""]:
    if not line or len(line) > 300:
        return ""
    if _SURE_LINE.fullmatch(line):
        return "sure"
    if _STRONG_LINE.fullmatch(line) or _RELATED_LINE.fullmatch(line):
        return "strong"
    return "weak" if _is_weak(line) else ""


def _is_weak(line: str) -> bool:
    words = line.casefold()
    return words in _WEAK_PHRASES or (len(line) < 80 and all(part in _WEAK for part in _PARTS.split(words) if part))


def find(lines: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines that are scraps of a web page; the lines must be known to come from one."""
    certain: set[int] = set()
    for index, line in enumerate(lines):
        # A long scrap may have been wrapped.
        goes_on = index - 1 in certain and len(lines[index - 1]) > 50 and line.strip()[:1].islower()
        if goes_on or _kind(line.strip()) in ("sure", "strong"):
            certain.add(index)
    weak = {index for index, line in enumerate(lines) if line.strip() and index not in certain and _is_weak(line.strip())}
    written = [index for index, line in enumerate(lines) if line.strip()]
    prose = [index for index in written if index not in certain and is_prose(lines[index].strip())]
    dropped = set(certain)
    for index in weak:
        if _in_passing(index, lines, written, certain | weak, prose):
            dropped.add(index)
    first = prose[0] if prose else len(lines)
    dropped.update(index for index in written if index < first and _BREADCRUMB.fullmatch(lines[index].strip()))
    return frozenset(dropped | _related_at_end(lines, written, prose))


def _in_passing(index: int, lines: Sequence[str], written: Sequence[int], scraps: set[int], prose: Sequence[int]) -> bool:
    if not prose or not prose[0] < index < prose[-1]:
        return True
    at = written.index(index)
    if scraps & {written[at - 1], written[at + 1]}:
        return True
    word = lines[index].strip()
    return not (word[0].isupper() and not (word.isupper() and len(word) > 3))


def _related_at_end(lines: Sequence[str], written: Sequence[int], prose: Sequence[int]) -> set[int]:
    # After the last paragraph, what follows "Related articles" are the titles of other pages.
    last = prose[-1] if prose else len(lines)
    start = next((index for index in written if index > last and _RELATED_LINE.fullmatch(lines[index].strip())), None)
    return set() if start is None else {index for index in written if index >= start}
