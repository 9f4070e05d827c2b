"""A folder of generations: one is current, one writer makes the next."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from advisor.encoder import Encoder
from advisor.errors import IndexDamaged, IndexForeign, IndexLocked, IndexMissing, IndexUnwritable
from advisor.index import soundness, unfinished
from advisor.index.draft import Draft
from advisor.index.generation import Generation, connect
from advisor.index.interactions import Interactions
from advisor.index.meanings import Meanings
from advisor.index.rows import CARRIED, SCHEMA, TABLES
from advisor.index.unfinished import Unfinished
from advisor.index.whereabouts import PLACE, Whereabouts
from advisor.lexicon import Analyser, Lexicon, Translations
from advisor.vectors import ChromaServer

# A passage's vectors take 2 to 3 KB: on SQLite's usual pages of 4 KB each is cut in two and half of all room is empty. And what is mapped
# need not be copied. Both together read the candidates of a question in a quarter of the time.
PAGE, MAPPED = 16_384, 2**31 - 65_536


class Index:
    """A folder of generations, whose vectors lie in it or, where one is given, in a Chroma server."""

    def __init__(self, folder: Path, encoder: Encoder, server: ChromaServer | None = None) -> None:
        self.folder = folder
        self.encoder = encoder
        self._server = server
        self._whereabouts = Whereabouts(folder, server)
        self._filelock: Any = None

    def current(self) -> str | None:
        """The name of the generation in use, or None where there is no index."""
        try:
            name = (self.folder / "CURRENT").read_text("utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged(f"{self.folder / 'CURRENT'} cannot be read: {error}. Run 'advisor library rollback'.") from error
        if not re.fullmatch(r"g\d{4,}", name):
            raise IndexDamaged(f"{self.folder / 'CURRENT'} names {name!r}; expected g0001 or the like. Run 'advisor library rollback'.")
        return name

    def open(self) -> Generation:
        """The current generation for reading; its stamp must match the encoder."""
        name = self.current()
        if name is None:
            raise IndexMissing(f"There is no index in {self.folder}. Run 'advisor ingest' to build one from corpus/.")
        path = self.folder / name
        soundness.check_sizes(path, self.check_stamp(path))
        connection = connect(path / "library.sqlite3", "?mode=ro&immutable=1")
        try:
            connection.execute(f"pragma mmap_size = {MAPPED}")
            return Generation(path, connection, self._whereabouts.open(path, connection), Translations.bundled, Analyser.bundled())
        except BaseException:
            connection.close()
            raise

    @property
    def settled(self) -> bool:
        """True unless the current generation's vectors are elsewhere than they are to be: the next sync moves them."""
        name = self.current()
        return name is None or self._whereabouts.settled(self.folder / name)

    def check_server(self) -> None:
        """Raise VectorServerError where the vectors are in a server that does not answer."""
        name = self.current()
        if self._server is not None and name is not None and self.served(name):
            self._server.check()

    def served(self, name: str) -> bool:
        """True where the vectors of a generation are in a Chroma server."""
        return (self.folder / name / PLACE).exists()

    def stamp(self, path: Path) -> dict[str, Any]:
        """The stamp of a generation, whoever made it; raises IndexDamaged where it has none."""
        try:
            stamp: dict[str, Any] = json.loads((path / "stamp.json").read_text("utf-8"))
            return stamp if int(stamp["schema"]) and len(stamp["fingerprint"]) else {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(f"The stamp of {path} cannot be read: {error}. Run 'advisor library rollback' or ingest again.") from error

    def check_stamp(self, path: Path) -> dict[str, Any]:
        """The stamp of a generation; raises where it was made by another encoder or schema, or has no stamp."""
        stamp = self.stamp(path)
        # The fingerprint stands for the dimension, too, which a model would have to be loaded for.
        if (stamp["schema"], stamp["fingerprint"]) != (SCHEMA, self.encoder.fingerprint):
            made = f"schema {stamp['schema']}, encoder {stamp.get('encoder')} {stamp['fingerprint'][:12]}"
            ours = f"schema {SCHEMA}, encoder {self.encoder.name} {self.encoder.fingerprint[:12]}"
            way = (
                "Run 'advisor library migrate', which needs no file to be read again, or 'advisor ingest --rebuild'."
                if self.carried(stamp)
                else "Update the advisor, or run 'advisor ingest --rebuild'."
            )
            raise IndexForeign(f"The index {path} was made with {made}; this advisor needs {ours}. {way}")
        return stamp

    @property
    def unfinished(self) -> bool:
        """True where the next writer goes on with what a stopped one had encoded."""
        return unfinished.kept(self.folder)

    @property
    def outdated(self) -> bool:
        """True where the current generation has an earlier schema, from which its documents can be carried over."""
        name = self.current()
        if name is None:
            return False
        stamp = self.stamp(self.folder / name)
        return stamp["schema"] != SCHEMA and self.carried(stamp)

    @staticmethod
    def carried(stamp: dict[str, Any]) -> bool:
        """True where the documents of a generation with this stamp can be carried over."""
        return stamp["schema"] in CARRIED

    def faults(self) -> list[str]:
        """What is wrong with the current generation, each in a sentence; raises where it does not even open."""
        generation = self.open()
        try:
            return soundness.faults(generation, self.check_stamp(generation.path))
        finally:
            generation.close()

    def generations(self) -> list[str]:
        """Names of all whole generations, oldest first."""
        if not self.folder.is_dir():
            return []
        names = [p.name for p in self.folder.iterdir() if re.fullmatch(r"g\d{4,}", p.name) and (p / "stamp.json").exists()]
        return sorted(names, key=lambda name: int(name[1:]))

    @contextmanager
    def draft(self, *, fresh: bool, keep: int) -> Iterator[Draft]:
        """The next generation, begun as a copy of the current one (or empty); published when the block ends without an error."""
        with self.writing():
            self.clear_drafts()
            base = None if fresh else self.current()
            path = self.folder / f"{self.next_name()}.draft"
            with self._thrown_away(path) as opened:
                self._begin(path, base)
                draft = opened.enter_context(closing(self._open_draft(path, base)))
                draft.unfinished = opened.enter_context(closing(Unfinished(self.folder, self.encoder.fingerprint)))
                yield draft
                draft.finish(self.encoder)
            self._measure(path)
            self.publish(path, keep)
            draft.unfinished.settle()

    def clear_drafts(self) -> None:
        """Remove what a killed writer left, but for vectors that took long to make; for the one writer alone."""
        halves = (path for path in self.folder.glob("g*") if re.fullmatch(r"g\d{4,}", path.name) and not (path / "stamp.json").exists())
        for left in (*self.folder.glob("g*.draft"), *self.folder.glob("g*.dropped"), *halves):
            unfinished.keep(left, self.folder)
            self._drop(left)

    def next_name(self, after: str = "g0000") -> str:
        """The name of the next generation, later than any that is there and than a given one."""
        return f"g{max(int(name[1:]) for name in (after, *self.generations())) + 1:04d}"

    def publish(self, draft: Path, keep: int) -> str:
        """Make a draft that is whole the current generation; returns its name. Earlier ones but the last `keep` go."""
        name, before = draft.name.removesuffix(".draft"), self.readable_current()
        try:
            stamp = self.stamp(draft) | {"before": before}
            (draft / "stamp.json").write_text(json.dumps(stamp, indent=2) + "\n", "utf-8")
            (draft / unfinished.BEGUN).unlink(missing_ok=True)
            os.rename(draft, self.folder / name)
            self._point_to(name)
        except OSError as error:
            for left in (draft, self.folder / name) if self.readable_current() != name else ():
                self._drop(left)
            raise IndexUnwritable(f"{self.folder} cannot be written: {error}. Free some disk and try again.") from error
        self._prune(keep, before)
        return name

    def readable_current(self) -> str | None:
        """The name of the generation in use, or None where there is none or its name cannot be read."""
        try:
            return self.current()
        except IndexDamaged:
            return None

    def _measure(self, path: Path) -> None:
        """Add to the stamp of a draft that is written and closed what its files must measure from now on."""
        try:
            stamp = json.loads((path / "stamp.json").read_text("utf-8"))
            stamp |= {"sha256": soundness.digest(path), "sizes": soundness.sizes(path)}
            (path / "stamp.json").write_text(json.dumps(stamp, indent=2) + "\n", "utf-8")
        except OSError as error:
            self._drop(path)
            raise IndexUnwritable(f"{self.folder} cannot be written: {error}. Free some disk and try again.") from error

    @contextmanager
    def _thrown_away(self, path: Path) -> Iterator[ExitStack]:
        """Remove a draft when anything goes wrong with it; what is entered is closed before it is removed or published.

        What was encoded is put aside for the next writer, unless it is the disk that fails, or what was written.
        """
        try:
            with ExitStack() as opened:
                yield opened
        except BaseException as error:
            if not isinstance(error, OSError | sqlite3.Error | IndexDamaged | IndexUnwritable):
                unfinished.keep(path, self.folder)
            self._drop(path)
            if isinstance(error, OSError | sqlite3.Error):
                raise IndexUnwritable(f"{self.folder} cannot be written: {error}. Free some disk and try again.") from error
            raise

    def _begin(self, path: Path, base: str | None) -> None:
        held = 0
        if base is None:
            path.mkdir(parents=True)
        else:
            stamp = self.check_stamp(self.folder / base)
            soundness.check_sizes(self.folder / base, stamp)
            held = stamp.get("counts", {}).get("passages", 0)
            # Where the vectors are is for the draft to say: what it takes over must not look like its own, to be cleared when it is killed.
            shutil.copytree(self.folder / base, path, ignore=shutil.ignore_patterns("stamp.json", PLACE))
        unfinished.note(path, self.encoder.fingerprint, held)

    def _open_draft(self, path: Path, base: str | None) -> Draft:
        connection = connect(path / "library.sqlite3", "")
        try:
            connection.execute(f"pragma page_size = {PAGE}")  # of a new file; a copy keeps what it has
            # The draft is thrown away if anything goes wrong: waiting for the disk at every step would buy nothing; `publish` waits once.
            connection.execute("pragma synchronous = off")
            connection.executescript(TABLES + Meanings.SCHEMA + Interactions.SCHEMA + Lexicon.SCHEMA)
            vectors = self._whereabouts.begin(path, self.folder / base if base else None, connection)
            return Draft(path, connection, vectors, Translations.bundled, Analyser.bundled())
        except BaseException:
            connection.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer until the block ends; raises IndexLocked where there is another. Blocks of one thread may be nested."""
        from filelock import FileLock, Timeout

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = self._filelock = self._filelock or FileLock(self.folder / "lock", timeout=0)
            lock.acquire()
        except Timeout as error:
            raise IndexLocked(f"Another process is writing to {self.folder}. Wait until it is done, then try again.") from error
        except OSError as error:
            raise IndexUnwritable(f"{self.folder} cannot be written: {error}. Give it write access, or name another by --index.") from error
        try:
            yield
        finally:
            lock.release()

    def _point_to(self, name: str) -> None:
        for file in (self.folder / name, *(self.folder / name).rglob("*")):
            if file.is_file() or os.name == "posix":
                _flush(file)
        new = self.folder / "CURRENT.new"
        new.write_text(name + "\n", "utf-8")
        _flush(new)
        os.replace(new, self.folder / "CURRENT")
        if os.name == "posix":
            _flush(self.folder)

    def _prune(self, keep: int, before: str | None) -> None:
        """Remove generations but the current one and `keep` earlier ones; the one before stays in any case: a reader may be in it.

        First go those that came after the one before: it was gone back from them, or their writer was killed before they were current.
        """
        names = [name for name in self.generations() if name not in (self.readable_current(), before)]
        names.sort(key=lambda name: before is None or int(name[1:]) < int(before[1:]))
        spare = max(1, keep) - (before is not None)
        for name in names[: max(0, len(names) - spare)]:
            self._drop(self.folder / name)

    def _drop(self, path: Path) -> None:
        """Remove a generation or a draft with its vectors; where their server does not answer, a later writer finishes it."""
        if (path / PLACE).exists():
            # From here on it is no generation that a rollback could lead to, though some of its vectors are gone.
            try:
                path = path.rename(path.with_name(f"{path.name.partition('.')[0]}.{secrets.token_hex(4)}.dropped"))
            except OSError:
                return
            if not self._whereabouts.cleared(path, [self.folder / name for name in self.generations()]):
                return
        shutil.rmtree(path, ignore_errors=True)

    def rollback(self) -> str:
        """Go back to the last generation before the current one that is whole; returns its name."""
        with self.writing():
            earlier = self._before(self.readable_current())
            if earlier is None:
                raise IndexMissing(f"There is no earlier generation in {self.folder} to go back to. Run 'advisor ingest --rebuild'.")
            self._point_to(earlier)
            return earlier

    def earlier(self) -> str | None:
        """The name of the generation before the current one; None where there is none."""
        return self._before(self.current())

    def _before(self, current: str | None) -> str | None:
        """The generation that was current before this one; where that is not whole or not known, the last whole one with a lower number."""
        names = [name for name in reversed(self.generations()) if current is None or int(name[1:]) < int(current[1:])]
        with suppress(IndexDamaged):
            before = self.stamp(self.folder / current).get("before") if current else None
            names.sort(key=lambda name: name != before)
        return next((name for name in names if self._whole(name)), None)

    def _whole(self, name: str) -> bool:
        try:
            soundness.check_sizes(self.folder / name, self.check_stamp(self.folder / name))
        except IndexDamaged:
            return False
        except IndexForeign:
            return True  # made by another encoder, but whole
        return True


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
