"""What the verbs of a name or sentence say that a call does, by the guide's words."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from classifier.categories import Category
from classifier.words import stem


class Action(Struct, frozen=True):
    """A verb that was found, what it stands for, and which words of its text it covers."""

    category: Category
    verb: str
    start: int
    end: int


_VERBS: dict[Category, str] = {
    Category.READ: """
        get list search find fetch retrieve read show view describe check lookup count inspect analyze analyse
        summarize summarise validate verify compute calculate convert compare diff parse explain detect estimate
        preview format render extract browse scrape crawl look examine display lint evaluate measure monitor
        recall identify discover resolve translate decode encode query obtain recommend suggest peek poll wait
        quote simulate scan screenshot snapshot ping whoami help download audit predict classify
        score rank aggregate filter sort export trace profile debug review think ask enumerate dump tail head grep
        glob cat hash diagnose introspect lookup locate collect gather watch is has return returns provides
    """,
    Category.WRITE: """
        create add update set edit patch rename move archive unarchive write put post send upload insert append
        modify change assign unassign tag label comment reply publish unpublish schedule save store register
        import attach detach link unlink mark upsert replace copy duplicate clone fork invite share follow
        unfollow subscribe unsubscribe configure enable disable toggle generate make draft commit push merge
        close reopen log record track submit sync restore undo redo complete pin unpin star unstar like unlike
        react vote bookmark approve reject block unblock mute unmute lock unlock join leave transfer
        convert remember connect login logout authenticate sign select switch use init initialize setup
        resize rotate crop annotate highlight notify forward email tweet message whitelist grant increment
        save adjust customize bulk batch split group ungroup reorder swap apply
    """,
    Category.EXECUTE: """
        run execute exec eval evaluate invoke call trigger launch start stop restart reboot deploy build compile
        install upgrade click type press tap swipe scroll hover drag navigate open goto play pause resume skip
        speak spawn test migrate scale retry rerun rollback shutdown abort dispatch delegate control turn
        dial provision load fill interact automate kick handle process submit fire boot suspend hibernate
    """,
    Category.DESTRUCTIVE: """
        delete remove destroy drop purge wipe erase truncate uninstall revoke terminate kill clear reset
        prune discard forget empty overwrite del rm rmdir deprovision unregister expunge flush nuke
        obliterate deregister evict teardown invalidate
    """,
    Category.FINANCIAL: """
        pay refund buy sell purchase withdraw deposit trade swap stake unstake mint donate checkout charge
        payout redeem borrow repay lend tip
    """,
}

#: Stem of each verb with the categories that it may stand for, the usual one first.
MEANINGS: dict[str, tuple[Category, ...]] = {}
for _category, _listed in _VERBS.items():
    for _verb in _listed.split():
        MEANINGS[stem(_verb)] = (*MEANINGS.get(stem(_verb), ()), _category)

#: Verbs that are as often nouns in an identifier: believed at the front, elsewhere only if no other verb stands there.
NOUNS = frozenset(
    [
        "post",
        "comment",
        "list",
        "order",
        "trade",
        "query",
        "log",
        "report",
        "record",
        "test",
        "run",
        "build",
        "review",
        "note",
        "label",
        "tag",
        "link",
        "message",
        "email",
        "profile",
        "trace",
        "snapshot",
        "screenshot",
        "quote",
        "score",
        "rank",
        "group",
        "batch",
        "bulk",
        "schedule",
        "process",
        "type",
        "press",
        "head",
        "tail",
        "cat",
        "share",
        "vote",
        "transfer",
        "commit",
        "fork",
        "branch",
        "label",
        "star",
        "pin",
        "block",
        "lock",
        "track",
        "export",
        "import",
        "sync",
        "draft",
        "like",
        "tip",
        "swap",
        "charge",
        "deposit",
        "call",
        "mark",
        "sign",
        "use",
        "filter",
        "sort",
        "format",
        "debug",
        "audit",
        "monitor",
        "play",
        "control",
        "load",
        "open",
        "close",
        "switch",
        "help",
        "return",
        "stake",
        "mint",
        "checkout",
        "purchase",
        "payout",
        "set",
        "copy",
        "change",
        "scan",
        "watch",
        "patch",
        "hash",
        "sort",
        "is",
        "has",
        "merge",
        "release",
        "follow",
        "suspend",
        "subscribe",
        "handle",
    ]
)


def actions(words: Sequence[str]) -> Iterator[Action]:
    """Every verb among *words*, in order."""
    for at, word in enumerate(words):
        meanings = MEANINGS.get(word)
        if meanings:
            yield Action(meanings[0], word, at, at + 1)


def leading(words: Sequence[str]) -> Action | None:
    """The verb that names what the tool does: the first that is no noun, a noun only in front or for want of better."""
    fallback = None
    for action in actions(words):
        if action.verb not in NOUNS or action.start == 0:
            return action
        fallback = fallback or action
    return fallback
