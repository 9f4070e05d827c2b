"""The chat as Gradio Blocks: one log, one question, one panel for the evidence; everything in it is our own escaped HTML."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from advisor.advisor import LONGEST_QUESTION, Advisor
from advisor.answer.schema import Answer
from advisor.citations import Verdict, verify
from advisor.conversation import Conversation
from advisor.errors import AdvisorError, IndexFailure, IndexMissing, ModelError
from advisor.surfaces.web import answers
from advisor.surfaces.web.markup import interface, tag, text
from advisor.surfaces.wording import LANGUAGES, NAMES, word
from advisor.text import language_evidence

if TYPE_CHECKING:
    import gradio

log = logging.getLogger("advisor.web")
PACE = 0.03  # seconds between two stages of an answer, so that the eye can follow them
REMEMBERED = 4 * 3600.0  # seconds for which an unused conversation is kept
QUEUE = 64  # questions waiting at the same time; more are turned away


def import_gradio() -> Any:
    """Gradio, told before it is imported that it is to call nobody."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    import gradio

    return gradio


@dataclass(frozen=True, slots=True)
class Session:
    """What is kept for one browser tab: the conversation, and the finished turns as HTML."""

    conversation: Conversation = field(default_factory=Conversation)
    turns: tuple[str, ...] = ()

    def turn(self, asked: str, content: str, language: str, *, busy: bool = False) -> str:
        """The next turn, numbered."""
        return answers.turn(asked, content, language, number=len(self.turns) + 1, busy=busy)


def build(advisor: Advisor) -> gradio.Blocks:
    """The page over one advisor; the same advisor serves every visitor."""
    gr = import_gradio()
    html = {"apply_default_css": False, "js_on_load": None, "padding": False}
    with gr.Blocks(title=word("title", "en"), fill_width=True, fill_height=True, analytics_enabled=False) as blocks:
        gr.HTML(_top(), elem_id="top", **html)
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="left"):
                with gr.Column(elem_id="conversation"):
                    gr.HTML(_welcome(), elem_id="welcome", **html)
                    with gr.Column(elem_id="log"):
                        # The turn that grows stands apart: what is sent at every stage is this turn alone.
                        past, current = gr.HTML("", elem_id="past", **html), gr.HTML("", elem_id="current", **html)
                with gr.Row(elem_id="asking"):
                    question = gr.Textbox(
                        label=word("question", "en"), placeholder=word("placeholder", "en"), show_label=False, container=False,
                        lines=1, max_lines=8, elem_id="question", autofocus=True,
                    )  # fmt: skip
                    send = gr.Button(word("ask", "en"), elem_id="send", variant="primary")
            with gr.Column(elem_id="right"):
                gr.HTML(_panel(), elem_id="panel", **html)
        language = gr.Textbox("en", visible=False)
        session = gr.State(Session(), time_to_live=REMEMBERED)
        gr.on(
            [question.submit, send.click], _conversing(advisor, gr.skip), [question, language, session],
            [question, past, current, session],
            js="(question, language, session) => [question, document.documentElement.lang, session]",
            api_visibility="private", show_progress="hidden", trigger_mode="once",
        )  # fmt: skip
        gr.api(_asking(advisor, gr), api_name="ask", api_description="Answer a question; the answer in the schema of advisor.Answer.")
    blocks.queue(max_size=QUEUE, default_concurrency_limit=4)
    return blocks  # type: ignore[no-any-return]


def _asking(advisor: Advisor, gr: Any) -> Any:
    """The endpoint /ask for programs."""

    def ask(question: str, language: str = "") -> dict:  # type: ignore[type-arg]  # Gradio reads the annotation and takes a bare dict
        try:
            return advisor.ask(question, language=language or None).as_json()
        except AdvisorError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return ask


def _conversing(advisor: Advisor, skip: Any) -> Any:
    """The listener of the page. It must not raise: Gradio would leave the page waiting."""

    def converse(question: str | None, language: str, session: Session) -> Iterator[tuple[Any, Any, Any, Any]]:
        asked = (question or "").strip()
        if not asked:
            yield skip(), skip(), skip(), skip()
            return
        past = "".join(session.turns)
        try:
            yield "", past, _waiting(advisor, asked, language, session), skip()
            for current, after in _turn(advisor, asked, language, session):
                yield skip(), skip(), current, after or skip()
        except Exception as error:
            if not isinstance(error, AdvisorError):
                log.exception("A question could not be answered")
            current = session.turn(_shortened(asked), _failure(advisor, asked, error, language), language)
            yield asked, past, current, replace(session, turns=(*session.turns, current))

    return converse


def _waiting(advisor: Advisor, asked: str, language: str, session: Session) -> str:
    """The turn before its answer; a library without documents raises IndexMissing."""
    documents = advisor.counts().documents if advisor.ready else 0
    if not documents:
        raise IndexMissing(f"The library in {advisor.settings.index} holds no documents.")
    searching = tag("p", text(word("searching", language, documents=documents)), class_="searching")
    return session.turn(_shortened(asked), searching, language, busy=True)


def _turn(advisor: Advisor, asked: str, language: str, session: Session) -> Iterator[tuple[str, Session | None]]:
    """The turn as it grows, at its end with the session after it."""
    # A question without a telling word ("BCG matrix") is taken to be in the language of the page.
    silent = not session.conversation.turns and language_evidence(asked) == 0
    given = advisor.ask(asked, language=language if silent and language in LANGUAGES else None, conversation=session.conversation)
    for stage in answers.stages(given, asked):
        yield session.turn(asked, stage, language, busy=True), None
        time.sleep(PACE)
    whole = session.turn(asked, answers.render(given, asked, verdicts(advisor, given)), language)
    yield whole, Session(advisor.turn(session.conversation, asked, given), (*session.turns, whole))


def verdicts(advisor: Advisor, answer: Answer) -> list[Verdict]:
    """Whether each quotation of an answer stands in the stored text where the citation says."""
    documents = {citation.sha256: advisor.document(citation.sha256) for citation in answer.citations}
    return [verify(citation, documents) for citation in answer.citations]


def _shortened(asked: str) -> str:
    return asked if len(asked) <= LONGEST_QUESTION else asked[:200] + " …"


def _failure(advisor: Advisor, asked: str, error: Exception, language: str) -> str:
    """What went wrong in words for a reader, with the program's own message where it helps whoever keeps the library."""
    if isinstance(error, IndexMissing):
        return empty_library(advisor, language)
    if len(asked) > LONGEST_QUESTION:
        said, detail = word("too_long", language, characters=len(asked), most=LONGEST_QUESTION), ""
    else:
        name = next((name for kind, name in _FAILURES.items() if isinstance(error, kind)), "unexpected")
        said = word(name, language)
        detail = tag("p", text(error), class_="detail", lang="en") if isinstance(error, AdvisorError) else ""
    head = tag("p", text(word("failed", language)), class_="verdict")
    return tag("div", head + tag("p", text(said)) + detail, class_="answer failed")


_FAILURES = {IndexFailure: "index_failed", ModelError: "model_failed", AdvisorError: "other_failed"}


def empty_library(advisor: Advisor, language: str) -> str:
    """What to do where there is no index or nothing in it."""
    head = tag("p", text(word("empty", language)), class_="verdict")
    why = tag("p", text(word("empty_why", language, corpus=advisor.settings.corpus)))
    command = tag("pre", tag("code", "python ingest.py"))
    return tag("div", head + why + command + tag("p", text(word("empty_then", language))), class_="answer empty")


def _top() -> str:
    switch = "".join(
        tag("button", code.upper(), type="button", data_language=code, title=NAMES[code], aria_label=NAMES[code], lang=code)
        for code in LANGUAGES
    )
    group = tag("div", switch, class_="languages", role="group", data_t_label="language", aria_label=word("language", "en"))
    restart = interface("restart", "a", href="", class_="restart")
    skip = interface("skip", "a", href="#asking", class_="skip")
    return tag("header", skip + interface("title", "h1", class_="name") + tag("nav", restart + group, aria_label="Page"), class_="top")


def _welcome() -> str:
    examples = "".join(tag("li", interface(f"example_{n}", "button", type="button", class_="example")) for n in (1, 2, 3, 4))
    heading = interface("headline", "h2") + interface("promise", "p", class_="promise")
    return tag("section", heading + interface("examples", "h3") + tag("ul", examples, class_="examples", role="list"), class_="welcome")


def _panel() -> str:
    """The frame of the evidence; what stands in it is fetched by assets/chat.js."""

    def button(name: str, sign: str) -> str:
        sign = tag("span", sign, aria_hidden="true")
        return tag("button", sign, type="button", class_=name, data_t_label=name, data_t_title=name, aria_label=word(name, "en"))

    back = tag("button", "‹ " + interface("back"), type="button", class_="back")
    steps = tag("div", button("previous", "‹") + '<span class="position"></span>' + button("next", "›"), class_="steps")
    head = tag("div", interface("evidence", "h2", tabindex="-1") + back + steps + button("close", "×"), class_="panel-head")
    body = tag("div", "", class_="panel-body", tabindex="0", role="group", data_t_label="evidence", aria_label=word("evidence", "en"))
    return tag("section", head + body, class_="panel", id="evidence", data_t_label="evidence", aria_label=word("evidence", "en"))
