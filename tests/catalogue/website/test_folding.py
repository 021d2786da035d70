"""No page grows beyond its bound, whatever is said on it."""

from catalogue.website.folding import LARGEST, folded


def section(name: str, size: int) -> bytes:
    """A section of about *size* bytes."""
    return f'<section aria-labelledby="{name}">\n<h2 id="{name}">{name}</h2>\n<p>{"x" * size}</p>\n</section>'.encode()


def test_a_page_that_is_small_enough_stays_as_it_is() -> None:
    page = b"<main>" + section("a", 30_000) + section("b", 20_000) + b"</main>"

    assert folded(page, "/x.json") == page


def test_the_longest_sections_give_way_first_and_keep_their_headings() -> None:
    page = b"<main>" + section("a", 30_000) + section("b", 70_000) + section("c", 40_000) + b"</main>"
    pointer = '<p>Too long for a page: it is in the <a href="/x.json">JSON twin</a>.</p></section>'
    small = {
        name: f'<section aria-labelledby="{name}">\n<h2 id="{name}">{name}</h2>{pointer}'.encode()
        for name in "bc"
    }

    assert folded(page, "/x.json") == b"<main>" + section("a", 30_000) + small["b"] + small["c"] + b"</main>"
    assert len(folded(page, "/x.json")) <= LARGEST


def test_the_tools_of_a_server_are_the_last_to_give_way() -> None:
    kept = section("tools", 40_000)
    page = b"<main>" + kept + section("policy", 18_000) + section("install", 6_000) + b"</main>"

    assert kept in folded(page, "/x.json")
    assert section("install", 6_000) in folded(page, "/x.json")
    assert len(folded(b"<main>" + section("tools", 70_000) + b"</main>", "/x.json")) <= LARGEST
