"""Where and with what servers are introspected: a folder, a sandbox, a clock, the package indexes."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from crawler.clock import Clock, rfc3339, utc_now
from crawler.introspect.packages.sweeping import cache_of, sweep
from crawler.introspect.sandboxes.removing import remove
from crawler.introspect.sandboxes.sandbox import Sandbox, find_sandbox
from crawler.introspect.sandboxes.unconfined import Unconfined
from crawler.mcp.stdio import Patience
from crawler.sources.index import Index, configured_index

#: Seconds for all that is installed and built for one server, on a machine that has nothing else to do.
_PREPARING = 300.0
#: Beyond this a machine counts as too busy to wait for.
_BUSIEST = 3.0


def busy() -> float:
    """How many programs want each processor of this machine; at least one, which is us."""
    return min(_BUSIEST, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


@dataclass(kw_only=True)
class Share:
    """How much time is left for something that is done in several steps."""

    seconds: float


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What every introspection shares. Safe to use from several threads: each climb makes its own folders."""

    #: Packages are installed below it while they are introspected; what the index sent stays in its cache.
    folder: Path
    #: `None` means that nothing may be run here.
    sandbox: Sandbox | None
    index: Index
    #: Where repositories' source archives are fetched.
    archives: str = "https://codeload.github.com"
    patience: Patience = field(default_factory=Patience)
    clock: Clock = utc_now
    #: How many times longer everything takes than on a machine that has nothing else to do.
    load: Callable[[], float] = busy
    #: What is left of the time in which the server for which this is may be installed and built; `None` where it is for none.
    share: Share | None = None

    @classmethod
    def open(cls, folder: Path, *, clock: Clock = utc_now, unconfined: bool = False) -> "Workshop":
        """A workshop with the best sandbox that this machine offers; *unconfined* only because a person said so."""
        sandbox = find_sandbox() or (Unconfined() if unconfined else None)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(folder=folder.resolve(), sandbox=sandbox, index=configured_index(), clock=clock)

    def now(self) -> str:
        """RFC 3339, UTC, whole seconds."""
        return rfc3339(self.clock())

    @cached_property
    def pool(self) -> Path:
        """What installers may write to. Its parent is closed to other users, so itself it can be open to the sandbox's.

        Each kind of sandbox has its own: they run installers as different users, who may not change each other's files.
        """
        pool = self.folder / f"pool-{self.sandbox.name}" if self.sandbox else self.folder / "pool"
        pool.mkdir(exist_ok=True)
        pool.chmod(0o777)
        return pool

    @property
    def cache(self) -> Path:
        """What installers keep from one installation to the next, in the pool; another folder now and then."""
        return cache_of(self.pool, self.clock().timestamp())

    @cached_property
    def npm_registry(self) -> str:
        """The registry that npm is configured to use, with a slash at its end; empty where there is no npm."""
        npm = shutil.which("npm")
        if npm is None:
            return ""
        command = [npm, "config", "get", "registry", "--loglevel=silent"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return answer.stdout.strip().rstrip("/") + "/"

    def nameless(self, text: str) -> str:
        """The text without where this machine keeps what it installs, and without whose home that is."""
        text = re.sub(re.escape(f"{self.pool}/") + r"(?:tmp\w+/)?", "", text)
        home = str(Path.home())
        return re.sub(re.escape(home) + r"(?=/)", "~", text) if home != "/" else text

    def climbing(self) -> "Workshop":
        """The same with what it knows, for one server: all that is installed and built for that has one share of time."""
        own = copy(self)
        vars(own)["share"] = Share(seconds=_PREPARING * self.load())
        return own

    @contextmanager
    def preparing(self, now: Callable[[], float] = time.monotonic) -> Iterator[float]:
        """Seconds that a program may take that installs or builds; what it takes is of the server's share."""
        share = self.share or Share(seconds=_PREPARING * self.load())
        started = now()
        try:
            yield max(0.0, share.seconds)
        finally:
            share.seconds -= now() - started

    @contextmanager
    def bench(self) -> Iterator[Path]:
        """A fresh folder in the pool, removed afterwards."""
        sweep(self.pool, self.clock().timestamp())
        bench = Path(tempfile.mkdtemp(dir=self.pool))
        bench.chmod(0o777)
        try:
            yield bench
        finally:
            remove(bench)
