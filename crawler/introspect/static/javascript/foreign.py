"""What functions of other packages give, as far as servers put their tools together with them."""

from abc import abstractmethod
from contextlib import AbstractContextManager

from crawler.introspect.static.javascript.commandline import Options, is_served, library, options
from crawler.introspect.static.javascript.environments import checked
from crawler.introspect.static.javascript.loading import Loading, addressed, is_of
from crawler.introspect.static.javascript.operators import UNSET
from crawler.introspect.static.javascript.paths import path_function
from crawler.introspect.static.javascript.properties import PLATFORM
from crawler.introspect.static.javascript.tables import yaml_value
from crawler.introspect.static.javascript.values import (
    MISSING,
    OPEN,
    Function,
    Made,
    text,
)
from crawler.introspect.static.unknown import Setting, Value

#: Characters of YAML whose reading is as much work as one step.
CHARACTERS_A_STEP = 10


class Foreign(Loading):
    """Calls what is not of the package."""

    @abstractmethod
    def unsure(self, factor: float, *, unlikely: bool = False) -> AbstractContextManager[None]:
        """Lower the certainty of what happens inside."""

    def call_foreign(self, callee: Value, name: str, args: list[Value]) -> Value:
        """What a function of another package gives; those that read the command line run what belongs to a command."""
        if name in {"parse", "load", "safeLoad"} and (is_of(callee, "yaml") or is_of(callee, "js-yaml")):
            source = text(args[0]) if args else None
            self.budget.charge(len(source or "") // CHARACTERS_A_STEP)
            return yaml_value(source)
        if is_of(callee, "path") or name == "fileURLToPath":
            made = path_function(name, [addressed(arg) for arg in args])
            if made is not MISSING:
                return made
        if (found := checked(callee, args)) is not MISSING:
            return found
        if name == "spawnSync" and is_of(callee, "child_process"):
            return {
                OPEN: True,
                "status": Setting(1),
            }  # what another program says of a machine is no ordinary start
        if not (package := library(callee)):
            return Setting(PLATFORM) if name == "platform" and is_of(callee, "os") else Made(callee, args)
        for arg in args[-2:] if name in {"action", "command"} else ():
            if isinstance(arg, Function):
                with self.unsure(1.0 if is_served(callee, args) else UNSET):
                    first = (
                        Options(self.options)
                        if package == "commander" or arg is args[-1]
                        else Made(callee, [])
                    )
                    self.call(arg, [first] * 4)
        found = options(self.options, callee, name, args)
        return Made(callee, args) if found is None else found
