"""A state file as many open it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

from enforce.state import VERSION, open_state

OPENERS = 8


def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """None of them finds it locked, whoever is the first to write into it."""

    def version(path: Path) -> int:
        together.wait()
        with closing(open_state(path)) as state:
            return int(state.execute("PRAGMA user_version").fetchone()[0])

    together = Barrier(OPENERS)
    with ThreadPoolExecutor(OPENERS) as pool:
        for round in range(20):
            path = tmp_path / f"{round}.db"
            assert list(pool.map(version, [path] * OPENERS)) == [VERSION] * OPENERS
