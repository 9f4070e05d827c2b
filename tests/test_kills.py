"""A sync that is killed: the library stays whole, the next run finishes, and nothing is lost, doubled or left over."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import kills


@pytest.mark.timeout(600)
def test_kills_while_writing_checking_and_publishing_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(kills, "FILES", 4)
    tally = kills.run(tmp_path, [0.7, "draft checked", "generation renamed"])
    assert tally.broken == [] and (tally.lost, tally.doubled) == (0, 0)
    assert tally.stages.total() == 3
    assert "Kills: 3. Passages lost: 0, doubled: 0. Anything else that was wrong: 0." in kills.table(tally)


def test_moments_are_spread_over_the_whole_run():
    chosen = kills.moments(40, 1)
    spread = sorted(moment for moment in chosen if isinstance(moment, float))
    assert [int(moment * 30) for moment in spread] == list(range(30))
    assert [chosen.count(aimed) for aimed in kills.AIMED] == [4, 3, 3]
    assert chosen != kills.moments(40, 2) and chosen == kills.moments(40, 1)


def test_what_is_lost_or_doubled_is_counted(tmp_path):
    """The benchmark can fail: a library that lost and doubled passages is told from a whole one."""
    import shutil
    import sqlite3

    folder = kills.Folder(tmp_path / "papers", 1)
    for file in sorted(folder.path.iterdir())[2:]:
        file.unlink()
    code, said, _ = kills.finish(tmp_path / "index", folder.path)
    assert code == 0, said
    held = folder.held()
    tally = kills.Tally()
    kills.look(tmp_path / "index", folder.path, (held,), tally, "whole")
    assert tally.broken == []
    whole = kills.contents(tmp_path / "index")
    broken = shutil.copytree(tmp_path / "index", tmp_path / "broken")
    connection = sqlite3.connect(broken / "g0001" / "library.sqlite3")
    with connection:
        columns = "document, start, end, section, page, language"
        connection.execute("delete from passages where row = (select min(row) from passages)")
        connection.execute(f"insert into passages({columns}) select {columns} from passages order by row desc limit 2")
    connection.close()
    kills.look(broken, folder.path, (held,), tally, "broken")
    assert (tally.lost, tally.doubled) == (1, 2) and len(tally.broken) > 1
    with pytest.raises(KeyError):  # a word or a vector of a passage that is no more
        kills.contents(broken)
    assert whole == kills.contents(tmp_path / "index")
