"""What answers say about a question, and whether it should be rewritten. Pure: counted answers in, figures out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from lms.quizzes.questions import Answer, Question
from lms.quizzes.statistics import ENOUGH, PLAIN, correlation, difference, mean, thirds

TOO_EASY, TOO_HARD, TOO_BLUNT = 0.95, 0.2, 0.1
LANGUAGES_APART = 0.15


class Reason(NamedTuple):
    """Why a question should be rewritten, in words; `option` is the HTML of the option meant."""

    words: Any
    option: str = ""


class Option(NamedTuple):
    """How often an option was chosen: by all, by the best third and by the worst third (0 to 1)."""

    letter: str
    html: str
    is_right: bool
    share: float
    best: float | None
    worst: float | None
    #: Whether the best choose it more than the worst do, plainly more than by chance.
    misleads: bool


@dataclass(frozen=True)
class Item:
    """What the answers say about one question, in the wording that is in use.

    `answers` counts everybody who was asked, also whoever left it empty; `wordings` says how many
    wordings the figures are taken from. `facility` and `discrimination` are as in `statistics`.
    """

    question: Question
    answers: int
    wordings: int
    facility: float
    discrimination: float | None
    #: Language → (answers, facility); only when there are enough answers in both.
    languages: Mapping[str, tuple[int, float]]
    options: Sequence[Option]
    reasons: Sequence[Reason]

    @property
    def is_judged(self) -> bool:
        """Whether there are enough answers to judge it."""
        return self.answers >= ENOUGH


class Counted(NamedTuple):
    """So many answers to one version of a question that are alike in all that is looked at."""

    version_id: int
    fraction: float
    #: The share reached in the rest of the attempt; None when there is no rest.
    rest: float | None
    language: str | None
    answer: Answer | None
    times: int


def item_of(question: Question, version_id: int, groups: Sequence[Counted]) -> Item:
    """Return what the answers to all wordings of a question say; `version_id` is the one in use."""
    in_use = [group for group in groups if group.version_id == version_id]
    # A rewritten question is judged anew, but a mended typo does not make it unknown.
    figures = in_use if _count(in_use) >= ENOUGH else groups
    pairs: Counter[tuple[float, float]] = Counter()
    for group in figures:
        if group.rest is not None:
            pairs[group.fraction, group.rest] += group.times
    facility = _facility(figures)
    discrimination = correlation(pairs)
    languages = _languages(figures)
    options = _options(question, in_use)
    return Item(
        question=question,
        answers=_count(figures),
        wordings=len({group.version_id for group in figures}),
        facility=facility,
        discrimination=discrimination,
        languages=languages,
        options=options,
        reasons=_reasons(_count(figures), facility, discrimination, languages, options),
    )


def _count(groups: Iterable[Counted]) -> int:
    return sum(group.times for group in groups)


def _facility(groups: Iterable[Counted]) -> float:
    return mean((group.fraction, group.times) for group in groups) or 0.0


def _languages(groups: Sequence[Counted]) -> dict[str, tuple[int, float]]:
    by_language = {
        language: [group for group in groups if group.language == language]
        for language in ("kk", "ru")
    }
    if any(_count(theirs) < ENOUGH for theirs in by_language.values()):
        return {}
    return {name: (_count(theirs), _facility(theirs)) for name, theirs in by_language.items()}


def _options(question: Question, groups: Sequence[Counted]) -> list[Option]:
    texts: Any = question.text.words.get("options")
    # Erased answers are gone while their marks stay: of those nobody knows what was chosen.
    answered = [group for group in groups if group.answer]
    if not _are_options(texts) or not answered:
        return []
    scores: Counter[float] = Counter()
    for group in answered:
        if group.rest is not None:
            scores[group.rest] += group.times
    ends = thirds(scores)
    best = [g for g in answered if ends and g.rest is not None and g.rest >= ends[1]]
    worst = [g for g in answered if ends and g.rest is not None and g.rest <= ends[0]]
    return [
        _option(question, letter, texts[letter]["html"], answered, best, worst)
        for letter in sorted(texts)
    ]


def _are_options(texts: Any) -> bool:
    # Other people's kinds of question may mean something else by the word.
    return isinstance(texts, dict) and all(
        isinstance(option, dict) and "html" in option for option in texts.values()
    )


def _option(
    question: Question,
    letter: str,
    html: str,
    answered: Sequence[Counted],
    best: Sequence[Counted],
    worst: Sequence[Counted],
) -> Option:
    is_right = letter in question.key.get("right", ())
    by_best, by_worst = _share(letter, best), _share(letter, worst)
    misleads = (
        not is_right
        and min(_count(best), _count(worst)) > 0
        and _count(answered) >= ENOUGH
        and difference(by_best or 0, _count(best), by_worst or 0, _count(worst)) > PLAIN
    )
    share = _share(letter, answered) or 0.0
    return Option(letter, html, is_right, share, by_best, by_worst, misleads)


def _share(letter: str, groups: Sequence[Counted]) -> float | None:
    count = _count(groups)
    if not count:
        return None
    return _count(g for g in groups if letter in (g.answer or {}).get("options", ())) / count


def _reasons(
    answers: int,
    facility: float,
    discrimination: float | None,
    languages: Mapping[str, tuple[int, float]],
    options: Sequence[Option],
) -> list[Reason]:
    if answers < ENOUGH:
        return []
    reasons = []
    if facility > TOO_EASY:
        reasons.append(Reason(_l("Too easy: almost everybody answers it right")))
    if facility < TOO_HARD:
        reasons.append(Reason(_l("Too hard: hardly anybody answers it right")))
    if discrimination is not None and discrimination < TOO_BLUNT:
        reasons.append(Reason(_l("It does not tell those who know from those who do not")))
    for option in options:
        if option.misleads:
            words = _l("The best learners choose this wrong option more often than the others")
            reasons.append(Reason(words, option.html))
    if _are_apart(languages):
        reasons.append(Reason(_l("Results in Kazakh and Russian differ: compare the two texts")))
    return reasons


def _are_apart(languages: Mapping[str, tuple[int, float]]) -> bool:
    if not languages:
        return False
    (count, share), (other_count, other_share) = languages.values()
    # Float dust must not keep a difference of exactly fifteen points from counting.
    is_large = abs(share - other_share) >= LANGUAGES_APART - 1e-9
    return is_large and abs(difference(share, count, other_share, other_count)) > PLAIN
