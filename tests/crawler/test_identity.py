"""One server in several places is one server; two servers are never one, whatever they claim."""

from typing import Any

import pytest

from crawler.identity import Merged, Place, merge, place_of
from crawler.servers import Package, Repository, Server, ServerName

REPOSITORY = "https://github.com/Ann/notes"


def listing(
    name: str, *, repository: str | None = None, packages: tuple[str, ...] = (), **fields: Any
) -> Server:
    """A listing; packages are written `pypi:name`."""
    return Server(
        name=ServerName.parse(name),
        repository=Repository(url=repository) if repository else None,
        packages=tuple(
            Package(registry_type=kind, identifier=identifier)
            for kind, _, identifier in (text.partition(":") for text in packages)
        ),
        **fields,
    )


def together(*listings: Server) -> list[list[str]]:
    return [[str(name) for name in merged.listings] for merged in merge(listings)]


PYPI = listing(
    "pypi:mcp-notes", repository=REPOSITORY, mcp_name="io.github.ann/notes", packages=("pypi:mcp-notes",)
)
NPM = listing(
    "npm:@ann/notes", repository=REPOSITORY, mcp_name="io.github.ann/notes", packages=("npm:@ann/notes",)
)
ENTRY = listing(
    "registry:io.github.ann/notes",
    repository=REPOSITORY,
    packages=("pypi:mcp-notes", "npm:@ann/notes"),
    mcp_name="io.github.ann/notes",
)
SOURCE = listing("github:ann/notes", packages=("pypi:mcp-notes",))


def test_one_server_in_four_places_is_one_server() -> None:
    """The package stands for it, and nothing is in conflict."""
    assert merge([SOURCE, NPM, ENTRY, PYPI]) == [
        Merged(server=PYPI.name, listings=(PYPI.name, NPM.name, ENTRY.name, SOURCE.name), conflicts=())
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PYPI, ENTRY),
        (NPM, ENTRY),
        (PYPI, SOURCE),
        (listing("pypi:a", repository="git+ssh://git@github.com/Ann/Notes.git"), listing("github:Ann/Notes", packages=("pypi:a",))),
        (listing("pypi:a", repository=f"{REPOSITORY}/tree/main/src/a"), listing("github:ann/notes#src/a", packages=("pypi:a",))),
        (listing("pypi:a", repository=REPOSITORY), listing("github:ann/notes#src/a", packages=("pypi:a",))),
        (listing("registry:io.github.ann/x", repository=REPOSITORY), listing("github:ann/notes")),
        (listing("registry:com.ann/x", repository=REPOSITORY), listing("github:ann/notes", mcp_name="com.ann/x")),
        (listing("pypi:a_b", mcp_name="com.ann/x"), listing("registry:com.ann/x", packages=("pypi:A.B",))),
    ],
)  # fmt: skip
def test_two_listings_that_claim_each_other_are_one_server(one: Server, other: Server) -> None:
    """In whichever order they come."""
    assert len(merge([one, other])) == 1
    assert merge([one, other]) == merge([other, one])
    assert merge([one, other])[0].conflicts == ()


@pytest.mark.parametrize(
    ("listings", "conflicts"),
    [
        (
            [listing("pypi:evil", repository=REPOSITORY), SOURCE, PYPI],
            ["pypi:evil points at github:ann/notes, which does not confirm it"],
        ),
        (
            [listing("pypi:evil", mcp_name="io.github.ann/notes"), ENTRY, PYPI],
            ["pypi:evil calls itself registry:io.github.ann/notes, which does not confirm it"],
        ),
        (
            [listing("registry:io.github.eve/notes", packages=("pypi:mcp-notes",)), PYPI],
            ["registry:io.github.eve/notes lists pypi:mcp-notes, which does not confirm it"],
        ),
        (
            [listing("github:eve/notes", packages=("pypi:mcp-notes",)), SOURCE, PYPI],
            ["github:eve/notes lists pypi:mcp-notes, which does not confirm it"],
        ),
        (
            [listing("registry:io.github.eve/notes", repository=REPOSITORY), SOURCE],
            ["registry:io.github.eve/notes points at github:ann/notes, which does not confirm it"],
        ),
        (
            [
                listing("pypi:evil", repository=REPOSITORY),
                listing("github:ann/notes#src/a", packages=("pypi:a",)),
            ],
            ["pypi:evil points at github.com/ann/notes, where no server names it"],
        ),
    ],
)
def test_a_claim_that_nobody_confirms_is_shown_and_not_believed(
    listings: list[Server], conflicts: list[str]
) -> None:
    """A stranger does not become the server that it names."""
    merged = merge(listings)

    assert all(listings[0].name not in group.listings[1:] for group in merged)
    assert [group.listings for group in merged if listings[0].name in group.listings] == [(listings[0].name,)]
    assert [sentence for group in merged for sentence in group.conflicts] == conflicts


def test_a_claim_about_what_is_not_listed_is_no_conflict() -> None:
    """What nobody has crawled yet may well confirm it."""
    assert merge([PYPI]) == [Merged(server=PYPI.name, listings=(PYPI.name,))]


def test_the_servers_of_one_repository_stay_apart() -> None:
    """Each folder's manifest names its own package."""
    names = ("time", "fetch")
    packages = [
        listing(f"pypi:mcp-{name}", repository=f"{REPOSITORY}/tree/main/src/{name}") for name in names
    ]
    folders = [listing(f"github:ann/notes#src/{name}", packages=(f"pypi:mcp-{name}",)) for name in names]

    assert together(*packages, *folders) == [
        ["pypi:mcp-fetch", "github:ann/notes#src/fetch"],
        ["pypi:mcp-time", "github:ann/notes#src/time"],
    ]


def test_a_server_never_has_two_listings_of_one_ecosystem() -> None:
    """Though a manifest that lists two packages, and both of them, say so."""
    one, two = (listing(f"pypi:{name}", repository=REPOSITORY) for name in ("one", "two"))
    source = listing("github:ann/notes", packages=("pypi:one", "pypi:two"))
    merged = merge([one, two, source])

    assert [[str(name) for name in group.listings] for group in merged] == [
        ["pypi:one", "github:ann/notes"],
        ["pypi:two"],
    ]
    assert len(merged[0].conflicts) == len(merged[1].conflicts) == 1


@pytest.mark.parametrize(
    ("listings", "groups"),
    [
        # The owner's only entry is of another package than the repository.
        (
            [
                listing("registry:io.github.ann/b", repository=REPOSITORY, packages=("pypi:b",)),
                listing("pypi:b", mcp_name="io.github.ann/b"),
                listing("pypi:a", repository=REPOSITORY),
                listing("github:ann/notes", packages=("pypi:a",)),
            ],
            [["pypi:a", "github:ann/notes"], ["pypi:b", "registry:io.github.ann/b"]],
        ),
        # The repository names another entry than the owner's only listed one.
        (
            [
                listing("registry:io.github.ann/b", repository=REPOSITORY),
                listing("github:ann/notes", mcp_name="io.github.ann/a"),
            ],
            [["github:ann/notes"], ["registry:io.github.ann/b"]],
        ),
        # Two packages of one repository that call themselves differently.
        (
            [
                listing("pypi:a", repository=REPOSITORY, mcp_name="io.github.ann/a"),
                listing("npm:b", repository=REPOSITORY, mcp_name="io.github.ann/b"),
                listing("github:ann/notes", packages=("pypi:a", "npm:b")),
            ],
            [["npm:b", "github:ann/notes"], ["pypi:a"]],
        ),
        # Two packages that take the same name; the entry lists one of them.
        (
            [
                listing("pypi:a", mcp_name="com.ann/x"),
                listing("pypi:b", mcp_name="com.ann/x"),
                listing("registry:com.ann/x", packages=("pypi:b",)),
            ],
            [["pypi:a"], ["pypi:b", "registry:com.ann/x"]],
        ),
        # A fork with the manifest of what it was forked from.
        (
            [PYPI, SOURCE, listing("github:eve/notes", packages=("pypi:mcp-notes",), mcp_name="io.github.ann/notes")],
            [["github:eve/notes"], ["pypi:mcp-notes", "github:ann/notes"]],
        ),
    ],
)  # fmt: skip
def test_listings_that_name_different_things_are_different_servers(
    listings: list[Server], groups: list[list[str]]
) -> None:
    """Though each of the claims between them may be confirmed; in whichever order they come."""
    assert together(*listings) == groups
    assert together(*reversed(listings)) == groups


def test_what_is_confirmed_and_yet_kept_apart_says_why() -> None:
    """A reader would look for the missing confirmation otherwise."""
    entry = listing("registry:io.github.ann/b", repository=REPOSITORY, packages=("pypi:b",))
    (_, merged) = merge([entry, SOURCE])

    assert merged.conflicts == (
        "registry:io.github.ann/b points at github:ann/notes, but they name different packages or entries",
    )


def test_a_repository_that_was_renamed_is_found_by_its_old_address() -> None:
    """As GitHub leads there; what stands under the old name is no server and claims nothing."""
    old = listing("github:ann/was", repository=REPOSITORY, packages=("pypi:mcp-notes",))
    package = listing("pypi:mcp-notes", repository="https://github.com/ann/was")
    merged = merge([old, package, SOURCE])

    assert [[str(name) for name in group.listings] for group in merged] == [
        ["github:ann/was"],
        ["pypi:mcp-notes", "github:ann/notes"],
    ]
    assert [group.conflicts for group in merged] == [(), ()]


def test_of_several_entries_of_an_owner_nobody_guesses_one() -> None:
    """Two registry entries for one repository are two servers of it."""
    entries = [listing(f"registry:io.github.ann/{name}", repository=REPOSITORY) for name in ("a", "b")]

    assert together(*entries, listing("github:ann/notes")) == [
        ["github:ann/notes"],
        ["registry:io.github.ann/a"],
        ["registry:io.github.ann/b"],
    ]


@pytest.mark.parametrize(
    ("url", "folder", "place"),
    [
        ("https://github.com/Ann/Notes", None, Place("github.com/ann/notes")),
        ("https://www.github.com/ann/notes.git", None, Place("github.com/ann/notes")),
        ("https://github.com/ann/notes/tree/main/src/a/", None, Place("github.com/ann/notes", "src/a")),
        ("https://github.com/ann/notes#readme", "./src/a", Place("github.com/ann/notes", "src/a")),
        ("https://gitlab.com/ann/notes/-/tree/main/a", None, Place("gitlab.com/ann/notes", "a")),
        ("https://github.com/ann", None, None),
        ("https://[/x/y", None, None),
    ],
)
def test_an_address_is_a_place(url: str, folder: str | None, place: Place | None) -> None:
    """Whatever spelling a listing has for it."""
    assert place_of(Repository(url=url, subfolder=folder)) == place
