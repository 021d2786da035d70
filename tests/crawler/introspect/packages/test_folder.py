"""Whatever lies in a folder, it is seen as the files of a package or passed by."""

import os
from pathlib import Path

from crawler.introspect.packages.folder import FolderFiles
from crawler.introspect.sandboxes.removing import remove


def test_only_plain_files_with_a_name_are_seen(tmp_path: Path) -> None:
    """No pipes, no links, no name that is no text, and nothing deeper than any project is."""
    (tmp_path / "a.py").write_text("a")
    (tmp_path / "new\nline.py").write_text("b")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "link.py").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to(".")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py")).write_text("c")
    here = tmp_path
    for _ in range(1_200):
        here = here / "d"
        here.mkdir()
    (here / "deep.py").write_text("d")

    seen = dict(FolderFiles(tmp_path))
    # pytest goes no deeper than the interpreter.
    remove(tmp_path / "d")

    assert seen == {"a.py": b"a", "new\nline.py": b"b"}
