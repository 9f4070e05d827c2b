"""The chat as Gradio Blocks: one log, one question, one panel for the evidence; everything in it is our own escaped HTML."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor.advisor import LONGEST_QUESTION, Advisor
from advisor.answer.schema import Answer
from advisor.conversation import Conversation, Turn
from advisor.errors import AdvisorError, IndexFailure, IndexMissing, ModelError, UsageError, VectorServerError
from advisor.filters import Filter
from advisor.surfaces.web import answers, layout
from advisor.surfaces.web.choices import work_names
from advisor.surfaces.web.loading import import_gradio
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.web.seal import Seals, seals_of
from advisor.surfaces.web.turns import fresh_id, verdicts
from advisor.surfaces.wording import LANGUAGES, count, word

if TYPE_CHECKING:
    import gradio

log = logging.getLogger("advisor.web")
PACE = 0.03  # seconds between two stages of an answer, so that the eye can follow them
QUEUE = 64  # questions waiting at the same time; more are turned away
RECALLED = 4  # turns of the conversation that are sent along with a question
LONGEST_RECALLED = 4 * LONGEST_QUESTION  # characters: a follow-up of a follow-up is read with both before it


@dataclass(frozen=True, slots=True)
class Asking:
    """One question as the page sends it: the words, the language of the page, its number, the turns before it, and the filter."""

    asked: str
    language: str
    number: int = 1
    before: Conversation = field(default_factory=Conversation)
    only: Filter | None = None

    @classmethod
    def from_page(cls, question: str | None, language: str, request: str) -> Asking:
        """What the page sent; raises UsageError where it is not what our page sends."""
        try:
            data = json.loads(request or "{}")
            turns = tuple(
                Turn(str(turn["asked"])[:LONGEST_QUESTION], str(turn["standalone"])[:LONGEST_RECALLED], str(turn["language"]))
                for turn in data.get("before", ())[-RECALLED:]
                if turn["language"] in LANGUAGES
            )
            number = int(data.get("number", 1))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"The page sent {request[:80]!r} with the question; expected its own form. Load the page anew.") from error
        only = Filter.from_json(data.get("only"))
        return cls((question or "").strip(), language if language in LANGUAGES else "en", number, Conversation(turns), only or None)

    def turn(self, content: str, *, busy: bool = False, kept: str | None = None) -> str:
        """The turn around what stands under the question."""
        shown = self.asked if len(self.asked) <= LONGEST_QUESTION else self.asked[:200] + " …"
        return answers.turn(shown, content, self.language, number=self.number, busy=busy, kept=kept)


def build(advisor: Advisor) -> gradio.Blocks:
    """The page over one advisor; the same advisor serves every visitor, and what was said before stays in their browsers."""
    gr, seals = import_gradio(), seals_of(advisor.settings.index)
    html = {"apply_default_css": False, "js_on_load": None, "padding": False}
    with gr.Blocks(title=word("title", "en"), fill_width=True, fill_height=True, analytics_enabled=False) as blocks:
        gr.HTML(layout.top(), elem_id="top", **html)
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="left"):
                with gr.Column(elem_id="conversation"):
                    gr.HTML(layout.welcome(), elem_id="welcome", **html)
                    with gr.Column(elem_id="log"):
                        # The turns before are the browser's own; what is sent at every stage is the turn that grows alone.
                        gr.HTML('<div id="past"></div>', elem_id="history-of-turns", **html)
                        current = gr.HTML("", elem_id="current", **html)
                gr.HTML(layout.above_question(), elem_id="above", **html)
                with gr.Row(elem_id="asking"):
                    question = gr.Textbox(
                        label=word("question", "en"), placeholder=word("placeholder", "en"), show_label=False, container=False,
                        lines=1, max_lines=8, elem_id="question", autofocus=True,
                    )  # fmt: skip
                    send = gr.Button(word("ask", "en"), elem_id="send", variant="primary")
                    stop = gr.Button(word("stop", "en"), elem_id="stop")
            with gr.Column(elem_id="right"):
                gr.HTML(layout.panel(), elem_id="panel", **html)
        language, request = gr.Textbox("en", visible=False), gr.Textbox("", visible=False)
        asked = gr.on(
            [question.submit, send.click], _conversing(advisor, seals, gr.skip), [question, language, request], [question, current],
            js="(question, language, request) => window.advisor.begin(question)",
            api_visibility="private", show_progress="hidden", trigger_mode="multiple",
        )  # fmt: skip
        asked.failure(None, None, None, js="() => window.advisor.failed()", api_visibility="private")
        stop.click(None, None, None, cancels=[asked], js="() => window.advisor.stopped()", api_visibility="private")
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


def _conversing(advisor: Advisor, seals: Seals, skip: Any) -> Any:
    """The listener of the page. It must not raise: Gradio would leave the page waiting."""

    def converse(question: str | None, language: str, request: str) -> Iterator[tuple[Any, Any]]:
        asking = Asking((question or "").strip(), language if language in LANGUAGES else "en")
        if not asking.asked:
            yield skip(), skip()
            return
        try:
            asking = Asking.from_page(question, language, request)
            yield "", _waiting(advisor, asking)
            for turn in _growing(advisor, seals, asking):
                yield skip(), turn
        except Exception as error:
            if not isinstance(error, AdvisorError):
                log.exception("A question could not be answered")
            yield asking.asked, asking.turn(_failure(advisor, asking, error))

    return converse


def _waiting(advisor: Advisor, asking: Asking) -> str:
    """The turn before its answer; a library without documents raises IndexMissing."""
    documents = advisor.counts().documents if advisor.ready else 0
    if not documents:
        raise IndexMissing(f"The library in {advisor.settings.index} holds no documents.")
    said = word("searching_part", asking.language) if asking.only else count("searching", documents, asking.language)
    return asking.turn(tag("p", text(said), class_="searching"), busy=True)


def _growing(advisor: Advisor, seals: Seals, asking: Asking) -> Iterator[str]:
    """The turn as it grows; the last is the whole one, sealed for the browser to keep."""
    # A question without a telling word ("BCG matrix") is taken to be in the language of the page.
    stream = advisor.ask_stream(asking.asked, conversation=asking.before, only=asking.only, default=asking.language)
    given: Answer | None = None
    written = False
    for given in stream:
        if given.engine != "extractive":
            written = True
            yield asking.turn(answers.render(given, asking.asked, last=False), busy=True)
    if given is None:  # pragma: no cover - a stream has an end
        return
    for stage in () if written else answers.stages(given, asking.asked):
        yield asking.turn(stage, busy=True)
        time.sleep(PACE)
    works = work_names(advisor, given.language) if given.only and given.only.works else {}
    whole = answers.render(given, asking.asked, verdicts(advisor, given), works=works)
    yield asking.turn(whole, kept=seals.kept(fresh_id(), asking.asked, given))


def _failure(advisor: Advisor, asking: Asking, error: Exception) -> str:
    """What went wrong in words for a reader, with the program's own message where it helps whoever keeps the library."""
    language, asked = asking.language, asking.asked
    if isinstance(error, IndexMissing):
        return layout.empty_library(advisor, language)
    if len(asked) > LONGEST_QUESTION:
        said, detail = word("too_long", language, characters=len(asked), most=LONGEST_QUESTION), ""
    else:
        name = next((name for kind, name in _FAILURES.items() if isinstance(error, kind)), "unexpected")
        said = word(name, language)
        detail = tag("p", text(error), class_="detail", lang="en") if isinstance(error, AdvisorError) else ""
    head = tag("p", text(word("failed", language)), class_="verdict")
    return tag("div", head + tag("p", text(said)) + detail + layout.again(language), class_="answer failed")


_FAILURES = {VectorServerError: "vectors_failed", IndexFailure: "index_failed", ModelError: "model_failed", AdvisorError: "other_failed"}
