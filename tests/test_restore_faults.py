"""A restore that is broken off at the worst moment: what people added is as it was, or all is restored, never a mixture."""

import shutil
import sqlite3

import pytest
from test_backup import built as the_built
from test_backup import holds, state_of

from advisor import Advisor, accounts, state
from advisor.errors import IndexUnwritable
from advisor.index import Index

PASSWORD = "correct horse battery staple"
built = the_built


@pytest.fixture
def index(built, tmp_path):
    """A copy of the library that was backed up, with one account more."""
    shutil.copytree(built / "index", tmp_path / "index")
    accounts.add(tmp_path / "index", "karl", "reader", PASSWORD)
    return tmp_path / "index"


def names(index):
    return [account.name for account in accounts.listed(index)]


def test_a_disk_that_fills_while_the_state_is_put_aside_costs_no_accounts(built, index, monkeypatch):
    snapshot = state.snapshot

    def full(source, target):
        if "before-" in str(target):
            target.touch()
            raise IndexUnwritable(f"{target} cannot be written: database or disk is full.")
        snapshot(source, target)

    before = state_of(index)
    monkeypatch.setattr(state, "snapshot", full)
    with Advisor.open(index=index) as advisor, pytest.raises(IndexUnwritable, match="disk"):
        advisor.restore(built / "library.backup", force=True)
    assert names(index) == ["erika", "karl"] and state_of(index) == before


@pytest.mark.parametrize("there", [False, True])
def test_a_copy_that_fails_leaves_nothing_of_its_own_behind(index, tmp_path, there):
    (tmp_path / "broken").write_bytes(b"no database, " * 100)
    target = tmp_path / "copy"
    if there:
        state.snapshot(index / state.NAME, target)
    held = target.read_bytes() if there else None
    with pytest.raises(Exception, match="cannot be read"):
        state.snapshot(tmp_path / "broken", target)
    assert (target.read_bytes() if there else None) == held and target.exists() == there


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError])
def test_what_fails_after_the_restored_library_is_current_takes_nothing_back(built, index, monkeypatch, fault):
    def pruned(*_):
        raise fault("no more")

    monkeypatch.setattr(Index, "_prune", pruned)
    says = "holds the restored library .g0002." if fault is OSError else "no more"
    with Advisor.open(index=index) as advisor, pytest.raises(IndexUnwritable if fault is OSError else fault, match=says):
        advisor.restore(built / "library.backup", force=True)
    monkeypatch.undo()
    assert holds(index) == holds(built / "index"), "library, accounts and votes are all those of the backup"
    assert names(index / "before-g0002") == ["erika", "karl"], "and what they replaced is put aside"
    assert not list(index.glob("*.draft"))


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError])
def test_what_fails_just_before_takes_all_back(built, index, monkeypatch, fault):
    def no(*_):
        raise fault("no")

    with Advisor.open(index=index) as advisor:
        before = advisor.documents(), names(index), sorted(path.name for path in (index / "uploads").iterdir())
        monkeypatch.setattr(Index, "_point_to", no)
        with pytest.raises((KeyboardInterrupt, IndexUnwritable)):
            advisor.restore(built / "library.backup", force=True)
        monkeypatch.undo()
        assert advisor.generation == "g0001"
        assert (advisor.documents(), names(index), sorted(path.name for path in (index / "uploads").iterdir())) == before
    with sqlite3.connect(index / state.NAME) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    connection.close()
