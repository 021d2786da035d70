"""Work on many things: in order, whoever does it, with something else done meanwhile."""

import pytest

from catalogue.website.crew import PATIENCE, Crew


@pytest.mark.parametrize("processes", [0, 1, 2])
@pytest.mark.parametrize("count", [0, 3, PATIENCE + 100])
def test_results_come_in_order_however_many_work(processes: int, count: int) -> None:
    steps = iter(range(1_000))
    with Crew(processes, dict) as crew:
        assert list(crew.run(abs, range(-count, 0), steps)) == list(range(count, 0, -1))


def test_what_is_done_meanwhile_may_come_to_its_end() -> None:
    steps = iter(range(1))
    with Crew(2, dict) as crew:
        assert len(list(crew.run(abs, range(PATIENCE + 100), steps))) == PATIENCE + 100


def test_a_fault_of_what_is_done_meanwhile_is_not_lost() -> None:
    steps = (1 / number for number in (1, 0))
    with pytest.raises(ZeroDivisionError), Crew(2, dict) as crew:
        list(crew.run(abs, range(PATIENCE + 1000), steps))
