"""What figures say about a question: pure formulas, each with where it comes from."""

import math
from collections.abc import Iterable, Mapping

#: Fewer answers than this say more about those who answered than about the question.
ENOUGH = 30

#: From here on a difference is plain: chance alone passes it once in a hundred times (two-sided).
PLAIN = 2.58


def mean(values: Iterable[tuple[float, int]]) -> float | None:
    """Return the mean of (value, how often); None of nothing.

    Of a question's fractions this is its facility: Moodle, “Quiz statistics calculations”,
    https://docs.moodle.org/dev/Quiz_statistics_calculations, “Facility index”.
    """
    listed = list(values)
    count = sum(n for _, n in listed)
    return math.fsum(value * n for value, n in listed) / count if count else None


def correlation(pairs: Mapping[tuple[float, float], int]) -> float | None:
    """Return Pearson's r of (x, y) → how often, from −1 to 1; None where one of them never differs.

    r = Σ(x − x̄)(y − ȳ) ÷ √(Σ(x − x̄)² · Σ(y − ȳ)²). With x the fraction of a question and y the
    share reached in the rest of the attempt this is Moodle's discrimination index, C(x, X − x) ÷
    √(V(x) · V(X − x)), without its factor 100: https://docs.moodle.org/dev/Quiz_statistics_calculations,
    “Discrimination index”.
    """
    x_mean = mean((x, n) for (x, _), n in pairs.items())
    y_mean = mean((y, n) for (_, y), n in pairs.items())
    if x_mean is None or y_mean is None:
        return None
    together = math.fsum(n * (x - x_mean) * (y - y_mean) for (x, y), n in pairs.items())
    x_spread = math.fsum(n * (x - x_mean) ** 2 for (x, _), n in pairs.items())
    y_spread = math.fsum(n * (y - y_mean) ** 2 for (_, y), n in pairs.items())
    dust = 1e-12 * sum(pairs.values())
    if x_spread <= dust or y_spread <= dust:
        return None
    return max(-1.0, min(1.0, together / (math.sqrt(x_spread) * math.sqrt(y_spread))))


def difference(share: float, count: int, other_share: float, other_count: int) -> float:
    """Return z of the two-proportion test; its sign is that of `share` − `other_share`.

    z = (p₁ − p₂) ÷ √(p(1 − p)(1/n₁ + 1/n₂)), p being the share of both together: NIST/SEMATECH
    e-Handbook of Statistical Methods, 7.3.3, https://www.itl.nist.gov/div898/handbook/prc/section3/prc33.htm.
    For means of fractions between 0 and 1, which vary less than shares do, it is on the safe side.
    """
    both = (share * count + other_share * other_count) / (count + other_count)
    spread = both * (1 - both) * (1 / count + 1 / other_count)
    return (share - other_share) / math.sqrt(spread) if spread > 0 else 0.0


def thirds(scores: Mapping[float, int]) -> tuple[float, float] | None:
    """Return (highest score of the worst third, lowest of the best third) of score → how often.

    Equal scores stay together, so a third may hold more. None where the thirds would meet.
    Groups from both ends, on what else somebody knows: T. L. Kelley, “The selection of upper and
    lower groups for the validation of test items”, Journal of Educational Psychology 30 (1939) 17–24;
    thirds in place of his 27 %, so that short lists fill them too.
    """
    in_order = sorted(scores)
    third = math.ceil(sum(scores.values()) / 3)
    worst = _score_at(in_order, scores, third)
    best = _score_at(list(reversed(in_order)), scores, third)
    return (worst, best) if worst is not None and best is not None and worst < best else None


def _score_at(in_order: list[float], scores: Mapping[float, int], rank: int) -> float | None:
    passed = 0
    for score in in_order:
        passed += scores[score]
        if passed >= rank:
            return score
    return None
