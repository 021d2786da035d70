"""Runs inside the sandbox as the browser of a server: agrees to the login that it is sent to, as a person would."""

import os
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlencode, urlsplit

_TRIES, _PAUSE = 20, 0.25
_CODE = "dummydummydummydummydummydum"


def main(address: str) -> None:
    """Go where the login would lead back to, while the server that opened us goes on."""
    asked = parse_qs(urlsplit(address).query)
    back = asked.get("redirect_uri", [""])[0]
    if not back.startswith("http://") or os.fork():
        return
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    told = urlencode({"code": _CODE, "state": asked.get("state", [""])[0]})
    for _ in range(_TRIES):
        try:
            urllib.request.urlopen(f"{back}{'&' if '?' in back else '?'}{told}", timeout=10)  # noqa: S310 - in the sandbox
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(_PAUSE)
        else:
            return


if __name__ == "__main__":
    main(sys.argv[1])
