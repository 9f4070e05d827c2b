"""A library in one file, and back: the current generation, what was uploaded, and what people added, each part with its sha256.

The file is a plain tar archive, which any tool opens:

    advisor-backup.json    what it is a backup of, and when it was made
    generation/…           the generation that was current
    uploads/…              files that came in by the page
    state.sqlite3          accounts, tokens, checklists, votes, shared answers; without sessions
    gaps.jsonl             questions without an answer
    manifest.json          size and sha256 of every part before; last, so that a file that was cut off is known by its absence
"""

from advisor.backup.archive import Backup, check
from advisor.backup.restore import Restored, restore
from advisor.backup.write import back_up

__all__ = ["Backup", "Restored", "back_up", "check", "restore"]
