"""What the checklist and the agreement map share: the choice of a topic, and quotations with the way to where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import urlencode

from fastapi import Request, Response

from advisor.advisor import Advisor
from advisor.answer.demands import Demands, Voice
from advisor.citations import Citation
from advisor.errors import AdvisorError
from advisor.surfaces.web import frame
from advisor.surfaces.web.layout import empty_library
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.wording import count, word
from advisor.topics import KEYS, TOPICS


def topic_name(topic: str, language: str) -> str:
    """The name of a topic."""
    return TOPICS[KEYS.index(topic)].name[language]


def topics_of(advisor: Advisor) -> dict[str, int]:
    """How many works name a list for each topic."""
    works: dict[str, set[str]] = {topic: set() for topic in KEYS}
    for held in advisor.shelf().values():
        for topic, _ in held.work.lists:
            if topic in works:
                works[topic].add(held.work.key)
    return {topic: len(keys) for topic, keys in works.items()}


def picker(advisor: Advisor, action: str, topic: str, language: str) -> str:
    """The form in which a topic is chosen; topics for which no work lists anything are not offered."""
    works = topics_of(advisor)
    options = "".join(
        tag("option", text(f"{topic_name(key, language)} ({count('works', number, language)})"), value=key, selected=key == topic)
        for key, number in works.items()
        if number or key == topic
    )
    chosen = tag("label", text(word("topic", language)), for_="topic") + tag("select", options, name="topic", id="topic")
    return tag(
        "form", chosen + tag("button", text(word("topic_show", language)), class_="quiet"), method="get", action=action, class_="picker"
    )


def address(citation: Citation, request: Request) -> str:
    """Where a quotation stands, in the reader's language and theme."""
    chosen = {"start": citation.start, "end": citation.end, "language": frame.language_of(request)}
    theme = frame.theme_of(request)
    return f"/read/{citation.sha256}?{urlencode({**chosen, '__theme': theme} if theme else chosen)}#quote"


def place(citation: Citation, language: str) -> str:
    """Page and section of a quotation, its kind, and its language where that is not the reader's; escaped."""
    parts = [word("page_short", language, page=citation.page)] if citation.page else []
    parts += [citation.section] if citation.section else []
    if citation.language != language:
        parts.append(word("only_in", language, language=word("de" if citation.language == "de" else "en", language)))
    if citation.reported:
        parts.append(word("reported", language))
    return text(" · ".join(parts))


def stands(voice: Voice, language: str) -> str:
    """What a work does with a demand, as a verb that fits the number of its authors."""
    return word(f"{voice.stance}_many" if len(voice.quote(language).authors) > 1 else voice.stance, language)


def quotation(voice: Voice, request: Request, element: str = "li", *, stance: bool = False, **attributes: object) -> str:
    """One work's words with its name, which leads to where they stand, and its reference."""
    language = frame.language_of(request)
    cited = voice.quote(language)
    who = tag("a", text(voice.names[language]), href=address(cited, request), class_="read")
    said = tag("span", text(stands(voice, language)), class_=f"stance {voice.stance}") if stance else ""
    where = tag("span", place(cited, language), class_="place")
    words = tag("blockquote", tag("p", text(cited.quote)), lang=cited.language)
    reference = tag("p", text(cited.reference), class_="reference", lang=cited.language)
    return tag(element, tag("p", f"{who} {said} {where}", class_="by") + words + reference, class_="quotation", **attributes)


def on_topic(advisor: Advisor, request: Request, name: str, shown: Callable[[Demands], Response], topic: str | None = None) -> Response:
    """A screen about the topic of the address (else the first that has any list), or what to do where there is none to show."""
    language, action = frame.language_of(request), frame.SCREENS[name]
    try:
        if not advisor.ready or not advisor.counts().documents:
            heading = word(f"screen_{name}", language)
            return frame.screen(request, name, heading, tag("h1", text(heading)) + empty_library(advisor, language))
        asked = topic or request.query_params.get("topic") or next((key for key, n in topics_of(advisor).items() if n), KEYS[0])
        if asked not in KEYS:
            why, again = word("topic_unknown_why", language), picker(advisor, action, KEYS[0], language)
            return frame.message(request, name, word("topic_unknown", language), why, status=404, after=again)
        found = advisor.demands(asked)
        if not found.demands:
            why, again = word("topic_nothing_why", language), picker(advisor, action, asked, language)
            if not found.sources:
                return frame.message(request, name, word("topic_nothing", language), why, after=again)
        return shown(found)
    except AdvisorError as error:
        return frame.failure(request, name, error)


def exports(kinds: Iterable[str], target: str, topic: str, language: str) -> str:
    """Links to the export in each format."""
    addresses = {kind: f"{target}?{urlencode({'topic': topic, 'format': kind, 'language': language})}" for kind in kinds}
    links = "".join(
        tag("li", tag("a", text(word(f"export_{kind}", language)), href=address, download=True)) for kind, address in addresses.items()
    )
    return tag("nav", tag("h2", text(word("export", language))) + tag("ul", links), class_="exports", aria_label=word("export", language))
