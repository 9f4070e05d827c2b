"""Vectors, lexicon, texts and manifest as one immutable generation: the only place where writing and reading meet.

    index/
      CURRENT            the name of the generation that is read
      lock               held by the one writer
      uploads/           files that came in by the page
      state.sqlite3      what people add: accounts and the like
      before-g0009/      accounts, uploads and the like that a restore replaced
      unfinished/        what a stopped writer had encoded, for the next one
      owner              by which a copy of the folder is told from the folder itself; where vectors are in a server
      g0007/
        stamp.json       encoder, dimension, schema, counts, time
        library.sqlite3  documents with their text, passages, factors, manifest, postings
        vectors/         Chroma, or
        vectors.json     in which collections of a Chroma server they are

A writer makes the next generation beside the current one, checks it, and switches CURRENT in one atomic step; a killed writer leaves
a folder ending in .draft, which the next writer clears; one ending in .dropped is a generation that is gone, but for vectors in a server
that did not answer. Readers open what CURRENT names and notice when it changes.
"""

from advisor.index.draft import Draft
from advisor.index.folder import Index
from advisor.index.generation import PASSAGES, QUESTIONS, Generation
from advisor.index.holdings import Holding, holdings
from advisor.index.reader import Reader
from advisor.index.rows import Asked, Counts, Entry, Shelved
from advisor.index.stored import Stored, stored

__all__ = [
    "PASSAGES", "QUESTIONS", "Asked", "Counts", "Draft", "Entry", "Generation", "Holding", "Index", "Reader", "Shelved", "Stored",
    "holdings", "stored",
]  # fmt: skip
