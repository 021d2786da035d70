"""Servers that are introspected at the same time: what one does to the machine, no other notices."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.mcp.stdio import Patience
from crawler.servers import Server, ServerName
from crawler.snapshots import Outcome, SkipReason, Snapshot

pytestmark = pytest.mark.sandbox

#: What a server does before it would serve, and the reasons with which it may end.
HOSTILE = {
    "forks": ("while True:\n  try: os.fork()\n  except OSError: pass", {SkipReason.TIMEOUT}),
    "memory": ("kept = []\nwhile True: kept.append(bytearray(64 << 20))", {SkipReason.EXITED}),
    "disk": ("with open(os.path.expanduser('~/x'), 'wb') as f:\n  while True: f.write(bytes(1 << 20))", {SkipReason.EXITED}),
    "noise": ("while True: print('x' * 10_000)", {SkipReason.OUTPUT_LIMIT}),
    "killer": ("try: os.kill(-1, 9)\nexcept OSError: pass\nos._exit(1)", {SkipReason.EXITED}),
}  # fmt: skip


def test_what_one_does_no_other_notices(index: Any, make_workshop: Any) -> None:
    """The good ones list what they list alone, and each of the others ends in its reason."""
    workshop = make_workshop(patience=Patience(total=10, output=2_000_000, most_errors=2_000_000))
    listing = partial(climb, workshop=workshop, method="live", widest=False)
    good = [f"good-{number}" for number in range(3)]
    for name in good:
        index.offer_server(name)
    for name, (before, _) in HOSTILE.items():
        index.offer_server(name, before=before)

    alone = {name: said(listing(_server(name))) for name in good}
    names = [name for pair in zip(good, HOSTILE, strict=False) for name in pair] + list(HOSTILE)[len(good) :]
    with ThreadPoolExecutor(3) as pool:
        together = dict(zip(names, pool.map(listing, map(_server, names)), strict=True))

    assert {name: said(together[name]) for name in good} == alone
    for name, (_, reasons) in HOSTILE.items():
        (outcome,) = together[name]
        # What is tried later may leave out what it does first.
        assert outcome.rungs[0].outcome in reasons, (name, outcome)


def said(outcomes: tuple[Outcome, ...]) -> tuple[str, ...]:
    """The digests of the tools of the only outcome, which is a list."""
    (outcome,) = outcomes
    assert isinstance(outcome, Snapshot), outcome
    return tuple(tool.digest for tool in outcome.tools)


def _server(name: str) -> Server:
    return Server(name=ServerName("pypi", name))
