"""The formulas beside the standard library's, and beside figures worked out by hand."""

import statistics as library
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.statistics import correlation, difference, mean, thirds

shares = st.integers(0, 100).map(lambda n: n / 100)
pairs = st.lists(st.tuples(shares, shares), min_size=2, max_size=60)


def test_the_mean_counts_how_often() -> None:
    assert mean([(1.0, 3), (0.5, 1), (0.0, 4)]) == 3.5 / 8
    assert mean([]) is None


def test_correlation_is_what_a_calculator_says() -> None:
    # x̄ = 0.5 and ȳ = 0.55: Σ(x − x̄)(y − ȳ) = 0.5 · (0.45 + 0.05 + 0.15 + 0.35) = 0.5,
    # Σ(x − x̄)² = 1, Σ(y − ȳ)² = 0.2025 + 0.0025 + 0.0225 + 0.1225 = 0.35; 0.5 / √0.35 = 0.84515
    table = {(1.0, 1.0): 1, (1.0, 0.6): 1, (0.0, 0.4): 1, (0.0, 0.2): 1}
    assert correlation(table) == pytest.approx(0.84515, abs=1e-5)


@given(pairs)
def test_correlation_is_the_standard_library_s(listed: list[tuple[float, float]]) -> None:
    ours = correlation(Counter(listed))
    xs, ys = zip(*listed, strict=True)
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        assert ours is None
    else:
        assert ours == pytest.approx(library.correlation(xs, ys), abs=1e-9)


@given(pairs, st.integers(2, 5))
def test_asking_more_of_the_same_people_changes_no_correlation(
    listed: list[tuple[float, float]], times: int
) -> None:
    once = correlation(Counter(listed))
    often = correlation({pair: n * times for pair, n in Counter(listed).items()})
    assert once == (often if often is None else pytest.approx(often, abs=1e-9))


def test_the_difference_of_two_shares_is_that_of_the_handbook() -> None:
    # p = (60 + 45) / 200 = 0.525; √(0.525 · 0.475 · 2/100) = 0.070622; 0.15 / 0.070622 = 2.12397
    assert difference(0.6, 100, 0.45, 100) == pytest.approx(2.12397, abs=1e-5)
    assert difference(0.45, 100, 0.6, 100) == pytest.approx(-2.12397, abs=1e-5)


@given(shares, st.integers(1, 1000), st.integers(1, 1000))
def test_equal_shares_do_not_differ(share: float, count: int, other_count: int) -> None:
    assert difference(share, count, share, other_count) == pytest.approx(0, abs=1e-6)


def test_a_share_that_nobody_or_everybody_has_is_no_division_by_zero() -> None:
    assert difference(0, 30, 0, 30) == 0
    assert difference(1, 30, 1, 30) == 0


def test_thirds_are_taken_from_both_ends() -> None:
    assert thirds({10: 1, 20: 1, 30: 1, 40: 1, 50: 1, 60: 1}) == (20, 50)


def test_equal_scores_stay_in_one_third() -> None:
    assert thirds({0: 50, 50: 10, 100: 40}) == (0, 100)


def test_there_are_no_thirds_where_everybody_is_alike() -> None:
    assert thirds({70: 100}) is None
    assert thirds({0: 1, 50: 98, 100: 1}) is None
    assert thirds({}) is None


@given(st.dictionaries(shares, st.integers(1, 50), min_size=1, max_size=20))
def test_thirds_hold_at_least_a_third_and_never_meet(scores: dict[float, int]) -> None:
    found = thirds(scores)
    if found is not None:
        worst, best = found
        everybody = sum(scores.values())
        assert worst < best
        assert 3 * sum(n for score, n in scores.items() if score <= worst) >= everybody
        assert 3 * sum(n for score, n in scores.items() if score >= best) >= everybody
