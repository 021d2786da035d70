"""Tokens are made, renewed and taken back in the gateway's own file, whose every other letter stays as it was."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from enforce.cli import main
from enforce.gatewayfile import load_gateway
from enforce.identities import Identities, token_digest

YAML = """\
# ours
servers: {raw: {command: [x]}}   # one
identities:
  ann:            # Ann's laptop
    token_sha256: "%s"
    grants: {raw: p.json}
  bob: {token_sha256: %s, grants: {raw: p.json}}
"""
FLOW = '{servers: {raw: {command: [x]}}, identities: {ann: {token_sha256: "%s"}, bob: {token_sha256: %s}}}'
JSON = '{"servers": {"raw": {"command": ["x"]}}, "identities": {"ann": {"token_sha256": "%s"}, "bob": {"token_sha256": "%s"}}}'


@pytest.fixture(
    params=[("gateway.yaml", YAML), ("gateway.json", JSON), ("gateway.yml", FLOW)],
    ids=["yaml", "json", "flow"],
)
def file(request: Any, tmp_path: Path) -> Path:
    """A gateway's file in either language, with two identities."""
    name, text = request.param
    path: Path = tmp_path / name
    path.write_text(text % (token_digest("a-token"), token_digest("b-token")))
    path.chmod(0o640)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["grants", *arguments])
    return int(ended.value.code or 0), capsys.readouterr().out.strip()


def holder(file: Path, token: str, now: float = 0.0) -> str | None:
    found = Identities(load_gateway(file).identities).find(f"Bearer {token}".encode(), now)
    return found.name if found else None


def test_a_token_is_replaced_and_nothing_else(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file.read_text()
    code, token = run(capsys, "rotate", "ann", str(file))
    assert (code, holder(file, token), holder(file, "a-token"), holder(file, "b-token")) == (
        0,
        "ann",
        None,
        "bob",
    )
    digits = re.compile("[0-9a-f]{64}")
    assert digits.sub("", file.read_text()) == digits.sub("", before)
    assert file.stat().st_mode & 0o777 == 0o640
    assert token not in file.read_text()


def test_an_old_token_lives_on_for_as_long_as_it_is_told(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the next rotation ends it; in between both are one identity."""
    _, first = run(capsys, "rotate", "bob", str(file), "--keep", "2")
    (_, bob) = load_gateway(file).identities
    assert (holder(file, first), holder(file, "b-token", bob.old_until - 1)) == ("bob", "bob")
    assert holder(file, "b-token", bob.old_until) is None
    _, second = run(capsys, "rotate", "bob", str(file), "--keep", "1")
    assert [holder(file, each) for each in ("b-token", first, second)] == [None, "bob", "bob"]
    _, third = run(capsys, "rotate", "bob", str(file))
    assert [holder(file, each) for each in (first, second, third)] == [None, None, "bob"]


def test_a_token_is_taken_back(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The identity stays, so that a file whose last token is revoked does not open the gate to all."""
    assert run(capsys, "revoke", "ann", str(file)) == (0, "ann revoked")
    assert holder(file, "a-token") is None
    assert "ann  revoked" in run(capsys, "list", str(file))[1]
    run(capsys, "revoke", "bob", str(file))
    assert Identities(load_gateway(file).identities)
    assert run(capsys, "revoke", "ann", str(file))[0] == 3
    assert run(capsys, "rotate", "nobody", str(file))[0] == 3


def test_a_digest_in_two_places_is_left_to_a_person(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(file.read_text().replace("p.json", token_digest("a-token")).replace('"x"', f'"{token_digest("a-token")}"').replace("[x]", f"[{token_digest('a-token')}]"))  # fmt: skip
    before = file.read_text()
    assert run(capsys, "rotate", "ann", str(file)) == (3, "")
    assert file.read_text() == before


def test_the_file_behind_a_link_is_changed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Else the link would be one no more, and who reads the file itself would take the token still."""
    link = file.parent / f"link{file.suffix}"
    link.symlink_to(file)
    assert run(capsys, "revoke", "ann", str(link))[0] == 0
    assert (link.is_symlink(), holder(file, "a-token")) == (True, None)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_the_file_stays_its_owner_s(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway that runs as somebody else must be able to read what was taken back."""
    os.chown(file, 12345, 54321)
    assert run(capsys, "revoke", "ann", str(file))[0] == 0
    found = file.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (12345, 54321, 0o640)

    def refuse(*_: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    before = file.read_text()
    assert run(capsys, "revoke", "bob", str(file))[0] == 3
    assert file.read_text() == before


def test_who_changes_the_file_at_the_same_time_waits(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two changes at once would bring back a token that was taken back; a link in place of the new file leads nowhere."""
    before, elsewhere = file.read_text(), file.parent / "elsewhere"
    elsewhere.write_text("mine")
    new = file.with_name(f".{file.name}.new")
    new.symlink_to(elsewhere)
    assert run(capsys, "revoke", "ann", str(file))[0] == 3
    assert (file.read_text(), elsewhere.read_text()) == (before, "mine")
    new.unlink()
    assert run(capsys, "revoke", "ann", str(file))[0] == 0
    assert not new.exists()


@pytest.mark.parametrize("hours", ["nan", "-1", "1e30", "inf", "x"])
def test_a_time_that_is_none_is_refused(file: Path, capsys: pytest.CaptureFixture[str], hours: str) -> None:
    assert run(capsys, "rotate", "ann", str(file), "--keep", hours)[0] == 2
