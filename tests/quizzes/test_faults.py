"""A server that dies at the worst moment: what it acknowledged is there, once, and nothing else."""

from collections.abc import Iterator

import pytest

from .journey import Site, new_site, serving

#: `bench/faults.py` goes through every moment from 1 to 300.
SAMPLE = (*range(1, 31, 2), *range(40, 341, 20))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site served by one process that kills itself when told to."""
    site = new_site(tmp_path_factory.mktemp("faults"))
    with serving(site):
        yield site


def test_a_journey_has_more_moments_to_die_at_than_the_sweep_tries(site: Site) -> None:
    learner = site.learner("Айгүл")
    site.arm(0)
    learner.take_the_quiz()
    assert site.moments() > max(SAMPLE)
    assert learner.problems() == []


@pytest.mark.parametrize("moment", SAMPLE)
def test_a_server_killed_while_answers_are_sent_loses_none_and_doubles_none(
    site: Site, moment: int
) -> None:
    learner = site.learner(f"Тыңдаушы {moment}")
    site.arm(moment)
    learner.take_the_quiz()
    assert site.moments() > moment
    assert learner.problems() == []
    assert site.ask("PRAGMA integrity_check") == [("ok",)]
