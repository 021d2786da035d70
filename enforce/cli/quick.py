"""Makes importing msgspec cost half: it takes typing_extensions where it finds it, and needs nothing of it."""

import sys

_hidden = "msgspec" not in sys.modules and "typing_extensions" not in sys.modules
if _hidden:
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]  # which makes importing it fail

import msgspec  # noqa: E402, F401

if _hidden:
    del sys.modules["typing_extensions"]
