"""The advisor put together: everything that a surface sees."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from advisor import gaps
from advisor import sync as synchronise
from advisor.answer.compose import answer, proper_names
from advisor.answer.demands import Demands, demands
from advisor.answer.schema import Answer
from advisor.answer.written import write
from advisor.changes import Change, changes
from advisor.citations import Citation, Verdict, verify
from advisor.conversation import Conversation, Turn, question_language, standalone
from advisor.documents.model import Document, Work
from advisor.encoder import Encoder, open_encoder
from advisor.errors import IndexUnwritable, UsageError
from advisor.factors import Enumeration
from advisor.filters import Filter
from advisor.index import Counts, Entry, Generation, Holding, Index, Reader, Shelved, holdings
from advisor.language import evidence
from advisor.migrate import Migration, is_ours, migrate
from advisor.model import LanguageModel, open_model
from advisor.passages import Passage
from advisor.reading import ReadAll, reader
from advisor.retrieve import Hit, search
from advisor.settings import Settings
from advisor.text import Span
from advisor.topics import KEYS
from advisor.vectors import open_server

if TYPE_CHECKING:
    from advisor.backup import Backup, Restored

LONGEST_QUESTION = 2000  # characters
_log = logging.getLogger("advisor")


class Advisor:
    """An open library that can be asked; safe for several threads; follows the index when a writer switches it."""

    def __init__(self, settings: Settings, encoder: Encoder, model: LanguageModel | None = None) -> None:
        self.settings = settings
        self._encoder = encoder
        self._model = model
        server = open_server(
            settings.chroma_url, settings.chroma_token, settings.chroma_ca, settings.chroma_seconds, settings.chroma_database
        )
        self._index = Index(settings.index, encoder, server)
        self._reader = Reader(self._index)
        self._demands: tuple[str, dict[str, Demands]] | None = None  # name of the generation; by topic
        self._lock = threading.Lock()
        self._told = False  # that gaps cannot be noted: once is enough

    @classmethod
    def open(cls, settings: Settings | None = None, *, index: Path | str | None = None) -> Advisor:
        """An advisor over the index that the settings name, or over the given one; nothing is loaded before it is asked."""
        settings = settings or Settings.from_environ()
        if index is not None:
            settings = replace(settings, index=Path(index))
        encoder = open_encoder(settings.encoder, settings.encoder_url, settings.encoder_key, settings.threads)
        return cls(settings, encoder, open_model(settings.model, settings.model_url, settings.model_key, settings.model_timeout))

    def __enter__(self) -> Advisor:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index."""
        self._reader.close()

    def _open(self) -> Generation:
        """The current generation; reopened when CURRENT has changed."""
        return self._reader.generation()

    @property
    def generation(self) -> str:
        """The name of the current generation of the library, such as "g0007"."""
        return self._open().name

    @property
    def ready(self) -> bool:
        """True where there is an index to read."""
        return self._index.current() is not None

    def check(self) -> None:
        """Raise an IndexFailure unless the library can be asked; where its vectors are in a server, that is asked whether it answers."""
        self._open()
        self._index.check_server()

    def ask(
        self, question: str, *, language: str | None = None, conversation: Conversation | None = None, only: Filter | None = None,
        note_gap: bool = True, default: str = "en",
    ) -> Answer:  # fmt: skip
        """An answer whose every statement is quoted, or a refusal; in the question's language unless one is given ("de", "en"), and in
        `default` where neither tells.

        `only` names what part of the library counts.

        With a language model, sentences that it wrote and that their quotations bear out take the place of findings. A refused question,
        or the part of one that is not answered, goes on the list of gaps unless `note_gap` is false or a filter was set.
        """
        given = deque(self._answers(question, language, conversation, only, default, stream=False), maxlen=1)[0]
        if note_gap:
            self._note_gap(question, given)
        return given

    def _note_gap(self, question: str, given: Answer) -> None:
        missing = (question.strip(),) if given.outcome == "not_in_corpus" else given.uncovered
        for part in () if given.only else missing:
            try:
                gaps.record(self.settings.index, part, given.language)
            except IndexUnwritable as error:  # a library that may only be read still answers
                if not self._told:
                    _log.warning("%s", error)
                self._told = True

    def gaps(self) -> tuple[gaps.Gap, ...]:
        """Questions that the library could not answer, the most asked first."""
        return gaps.read(self.settings.index)

    def ask_stream(
        self, question: str, *, language: str | None = None, conversation: Conversation | None = None, only: Filter | None = None,
        default: str = "en",
    ) -> Iterator[Answer]:  # fmt: skip
        """The answer of `ask` as it grows: every sentence is checked before it is shown, and the last answer is the whole one."""
        given: Answer | None = None
        for given in self._answers(question, language, conversation, only, default, stream=True):
            yield given
        if given is not None:
            self._note_gap(question, given)

    def _answers(
        self, question: str, language: str | None, conversation: Conversation | None, only: Filter | None, default: str, *, stream: bool
    ) -> Iterator[Answer]:
        conversation = conversation or Conversation()
        question = _checked(question, language)
        generation = self._open().narrowed(only)
        names = frozenset(generation.once(proper_names))
        chosen = language or question_language(question, conversation, default, names)
        asked = standalone(question, conversation)
        given = answer(generation, self._encoder, asked, chosen, question)
        if given.outcome == "not_in_corpus" and not language and not conversation.turns and evidence(question, names) == 0:
            # A word of both languages or of neither, such as a term or a name: the other language may know it.
            other = answer(generation, self._encoder, asked, "de" if chosen == "en" else "en", question)
            given = other if other.outcome == "answered" else given
        given = replace(given, only=only or None)
        if self._model is None:
            yield given
        else:
            yield from write(generation, self._encoder, given, self._model, stream=stream)

    def turn(self, conversation: Conversation, question: str, given: Answer) -> Conversation:
        """The conversation with an answered question added."""
        works = tuple(dict.fromkeys(citation.work for citation in given.citations))
        return conversation.with_turn(Turn(question, given.question, given.language, works))

    def search(self, query: str, k: int = 10, *, language: str | None = None, only: Filter | None = None) -> tuple[Hit, ...]:
        """The k best passages for a query, in both languages, best first; `only` names what part of the library counts."""
        query = _checked(query, language)
        chosen = language or question_language(query, Conversation(), "en")
        return search(self._open().narrowed(only), self._encoder, query, chosen, k)

    async def aask(
        self, question: str, *, language: str | None = None, conversation: Conversation | None = None, only: Filter | None = None,
        note_gap: bool = True, default: str = "en",
    ) -> Answer:  # fmt: skip
        """`ask` in a thread of its own, for a program with an event loop."""
        return await asyncio.to_thread(
            self.ask, question, language=language, conversation=conversation, only=only, note_gap=note_gap, default=default
        )

    async def aask_stream(
        self, question: str, *, language: str | None = None, conversation: Conversation | None = None, only: Filter | None = None,
        default: str = "en",
    ) -> AsyncIterator[Answer]:  # fmt: skip
        """`ask_stream` for a program with an event loop, which stays free between the answers."""
        answers = self.ask_stream(question, language=language, conversation=conversation, only=only, default=default)
        while (given := await asyncio.to_thread(next, answers, None)) is not None:
            yield given

    async def asearch(self, query: str, k: int = 10, *, language: str | None = None, only: Filter | None = None) -> tuple[Hit, ...]:
        """`search` in a thread of its own, for a program with an event loop."""
        return await asyncio.to_thread(self.search, query, k, language=language, only=only)

    def demands(self, topic: str) -> Demands:
        """What the works of the library ask for on a topic (see advisor.topics), in every language there is, and who disputes it."""
        if topic not in KEYS:
            raise UsageError(f"The topic is {topic!r}; expected one of {', '.join(KEYS)}.")
        generation = self._open()
        with self._lock:
            if self._demands and self._demands[0] != generation.name:
                self._demands = None
            known = self._demands[1] if self._demands else {}
        if topic not in known:
            known = {**known, topic: demands(generation, self._encoder, topic)}
            with self._lock:
                self._demands = (generation.name, known)
        return known[topic]

    def documents(self) -> list[Document]:
        """Every document of the library with its text and its work, by name."""
        return self._open().documents()

    def shelf(self) -> Mapping[str, Shelved]:
        """What each document is, by the sha256 of its file and in the order of names, without loading any text."""
        return self._open().shelf

    def works(self) -> dict[str, Work]:
        """The works of the library by key, without loading any text."""
        return self._open().works()

    def document(self, sha256: str) -> Document:
        """One document by the sha256 of its file."""
        return self._open().document(sha256)

    def passages_of(self, sha256: str) -> list[Passage]:
        """The passages of a document in order."""
        return [passage for _, passage in self._open().passages_of(sha256)]

    def enumerations_of(self, sha256: str) -> list[Enumeration]:
        """The lists of a document in order, each with all its factors."""
        return list(self._open().enumerations(sha256))

    def factors_of(self, sha256: str) -> list[Span]:
        """The spans of all factors of a document in order."""
        return [factor.span for found in self._open().enumerations(sha256) for factor in found.factors]

    def manifest(self) -> list[Entry]:
        """Every file that was read or could not be read, with its reason."""
        return self._open().manifest()

    def counts(self) -> Counts:
        """How much the library holds."""
        return self._open().counts()

    def verify(self, citations: Iterable[Citation]) -> list[tuple[Citation, Verdict]]:
        """Whether each quotation still stands where it says."""
        documents = {document.sha256: document for document in self.documents()}
        return [(citation, verify(citation, documents)) for citation in citations]

    def holdings(self) -> tuple[Holding, ...]:
        """Every file of the library with what was found in it and how well it could be read, without its text."""
        return holdings(self._open())

    def plan(self, paths: Sequence[Path]) -> list[synchronise.Plan]:
        """What a sync of these folders and files would do, and of what was uploaded."""
        return synchronise.plans(self._open() if self.ready else None, self._with_uploads(paths))

    def changes(self, paths: Sequence[Path], *, progress: synchronise.Progress = lambda *_: None) -> list[Change]:
        """What a sync would add and take away, file by file, with the factors that are gained and lost; reads what is new."""
        return changes(self._open() if self.ready else None, self.plan(paths), progress, reader(self.settings))

    def sync(
        self, paths: Sequence[Path] | None = None, *, rebuild: bool = False, progress: synchronise.Progress = lambda *_: None,
        again: Collection[str] = (), only: Collection[str] = (), encoding: synchronise.Progress = lambda *_: None,
    ) -> synchronise.Report:  # fmt: skip
        """Bring the library up to date with folders and files (default: the corpus), and with what was uploaded.

        A library of an earlier schema is migrated first. `rebuild` starts from nothing; `again` names files to read though they did not
        change, `only` files to keep to (none: all). `progress` hears of files that are read, `encoding` of texts that have vectors.
        """
        chosen = self._with_uploads([Path(path) for path in paths or [self.settings.corpus]])
        with self._crew() as (read, encoder):
            if self.outdated and not rebuild:
                migrate(self._index, encoder, keep=self.settings.keep, progress=progress, encoding=encoding)
            return synchronise.sync(
                self._index, encoder, chosen, fresh=rebuild, keep=self.settings.keep, progress=progress, again=again, only=only, read=read,
                encoding=encoding,
            )  # fmt: skip

    @contextmanager
    def _crew(self) -> Iterator[tuple[ReadAll, Encoder]]:
        """Who reads and who encodes: this machine, or a Ray cluster where the settings name one."""
        if self.settings.ray is None:
            yield reader(self.settings), self._encoder
        else:
            from advisor.cluster import connected

            with connected(self.settings, self._encoder) as crew:
                yield crew

    def _with_uploads(self, paths: Sequence[Path]) -> list[tuple[Path, str | None]]:
        """The paths with their owners; uploaded files, where there are any, always go along."""
        uploads = self.settings.uploads
        others: list[tuple[Path, str | None]] = [(path, None) for path in paths if path.resolve() != uploads.resolve()]
        return [*others, (uploads, synchronise.UPLOADED)] if uploads.is_dir() else others

    def remove(self, sources: Sequence[str]) -> synchronise.Report:
        """Take files out of the library by the names that `documents` shows."""
        return synchronise.remove(self._index, self._encoder, sources, keep=self.settings.keep)

    @property
    def unfinished(self) -> bool:
        """True where the next sync goes on with what a stopped one had encoded."""
        return self._index.unfinished

    @property
    def outdated(self) -> bool:
        """True where an earlier version of the advisor made the library, and `sync` or `migrate` carries it over."""
        return self._index.outdated

    def migrate(
        self, *, progress: synchronise.Progress = lambda *_: None, encoding: synchronise.Progress = lambda *_: None
    ) -> Migration | None:
        """Make the library one of this advisor's schema and encoder, from the texts it holds; None where it is that already."""
        if is_ours(self._index):
            return None
        with self._crew() as (_, encoder):
            return migrate(self._index, encoder, keep=self.settings.keep, progress=progress, encoding=encoding)

    def faults(self) -> list[str]:
        """What a thorough check finds wrong with the index, each in a sentence; reads all of it."""
        return self._index.faults()

    @property
    def earlier(self) -> str | None:
        """The generation that a rollback would go back to; None where there is none."""
        return self._index.earlier()

    def rollback(self) -> str:
        """Go back to the generation before the current one; returns its name."""
        return self._index.rollback()

    def backup(self, file: Path) -> Backup:
        """Write the library to one file, with what was uploaded and what people added; whoever reads or writes it goes on."""
        from advisor.backup import back_up

        return back_up(self._index, file)

    def restore(self, file: Path, *, force: bool = False) -> Restored:
        """Make a backup the current library; with `force` also in the place of another one, which is put aside."""
        from advisor.backup import restore

        return restore(self._index, file, force=force, keep=self.settings.keep)


def _checked(question: str, language: str | None) -> str:
    # Half a surrogate pair, as a broken terminal or JSON writes it, is no character; no encoder takes it.
    question = question.encode("utf-8", "replace").decode("utf-8").strip()
    if language not in (None, "de", "en"):
        raise UsageError(f"The language is {language!r}; expected 'de' or 'en'.")
    if not question:
        raise UsageError("The question is empty. Ask in English or German, such as: What do we need before launching on social media?")
    if len(question) > LONGEST_QUESTION:
        raise UsageError(f"The question has {len(question)} characters; at most {LONGEST_QUESTION} are read. Shorten it.")
    return question
