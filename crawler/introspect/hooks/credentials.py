"""Writes a file of credentials that are nobody's into the sandbox's home, then becomes the server.

Run as `python -I -S credentials.py NAME COMMAND...`; wherever the command or its environment says `NAME`, which begins with
`~/`, the file's path is put.
"""

import json
import os
import sys
from pathlib import Path

_SECRET = "dummydummydummydummydummydum"  # noqa: S105 - 28 letters, and nobody's
_CLIENT = {
    "client_id": _SECRET,
    "client_secret": _SECRET,
    "project_id": "dummy",
    "auth_uri": "http://127.0.0.1:9/auth",
    "token_uri": "http://127.0.0.1:9/token",
    "redirect_uris": ["http://127.0.0.1:9"],
}

#: What files of credentials hold: those of a program that is installed, of one on the web, and of a person who has agreed.
CONTENT = {
    "type": "authorized_user",
    "refresh_token": _SECRET,
    **_CLIENT,
    "installed": _CLIENT,
    "web": _CLIENT,
}


def main(name: str, command: list[str]) -> None:
    """Write the file and start the command in this process."""
    path = Path(name).expanduser()
    path.write_text(json.dumps(CONTENT))
    environment = {key: value.replace(name, str(path)) for key, value in os.environ.items()}
    words = [word.replace(name, str(path)) for word in command]
    os.execvpe(words[0], words, environment)  # noqa: S606 - the server itself


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
