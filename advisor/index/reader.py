"""What readers hold: the current generation, followed when a writer switches it; an old one is closed when its last reader lets go."""

from __future__ import annotations

import gc
import threading
import weakref
from collections import deque

from advisor.index.folder import Index
from advisor.index.generation import Files, Generation


class Reader:
    """The current generation of an index; safe for several threads, none of which waits for another's answer."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._generation: Generation | None = None
        self._lock = threading.Lock()
        self._left: deque[Files] = deque()  # of generations that nobody reads any more

    def generation(self) -> Generation:
        """The current generation; reopened when CURRENT has changed."""
        with self._lock:
            if self._generation is None or self._generation.name != self._index.current():
                left, self._generation = self._generation is not None, self._followed(self._index.open())
                # Other threads may still answer from the old one: it is left to them, and found when no reference to it is left.
                if left:
                    gc.collect()
            self._close_left()
            return self._generation

    def _followed(self, generation: Generation) -> Generation:
        # The files are not closed here: this may run at any time in any thread, also in one that is just opening others.
        weakref.finalize(generation, self._left.append, generation.files).atexit = False
        return generation

    def _close_left(self) -> None:
        while self._left:
            self._left.popleft().close()

    def close(self) -> None:
        """Let go of the index."""
        with self._lock:
            if self._generation is not None:
                self._generation.close()
                self._generation = None
            self._close_left()
