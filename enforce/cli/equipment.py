"""What the gates of one process share: the state, the log and whom to ask, opened once."""

import argparse
import hmac
from typing import TYPE_CHECKING

from msgspec import Struct

from enforce.approvals import Approvals
from enforce.audit.heads import load_key
from enforce.audit.log import AuditFailed, AuditLog
from enforce.cli.careless import held_by_others, readable_by_all
from enforce.cli.places import audit_file, key_file, state_file, webhook_key_file
from enforce.cli.words import tell
from enforce.clocks import Clock, steady_clock
from enforce.counters import Counters, StoreFailed
from enforce.counters.opening import foreign, is_redis, open_counters
from enforce.counters.sqlite import SqliteCounters
from enforce.elicitation import Elicitation
from enforce.errors import StateFailed
from enforce.fingerprints import Fingerprints
from enforce.gate import PATIENCE, Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.pins import Pins
from enforce.recorder import Audit
from enforce.repeats import Repeats
from enforce.state import State, open_state
from enforce.tasks import SqliteTasks, Tasks

if TYPE_CHECKING:  # loaded where it is asked for: it would delay every start
    from enforce.webhook import Webhook


class Equipment(Struct, frozen=True, kw_only=True):
    """What all the gates of one process share."""

    counters: Counters
    pins: Pins
    approvals: Approvals
    audit: Audit
    #: What came too often to be recorded one by one.
    repeats: Repeats
    tasks: Tasks
    #: What keeps more than anybody needs for ever, and forgets it when told the time.
    stores: tuple[SqliteCounters | Approvals | Tasks, ...] = ()
    clock: Clock
    dry_run: bool
    #: People are asked by way of the client too, where it shows questions.
    ask_client: bool = False
    #: Makes the digests of argument values in the log; empty where only their names are recorded.
    values_key: bytes = b""
    #: Seconds that a server has for an answer.
    patience: float = PATIENCE

    def judge(self, law: Law, party: Party) -> Judge:
        """A judge for one connection."""
        return Judge(
            law, self.counters, self.pins, self.approvals, party, tasks=self.tasks, dry_run=self.dry_run
        )

    def gate(self, judge: Judge) -> Gate:
        """A gate for one connection."""
        elicitation = Elicitation() if self.ask_client else None
        values = Fingerprints(self.values_key, judge).of if self.values_key else None
        return Gate(
            judge,
            self.audit,
            clock=self.clock,
            elicitation=elicitation,
            values=values,
            repeats=self.repeats,
            patience=self.patience,
        )

    def tidy(self) -> None:
        """Forget counters, questions and tasks of long ago; to be called once in a while."""
        for store in self.stores:
            try:
                store.tidy(self.clock())
            except StateFailed as fault:
                tell(str(fault))

    def finish(self) -> None:
        """Write down what was only counted so far; to be called at the end."""
        try:
            self.audit.write(*self.repeats.take_due())
        except AuditFailed as fault:
            tell(str(fault))


def equipment(options: argparse.Namespace) -> Equipment:
    """Open the state and the log; raises StateUnusable, StoreFailed or AuditFailed."""
    if options.state and (fault := foreign(options.state)):
        raise StoreFailed(fault)
    announce = _webhook(options).announce if options.webhook else lambda _: None
    redis, clock = is_redis(options.state), steady_clock()
    file, log, keys = state_file(None if redis else options.state), audit_file(options.audit), key_file(None)
    state = open_state(file, options.sync)
    own, key = SqliteCounters(state), load_key(keys)
    for words in (*held_by_others([file, log, keys]), *readable_by_all([keys, webhook_key_file()])):
        tell(words)
    if options.dry_run:
        tell("dry run: nothing is denied, it is only recorded what would have been")
    counters = open_counters(options.state) if redis else own
    approvals, tasks = Approvals(state, key, announce), _tasks(counters, state)
    shared = Equipment(
        counters=counters,
        pins=Pins(state),
        approvals=approvals,
        audit=AuditLog(log, sync=options.sync == "full", limit=options.audit_limit, tell=tell),
        repeats=Repeats(),
        tasks=tasks,
        stores=(own, approvals, tasks),
        clock=clock,
        dry_run=options.dry_run,
        ask_client=options.ask_client,
        patience=options.timeout,
        values_key=hmac.digest(key, b"values", "sha256") if options.audit_values == "hashed" else b"",
    )
    for store in shared.stores:
        store.tidy(clock())
    state.hurry(file)
    return shared


def _tasks(counters: Counters, state: State) -> Tasks:
    """Where the counters are shared by several machines, who has begun which task is known there, too."""
    if isinstance(counters, SqliteCounters):
        return SqliteTasks(state)
    from enforce.counters.redis import RedisCounters
    from enforce.redistasks import RedisTasks

    assert isinstance(counters, RedisCounters)  # noqa: S101 - there is no third kind
    return RedisTasks(counters)


def _webhook(options: argparse.Namespace) -> "Webhook":
    from enforce.cli.answering import Desk
    from enforce.webhook import Webhook, address_of

    address_of(options.webhook)  # nothing is made for an address that is none
    redis = is_redis(options.state)
    desk = Desk(state=state_file(None if redis else options.state), audit=audit_file(options.audit))
    return Webhook(options.webhook, load_key(webhook_key_file()), desk.answer, tell)
