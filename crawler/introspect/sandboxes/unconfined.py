"""No confinement at all: only where a person said so, for a program that is theirs."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from subprocess import Popen

from crawler.introspect.sandboxes.removing import homed
from crawler.introspect.sandboxes.sandbox import Confinement, base_environment, spawn


class Unconfined:
    """Runs the command as the person would, but with a fresh home and a scrubbed environment."""

    name = "none"
    lacks = "nothing is confined"
    watches = False
    own_network = False
    copies = False

    def start(self, command: Sequence[str], confinement: Confinement) -> Popen[bytes]:
        """Start the command; the process that is returned leads a session of its own."""
        home = tempfile.mkdtemp(prefix="tollhouse-home-")
        environment = base_environment(confinement.environment, home)
        words = ["/usr/bin/env", "-C", str(confinement.folder or home), *command]
        return spawn(words, environment=environment, kind=homed(Path(home)))
