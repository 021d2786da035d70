"""Keeps the folder of installations from growing: what a killed crawl left, and caches that became too large.

A cache that is too large is not emptied, since somebody may be installing from it at this moment: a new one is begun
beside it, and the old one is removed once no installation can still be using it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from crawler.introspect.sandboxes.removing import remove

#: What installers may keep from one installation to the next; bytes.
MOST_CACHE = 10 << 30
#: Seconds between two looks, after which an old cache is used by nobody, and after which a bench is abandoned.
EVERY, RETIRED, ABANDONED = 600, 3_600, 86_400

_CACHE, _MARK = "cache-", "swept"


def cache_of(pool: Path, now: float) -> Path:
    """The newest cache below this folder, made if there is none; *now* is in seconds since 1970."""
    caches = _caches(pool)
    return caches[-1] if caches else _begin(pool, now)


def sweep(pool: Path, now: float, *, most: int = MOST_CACHE) -> None:
    """Remove what nobody needs any more, unless somebody has just done so."""
    mark = pool / _MARK
    if _since(mark, now) < EVERY:
        return
    mark.touch()
    os.utime(mark, (now, now))
    for bench in [path for path in pool.iterdir() if not path.name.startswith(_CACHE) and path != mark]:
        if _since(bench, now) > ABANDONED:
            _remove(bench)
    *old, newest = _caches(pool) or [_begin(pool, now)]
    if now - _begun(newest) > RETIRED:
        for cache in old:
            _remove(cache)
        if size(newest) > most:
            _begin(pool, now)


def size(folder: Path) -> int:
    """Bytes on disk of all files below; a file with several names counts once, links are not followed."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for status in _statuses(folder):
        if (key := (status.st_dev, status.st_ino)) not in seen:
            if status.st_nlink > 1:
                seen.add(key)
            total += status.st_blocks * 512
    return total


def _statuses(folder: Path) -> Iterator[os.stat_result]:
    """Of every file, however deep: `os.walk` of older interpreters goes down by recursion, and a package may be deeper."""
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        yield entry.stat(follow_symlinks=False)
        except OSError:
            # It is gone meanwhile, or too deep to be named.
            continue


def _caches(pool: Path) -> list[Path]:
    """The oldest first."""
    return sorted(
        (path for path in pool.glob(f"{_CACHE}*") if path.name.removeprefix(_CACHE).isdigit()), key=_begun
    )


def _begun(cache: Path) -> float:
    return float(cache.name.removeprefix(_CACHE))


def _begin(pool: Path, now: float) -> Path:
    cache = pool / f"{_CACHE}{int(now)}"
    cache.mkdir(exist_ok=True)
    cache.chmod(0o777)
    return cache


def _since(path: Path, now: float) -> float:
    try:
        return now - path.lstat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        remove(path)
    else:
        path.unlink(missing_ok=True)
