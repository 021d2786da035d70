"""The disk that introspection uses stays bounded, and nothing is taken away from an installation under way."""

import os
from pathlib import Path

import pytest

from crawler.introspect.packages.sweeping import ABANDONED, EVERY, RETIRED, cache_of, size, sweep
from crawler.introspect.sandboxes.removing import remove

NOW = 2_000_000_000.0


def fill(folder: Path, kilobytes: int, *, age: float = 0.0) -> Path:
    """A folder of this size that was last changed so many seconds ago."""
    folder.mkdir(exist_ok=True)
    (folder / "file").write_bytes(os.urandom(kilobytes * 1024))
    os.utime(folder, (NOW - age, NOW - age))
    return folder


def names(pool: Path) -> set[str]:
    return {path.name for path in pool.iterdir() if path.name != "swept"}


def test_there_is_always_a_cache(tmp_path: Path) -> None:
    """The same one, until another is begun."""
    cache = cache_of(tmp_path, NOW)

    assert cache.is_dir()
    assert cache_of(tmp_path, NOW + 5) == cache


@pytest.mark.parametrize(("age", "kept"), [(60.0, True), (ABANDONED - 1.0, True), (ABANDONED + 1.0, False)])
def test_what_a_killed_crawl_left_is_removed_after_a_day(tmp_path: Path, age: float, *, kept: bool) -> None:
    """Nothing that could still be in use is."""
    fill(tmp_path / "tmpabc", 1, age=age)
    sweep(tmp_path, NOW)

    assert ("tmpabc" in names(tmp_path)) == kept


def test_a_cache_that_became_too_large_is_replaced_and_later_removed(tmp_path: Path) -> None:
    """However many packages are installed, there is never more than two caches and what came in ten minutes."""
    first = cache_of(tmp_path, NOW)
    fill(first, 300)
    sweep(tmp_path, NOW + RETIRED + 1, most=200 * 1024)
    second = cache_of(tmp_path, NOW + RETIRED + 2)
    assert names(tmp_path) == {first.name, second.name}
    assert first != second

    sweep(tmp_path, NOW + RETIRED + EVERY, most=200 * 1024)
    assert first.exists(), "somebody may still be installing from it"
    sweep(tmp_path, NOW + 2 * RETIRED + 5, most=200 * 1024)
    assert names(tmp_path) == {second.name}


def test_a_cache_of_a_fair_size_is_kept(tmp_path: Path) -> None:
    """It is what makes the next installation quick."""
    cache = cache_of(tmp_path, NOW)
    fill(cache, 300)
    sweep(tmp_path, NOW + 10 * RETIRED, most=400 * 1024)

    assert cache_of(tmp_path, NOW) == cache


def test_it_is_looked_at_every_ten_minutes_at_most(tmp_path: Path) -> None:
    """To count a large folder takes its time."""
    sweep(tmp_path, NOW)
    fill(tmp_path / "tmpabc", 1, age=2 * ABANDONED)
    sweep(tmp_path, NOW + EVERY - 1)
    assert "tmpabc" in names(tmp_path)

    sweep(tmp_path, NOW + EVERY)
    assert "tmpabc" not in names(tmp_path)


def test_links_are_removed_and_never_followed(tmp_path: Path) -> None:
    """An installer's sandbox may write to the pool, and what runs in it is not to be trusted."""
    pool, outside = tmp_path / "pool", fill(tmp_path / "outside", 300)
    pool.mkdir()
    (pool / "tmplink").symlink_to(outside)
    os.utime(pool / "tmplink", (NOW - 2 * ABANDONED,) * 2, follow_symlinks=False)
    cache = cache_of(pool, NOW)
    (cache / "link").symlink_to(outside)
    sweep(pool, NOW)

    assert names(pool) == {cache.name}
    assert (outside / "file").exists()
    assert size(cache) < 100 * 1024


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    """Installers link what they install to their cache."""
    fill(tmp_path / "a", 200)
    os.link(tmp_path / "a" / "file", tmp_path / "a" / "again")

    assert size(tmp_path) < 250 * 1024


def test_a_cache_is_measured_however_deep_it_is(tmp_path: Path) -> None:
    """One package that goes down farther than an interpreter does not end every crawl to come."""
    here = tmp_path / "cache"
    here.mkdir()
    for _ in range(1_500):
        here = here / "d"
        here.mkdir()
    (here / "file").write_bytes(os.urandom(8192))

    measured = size(tmp_path)
    # pytest goes no deeper than the interpreter either.
    remove(tmp_path / "cache")

    assert measured >= 8192
