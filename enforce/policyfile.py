"""Policy files: reading them with every mistake named by its line, and writing them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from enforce.errors import EnforceError
from enforce.paths import pointer
from enforce.policy import Policy
from enforce.policywrite import policy_document, write_policy
from enforce.reading import grammar
from enforce.reading.cursor import Cursor, Noted
from enforce.reading.trees import BadText, Place, Syntax, Tree, read_tree

__all__ = [
    "Fault", "PolicyErrors", "Reading", "examine", "load_policy", "policy_document", "read_policy", "write_policy",
]  # fmt: skip

#: Characters; a larger file is no policy.
LARGEST = 8_000_000


class Fault(Struct, frozen=True, kw_only=True, order=True):
    """One mistake in a policy file."""

    #: Both counted from 1; 0 where it is the file as a whole that is wrong.
    line: int
    column: int
    #: JSON Pointer to the value, "" for the whole document.
    pointer: str
    #: What is wrong and, where we can guess, what was meant.
    message: str

    def __str__(self) -> str:
        if not self.line:
            return self.message
        where = f" {self.pointer}:" if self.pointer else ""
        return f"line {self.line}, column {self.column}:{where} {self.message}"


class PolicyErrors(EnforceError):
    """A policy that cannot be used, with everything that is wrong with it, in the order of the file."""

    def __init__(self, source: str, faults: Sequence[Fault]) -> None:
        super().__init__(source, faults)
        self.source = source
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(f"{self.source}: {fault}" for fault in self.faults)


class Reading(Struct, frozen=True, kw_only=True):
    """A policy as read, and what a person should know of it."""

    policy: Policy
    warnings: tuple[Fault, ...] = ()


def load_policy(path: Path | str) -> Policy:
    """Read the policy in the file *path*; raises PolicyErrors, also where the file cannot be read."""
    return read_policy(read_source(path), str(path))


def read_source(path: Path | str) -> str:
    """The text of the file *path*; raises PolicyErrors."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(4 * LARGEST + 1)  # some files have no end
        if (
            len(content) > 4 * LARGEST
        ):  # a part of it could mean something else, and mean it without a mistake
            raise _one_error(str(path), f"it is longer than {LARGEST} characters")
        text = decoded(content, str(path))
        if not text.strip():
            raise _one_error(str(path), "it is empty")
        return text
    except OSError as error:
        raise _one_error(str(path), error.strerror or str(error)) from None


def decoded(content: bytes, source: str) -> str:
    """The text of what was read from *source*, without the mark that editors of Windows put first; raises PolicyErrors."""
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _one_error(source, f"byte {error.start} is no UTF-8") from None


def read_policy(text: str, source: str) -> Policy:
    """Read *text*; the ending of *source* says whether it is YAML or JSON. Raises PolicyErrors."""
    return examine(text, source).policy


def examine(text: str, source: str) -> Reading:
    """As `read_policy`, with warnings."""
    if len(text) > LARGEST:
        raise _one_error(source, f"it is longer than {LARGEST} characters")
    try:
        text.encode()
        tree = read_tree(text, syntax_of(text, source))
    except UnicodeEncodeError:
        raise _one_error(source, "it holds half of a surrogate pair") from None
    except BadText as error:
        raise PolicyErrors(source, [_fault((), error.place, error.fault)]) from None
    faults: list[Noted] = []
    warnings: list[Noted] = []
    policy = grammar.policy(Cursor(tree.value, (), faults, warnings))
    if faults or tree.faults:
        in_text = [_fault(path, place, message) for path, place, message in tree.faults]
        raise PolicyErrors(source, sorted(in_text + _placed(tree, faults)))
    return Reading(policy=policy, warnings=tuple(sorted(_placed(tree, warnings))))


def locate(text: str, source: str) -> Mapping[str, Place]:
    """The place of every part of a text that has been read, by JSON Pointer."""
    places = read_tree(text, syntax_of(text, source)).places()
    return {pointer(path): place for path, place in places.items()}


def syntax_of(text: str, source: str) -> Syntax:
    """By the ending of the file's name; without one, a text that starts with a brace is JSON."""
    ending = source.rpartition(".")[2].lower()
    if ending in ("yaml", "yml"):
        return "yaml"
    return "json" if ending == "json" or text.lstrip()[:1] == "{" else "yaml"


def _placed(tree: Tree, noted: Sequence[Noted]) -> list[Fault]:
    if not noted:
        return []
    places = tree.places()
    return [_fault(path, places.get(path, Place(1, 1)), message) for path, message in noted]


def _fault(path: tuple[str | int, ...], place: Place, message: str) -> Fault:
    return Fault(line=place.line, column=place.column, pointer=pointer(path), message=message)


def _one_error(source: str, message: str) -> PolicyErrors:
    return PolicyErrors(source, [Fault(line=0, column=0, pointer="", message=message)])
