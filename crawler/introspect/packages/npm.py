"""npm, run by the machine's own Node.js in the sandbox of installers; no script of any package runs."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.introspect.packages.install import INSTALLING, NotInstalled, blamed, finish
from crawler.introspect.sandboxes.outlet import host_and_port
from crawler.introspect.sandboxes.sandbox import Confinement
from crawler.introspect.workshop import Workshop
from crawler.snapshots import SkipReason

_QUIET = (
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--loglevel=error",
    "--omit=dev",
    # It would wait for more than a minute before it gives up what is not the file that it should be; milliseconds.
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    # A repository that a package names is cloned by a program that the repository itself may configure.
    "--git=/usr/bin/false",
)
#: Characters that are kept of what it says of a failure, and how many of them are its first.
_MOST_KEPT, _FIRST = 1000, 100


@dataclass(frozen=True)
class Npm:
    """Where npm and the Node.js that runs it lie."""

    node: Path
    program: Path

    @property
    def folders(self) -> tuple[Path, ...]:
        """What a sandbox in which they run must be able to read."""
        return (self.node.resolve().parent, self.program.parents[1])

    @classmethod
    def find(cls) -> "Npm":
        """Those on PATH; raises NotInstalled."""
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            raise NotInstalled(SkipReason.NO_SANDBOX, "Node.js and npm are not installed here")
        return cls(Path(node), Path(npm).resolve())

    def run(
        self, words: Sequence[str], *, workshop: Workshop, folder: Path, hosts: Iterable[str] = ()
    ) -> str:
        """Run it in a folder of the pool and give what it prints; *hosts* keep files of the registry. Raises NotInstalled."""
        command = [str(self.node), str(self.program), *words, *_QUIET, "--prefix", str(folder)]
        command += ["--cache", str(workshop.cache / "npm"), "--registry", workshop.npm_registry]
        certificates = workshop.index.certificates
        confinement = Confinement(
            readable=(*self.folders, *([Path(certificates)] if certificates else [])),
            writable=(workshop.pool,),
            environment={"NODE_EXTRA_CA_CERTS": certificates} if certificates else {},
            reach=tuple(dict.fromkeys([host_and_port(workshop.npm_registry), *hosts])),
            folder=folder,
            limits=INSTALLING,
        )
        status, said, errors = finish(workshop, command, confinement)
        if status != 0:
            reason = SkipReason.HASH_MISMATCH if "EINTEGRITY" in errors else SkipReason.NOT_FOUND
            raise blamed(reason, _kept(errors.strip()), errors)
        return said.decode("utf-8", "replace")


def _kept(errors: str) -> str:
    """What npm says of a failure, without its middle: how it calls it comes first, and why last."""
    return errors if len(errors) <= _MOST_KEPT else f"{errors[:_FIRST]} … {errors[_FIRST - _MOST_KEPT :]}"
