"""What a backup may hold: names that a restore takes, and a stamp of the form that it reads."""

import json
import os
import shutil
import tarfile

import pytest
from test_backup import built as the_built
from test_backup import forged, part

from advisor import Advisor, backup
from advisor.backup import archive
from advisor.errors import BackupDamaged, UsageError

built = the_built


@pytest.mark.skipif(os.name == "nt", reason="no file has such a name there")
def test_an_upload_whose_name_a_restore_would_refuse_is_named_while_there_is_time(built, tmp_path):
    shutil.copytree(built / "index", tmp_path / "index")
    (tmp_path / "index" / "uploads" / "a\\b.md").write_text("# Name\n\nThe name is odd.\n", "utf-8")
    with Advisor.open(index=tmp_path / "index") as advisor:
        with pytest.raises(UsageError, match=r"a\\\\b\.md.*Rename that file"):
            advisor.backup(tmp_path / "a.backup")
        assert [path.name for path in tmp_path.iterdir()] == ["index"]
        (tmp_path / "index" / "uploads" / "a\\b.md").rename(tmp_path / "index" / "uploads" / "a b: c.md")
        advisor.backup(tmp_path / "a.backup")
    assert backup.check(tmp_path / "a.backup").counts["documents"] == 3


def test_a_name_with_a_disk_leads_elsewhere_on_windows_only(monkeypatch):
    assert not archive.is_odd("C:evil")
    monkeypatch.setattr(archive.os, "name", "nt")
    assert archive.is_odd("C:evil") and not archive.is_odd("über uns.md")


def changed(built, path, name, change):
    with tarfile.open(built / "library.backup") as tar:
        data = change(tar.extractfile(name).read())
    return forged(path, built / "library.backup", lambda parts: [part(name, data=data) if one[0].name == name else one for one in parts])


@pytest.mark.parametrize("sizes", [[], 7, "all", None, {"library.sqlite3": "many"}])
def test_a_stamp_whose_sizes_are_of_another_form_is_damage(built, tmp_path, sizes):
    path = changed(built, tmp_path / "odd", "generation/stamp.json", lambda data: json.dumps(json.loads(data) | {"sizes": sizes}).encode())
    with pytest.raises(BackupDamaged, match="the sizes of its stamp"), Advisor.open(index=tmp_path / "index") as advisor:
        advisor.restore(path)
    assert [file.name for file in tmp_path.iterdir()] == ["odd"]


@pytest.mark.parametrize("name", [archive.HEAD, "generation/stamp.json"])
def test_what_is_nested_without_end_is_damage(built, tmp_path, name):
    with pytest.raises(BackupDamaged, match="no whole backup"):
        backup.check(changed(built, tmp_path / "deep", name, lambda _: b"[" * 200_000))
