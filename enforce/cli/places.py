"""Where a gate keeps its state and its log unless it is told: the one reader of the environment."""

import os
import sys
from pathlib import Path

from enforce.state import StateUnusable


def state_folder() -> Path:
    """`TOLLHOUSE_STATE_DIR`, or what the catalogue keeps in `TOLLHOUSE_HOME`, or the user's own by the custom of the platform."""
    if chosen := os.environ.get("TOLLHOUSE_STATE_DIR"):
        return Path(chosen)
    if home := os.environ.get("TOLLHOUSE_HOME"):
        return Path(home).expanduser().absolute() / "state"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "tollhouse"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "tollhouse"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "tollhouse"


def audit_file(chosen: str | None) -> Path:
    """The audit log."""
    return Path(chosen) if chosen else state_folder() / "audit.jsonl"


def state_file(chosen: str | None) -> Path:
    """The SQLite file with counts, pins and approvals; raises StateUnusable for an address."""
    if chosen and "://" in chosen:
        from enforce.credentials import shown  # only who is wrong pays for loading it

        words = "it is an address, and pins and approvals are kept in a file: name that, or leave it out for your state folder's"
        raise StateUnusable(shown(chosen), words)
    return Path(chosen) if chosen else state_folder() / "state.db"


def key_file(chosen: str | None) -> Path:
    """The key that signs the heads of audit logs."""
    return Path(chosen) if chosen else state_folder() / "audit.key"


def webhook_key_file() -> Path:
    """The key that signs what a webhook is told, to be given to its receiver."""
    return state_folder() / "webhook.key"


def server_environment() -> dict[str, str]:
    """What a program behind an HTTP gate gets of our environment: nothing that could be a secret."""
    kept = ("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")
    windows = (
        "APPDATA", "COMSPEC", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATHEXT", "PROCESSOR_ARCHITECTURE", "PROGRAMDATA",
        "PROGRAMFILES", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE", "WINDIR",
    )  # fmt: skip
    return {name: os.environ[name] for name in (*kept, *windows) if name in os.environ}
