"""The fixed parts of the chat's page: header, welcome, what stands above the question, the panel, the dialogs, the first picture."""

from __future__ import annotations

from advisor.advisor import Advisor
from advisor.export import FORMATS
from advisor.surfaces.web.frame import SCREENS
from advisor.surfaces.web.markup import interface, tag, text
from advisor.surfaces.wording import LANGUAGES, NAMES, word


def top() -> str:
    """The header, as on the other screens, with what belongs to a conversation; and the dialogs, which lie over everything."""
    skip = interface("skip", "a", href="#asking", class_="skip")
    links = "".join(
        interface(f"screen_{name}", "a", href=address, aria_current="page" if name == "chat" else None) for name, address in SCREENS.items()
    )
    screens = tag("nav", links, class_="screens", data_t_label="screens", aria_label=word("screens", "en"))
    switch = "".join(
        tag("button", code.upper(), type="button", data_language=code, title=NAMES[code], aria_label=NAMES[code], lang=code)
        for code in LANGUAGES
    )
    group = tag("div", switch, class_="languages", role="group", data_t_label="language", aria_label=word("language", "en"))
    themes = "".join(
        tag("button", tag("span", sign, aria_hidden="true"), type="button", data_theme=name, data_t_label=f"look_{name}",
            data_t_title=f"look_{name}", aria_label=word(f"look_{name}", "en"))
        for name, sign in (("light", "☀\ufe0e"), ("dark", "☾\ufe0e"), ("system", "◐\ufe0e"))
    )  # fmt: skip
    group = tag("div", themes, class_="themes", role="group", data_t_label="look", aria_label=word("look", "en")) + group
    tools = "".join(interface(name, "button", type="button", class_=name) for name in ("restart", "history"))
    tools += interface("export_short", "button", type="button", class_="export-all", aria_haspopup="dialog")
    bar = skip + interface("title", "h1", class_="name") + screens + tag("div", tools + group, class_="tools")
    return (
        tag("header", bar, class_="top")
        + _history()
        + _filters()
        + _export()
        + tag("p", "", id="announced", class_="out-of-sight", role="status")
    )


def welcome() -> str:
    """The empty page: what this is, and questions to begin with."""
    examples = "".join(tag("li", interface(f"example_{n}", "button", type="button", class_="example")) for n in (1, 2, 3, 4))
    heading = interface("headline", "h2") + interface("promise", "p", class_="promise")
    return tag("section", heading + interface("examples", "h3") + tag("ul", examples, class_="examples", role="list"), class_="welcome")


def above_question() -> str:
    """Between conversation and question: that the program does not answer, and the filter with what is chosen in it."""
    offline = tag("p", interface("offline"), class_="offline", role="alert", hidden=True)
    opener = tag("button", interface("filter"), type="button", class_="act filter", aria_haspopup="dialog")
    return offline + tag("div", opener + tag("ul", "", class_="chosen", role="list"), class_="scope-line")


def panel() -> str:
    """The frame of the evidence; what stands in it is fetched by the page's script."""
    back = tag("button", "‹ " + interface("back"), type="button", class_="back")
    steps = tag("div", _sign("previous", "‹") + '<span class="position"></span>' + _sign("next", "›"), class_="steps")
    head = tag("div", interface("evidence", "h2", tabindex="-1") + back + steps + _sign("close", "×"), class_="panel-head")
    body = tag("div", "", class_="panel-body", tabindex="0", role="group", data_t_label="evidence", aria_label=word("evidence", "en"))
    return tag("section", head + body, class_="panel", id="evidence", data_t_label="evidence", aria_label=word("evidence", "en"))


def _sign(name: str, sign: str) -> str:
    sign = tag("span", sign, aria_hidden="true")
    return tag("button", sign, type="button", class_=name, data_t_label=name, data_t_title=name, aria_label=word(name, "en"))


def _dialog(name: str, title: str, body: str, foot: str) -> str:
    """A dialog with a heading, a way out, what stands in it, and what can be done."""
    head = tag("div", interface(title, "h2", id=f"{name}-title") + _sign("shut", "×"), class_="dialog-head")
    return tag("dialog", head + body + tag("div", foot, class_="dialog-foot"), id=name, aria_labelledby=f"{name}-title")


def _history() -> str:
    hint = interface("history_hint", "p", class_="hint")
    empty = interface("history_empty", "p", class_="hint none", hidden=True)
    body = tag("div", hint + empty + tag("ul", "", class_="conversations", role="list"), class_="dialog-body")
    return _dialog("conversations", "history", body, interface("delete_all", "button", type="button", class_="act delete-all"))


def _export() -> str:
    """What is exported, and a button for each format."""
    scopes = "".join(
        tag("label", f'<input type="radio" name="scope" value="{name}">' + interface(f"export_{name}")) for name in ("answer", "all")
    )
    scope = tag("fieldset", interface("export_what", "legend") + tag("div", scopes, class_="choices"))
    formats = "".join(interface(f"export_{form}", "button", type="button", class_="save", data_format=form) for form in FORMATS)
    body = tag("form", scope + tag("div", formats, class_="formats"), class_="dialog-body", method="dialog")
    body += interface("export_hint", "p", class_="hint")
    return _dialog("exports", "export", body, tag("p", "", class_="said-of-export", role="status"))


def _filters() -> str:
    body = tag("form", "", class_="dialog-body", id="filter-form", method="dialog")
    clear = interface("filter_clear", "button", type="button", class_="act clear")
    apply = interface("filter_apply", "button", type="submit", class_="primary apply", form="filter-form")
    return _dialog("filters", "filter", interface("filter_hint", "p", class_="hint") + body, clear + apply)


def again(language: str) -> str:
    """The way out of a turn that came to nothing."""
    button = tag("button", tag("span", text(word("again", language))), type="button", class_="act again")
    return tag("div", button, class_="actions")


def empty_library(advisor: Advisor, language: str) -> str:
    """What to do where there is no index or nothing in it."""
    head = tag("p", text(word("empty", language)), class_="verdict")
    why = tag("p", text(word("empty_why", language, corpus=advisor.settings.corpus)))
    command = tag("pre", tag("code", "python ingest.py"))
    return tag("div", head + why + command + tag("p", text(word("empty_then", language))), class_="answer empty")


def shell() -> str:
    """What is seen until the page has come to life: the name, and that it is loading."""
    brand = tag("p", text(word("title", "en")), class_="name")
    return tag("div", tag("header", brand, class_="top") + tag("p", "…", class_="hint"), id="shell", aria_hidden="true")
