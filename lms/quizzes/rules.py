"""The rules of a quiz, as course.toml gives them, and what a score is under them. Pure."""

import math
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Weight = Annotated[float, msgspec.Meta(gt=0, le=100)]

LONGEST_LIMIT = 24 * 60
LONGEST_WAIT = 30 * 24


class QuizSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What course.toml says about a quiz.

    0 questions to draw means all, 0 attempts no limit, 0 minutes no time limit, 0 hours no wait.
    `tags` names the questions of each tag, `draw` may then say how many of each are drawn;
    `weights` has the questions that do not count 1. `counts` says which attempts make the score,
    `shows` what the page of a result shows of it, and `shows_when` from when on the answers.
    With `partial`, some of several right options count in part; so many `typos` in a word are overlooked.
    """

    draw: Count | dict[str, Annotated[int, msgspec.Meta(ge=1, le=1000)]] = 0
    attempts: Count = 0
    pass_mark: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    shuffle: bool = True
    minutes_limit: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_LIMIT)] = 0
    wait: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_WAIT)] = 0
    counts: Literal["best", "last", "first", "mean"] = "best"
    weights: dict[str, Weight] = {}
    negative: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0
    tags: dict[str, list[str]] = {}
    shows: Literal["all", "score", "nothing"] = "all"
    shows_when: Literal["submitted", "closed"] = "submitted"
    partial: bool = False
    typos: Annotated[int, msgspec.Meta(ge=0, le=2)] = 0

    def __post_init__(self) -> None:
        """Refuse rules that contradict each other."""
        for problem in _contradictions(self):
            raise ValueError(problem)

    def drawn_of(self, pool: int) -> int:
        """Return how many questions an attempt draws from a pool of this size."""
        wanted = self.draw if isinstance(self.draw, int) else sum(self.draw.values())
        return min(wanted or pool, pool)


def pool_problems(settings: QuizSettings, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return (severity, message) of what the rules ask for and the questions do not give."""
    named = {"weights": list(settings.weights)}
    named |= {f"tags.{tag}": questions for tag, questions in settings.tags.items()}
    for where, questions in named.items():
        for question in questions:
            if question not in ids:
                yield "error", f"{where} names “{question}”, but there is no such question"
    if isinstance(settings.draw, int):
        yield from _too_few("", settings.draw, len(ids))
        return
    for tag, count in settings.draw.items():
        yield from _too_few(f" tagged “{tag}”", count, len(set(settings.tags[tag]) & set(ids)))


def score_of(marks: Sequence[tuple[float | None, float, bool]], negative: float = 0) -> int:
    """Return the per cent reached by (fraction, weight, whether answered), rounded down.

    A question without a fraction does not count. An answer that is wholly wrong takes `negative`
    of its question's weight away; the whole is never below 0.
    """
    counted = [mark for mark in marks if mark[0] is not None]
    if not counted:
        return 0
    reached = math.fsum(
        weight * (-negative if answered and not fraction else fraction or 0)
        for fraction, weight, answered in counted
    )
    # Rounded down, so that a score of 70 is never a pass by rounding; first freed of float dust.
    return math.floor(round(100 * max(0, reached) / math.fsum(mark[1] for mark in counted), 6))


def score_that_counts(counts: str, scores: Sequence[int]) -> int | None:
    """Return the score that attempts make together, in the order submitted; None without any."""
    if not scores:
        return None
    of_all = {
        "best": max(scores),
        "last": scores[-1],
        "first": scores[0],
        "mean": math.floor(math.fsum(scores) / len(scores)),
    }
    return of_all[counts]


def is_passed(counts: str, results: Sequence[tuple[int, int]]) -> bool:
    """Say whether, after any of these (score, pass mark), the score that counted was a pass."""
    scores = [score for score, _ in results]
    return any(
        (score_that_counts(counts, scores[:number]) or 0) >= pass_mark
        for number, (_, pass_mark) in enumerate(results, 1)
    )


def _contradictions(settings: QuizSettings) -> Iterator[str]:
    if settings.shows_when == "closed" and settings.shows != "all":
        yield 'shows_when = "closed" keeps back the answers; it needs shows = "all"'
    if settings.shows_when == "closed" and not settings.attempts:
        yield 'shows_when = "closed" waits for the last attempt; set attempts'
    if isinstance(settings.draw, int):
        return
    if not settings.draw:
        yield "draw names no tag"
    tagged: dict[str, str] = {}
    for tag in settings.draw:
        if tag not in settings.tags:
            yield f"draw names the tag “{tag}”, which tags does not have"
            return
        for question in settings.tags[tag]:
            if question in tagged:
                yield f"“{question}” stands twice among the tags that are drawn from"
            tagged[question] = tag


def _too_few(which: str, draw: int, count: int) -> Iterator[tuple[str, str]]:
    if count < draw:
        yield "error", f"an attempt draws {draw} questions{which}, but there are {count}"
    elif draw and count < 2 * draw:
        message = f"{count} questions{which}; with a draw of {draw}, write at least {2 * draw}"
        yield "warning", message
