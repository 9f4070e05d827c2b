"""The filter of the chat: the form in which a reader chooses what part of the library is asked, and how it comes back from the page."""

from __future__ import annotations

from advisor.advisor import Advisor
from advisor.citations import short_name, short_names
from advisor.errors import IndexFailure
from advisor.filters import LANGUAGES
from advisor.index import Shelved
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.wording import word
from advisor.topics import TOPICS

LISTED = 2000  # works up to which they are offered one by one


def work_names(advisor: Advisor, language: str) -> dict[str, str]:
    """How the works of the library are named in a sentence, by key."""
    return short_names(advisor.works().values(), language)


def form(advisor: Advisor, language: str) -> str:
    """The fields of the filter; only what the library has is offered."""
    try:
        documents = list(advisor.shelf().values()) if advisor.ready else []
    except IndexFailure:
        documents = []
    if not documents:
        return tag("p", text(word("filter_empty", language)), class_="hint")
    return _topics(documents, language) + _years(documents, language) + _languages(documents, language) + _works(documents, language)


def _topics(documents: list[Shelved], language: str) -> str:
    held = {topic for document in documents for topic in document.work.topics}
    boxes = [_box("topics", topic.key, topic.name[language]) for topic in TOPICS if topic.key in held]
    return _fieldset("filter_topics", language, tag("div", "".join(boxes), class_="boxes")) if boxes else ""


def _years(documents: list[Shelved], language: str) -> str:
    years = [document.work.year for document in documents if document.work.year]
    if not years:
        return ""

    def field(name: str, placeholder: int) -> str:
        entry = f'<input type="number" name="{name}" min="1" max="9999" step="1" inputmode="numeric" placeholder="{placeholder}">'
        return tag("label", tag("span", text(word(f"filter_{name}", language))) + entry)

    return _fieldset("filter_years", language, tag("div", field("first", min(years)) + field("last", max(years)), class_="years"))


def _languages(documents: list[Shelved], language: str) -> str:
    held = [code for code in LANGUAGES if any(document.language == code for document in documents)]
    boxes = "".join(_box("languages", code, word(code, language)) for code in held)
    return _fieldset("filter_languages", language, tag("div", boxes, class_="boxes")) if len(held) > 1 else ""


def _works(documents: list[Shelved], language: str) -> str:
    works = {document.work.key: document.work for document in documents}
    if len(works) > LISTED:
        return tag("p", text(word("filter_many", language, works=len(works))), class_="hint")
    labels = sorted((short_name(work, language), work.title, key) for key, work in works.items())
    boxes = "".join(_box("works", key, name, title) for name, title, key in labels)
    find = text(word("filter_find", language))
    search = f'<input type="search" class="find" placeholder="{find}" aria-label="{find}">'
    return _fieldset("filter_works", language, search + tag("div", boxes, class_="boxes works"))


def _box(name: str, value: str, label: str, more: str = "") -> str:
    words = tag("span", text(label) + (tag("span", text(more), class_="more") if more else ""))
    return tag("label", f'<input type="checkbox" name="{name}" value="{text(value)}" data-label="{text(label)}">' + words)


def _fieldset(name: str, language: str, content: str) -> str:
    return tag("fieldset", tag("legend", text(word(name, language))) + content)
