"""A policy file that is read again when it changes; a broken one changes nothing."""

from enforce.law import Law
from enforce.policyfile import PolicyErrors, examine, load_policy, read_source
from enforce.watched import Watched


class PolicyFile:
    """The law in a file. The first reading raises PolicyErrors; later ones keep the old law."""

    def __init__(self, path: str) -> None:
        self._file = Watched(path)
        found = examine(read_source(path), path)
        self.law = Law(found.policy)
        #: What a person should know of a policy that works, each with its place.
        self.warnings = tuple(f"{path}: warning: {each}" for each in found.warnings)

    def reread(self) -> tuple[Law | None, str | None]:
        """The new law where there is one, and words for the person who runs the proxy; both `None` where nothing changed."""
        if not self._file.has_changed():
            return None, None
        try:
            law = Law(load_policy(self._file.path))
        except PolicyErrors as error:
            return None, f"the changed policy is broken, and the old one stays in force:\n{error}"
        if law.digest == self.law.digest:
            return None, None
        self.law = law
        return law, f"the policy has changed: {self._file.path}"
