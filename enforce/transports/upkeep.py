"""What a relay does from time to time, whatever goes through it meanwhile."""

from typing import TYPE_CHECKING

from enforce.passage import Passage
from enforce.reload import PolicyFile

if TYPE_CHECKING:  # a server is started before all this is loaded
    from enforce.gate import Gate

#: Seconds between looks at what may have changed, such as the policy file.
TICK = 1.0


def look_around(policy: PolicyFile, gate: "Gate") -> Passage:
    """Take over a changed policy, and answer what has waited long enough."""
    law, words = policy.reread()
    passage = Passage(notes=[words] if words else [])
    if law is not None:
        gate.adopt(law, passage)
    gate.expire(passage)
    return passage
