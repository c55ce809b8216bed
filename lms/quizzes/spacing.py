"""When a missed question comes back: FSRS, counted in days of the calendar.

Everything here is pure: what is kept of a card and a day in, the same later out.
"""

from datetime import UTC, date, datetime, time
from typing import Any

import fsrs

from lms.clock import ALMATY

LONGEST_PAUSE_IN_DAYS = 365

# No steps of minutes: a card comes back on another day. No dice: the same answers, the same days.
_scheduler = fsrs.Scheduler(
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=LONGEST_PAUSE_IN_DAYS,
    enable_fuzzing=False,
)


def first_missed(question_id: int, day: date) -> dict[str, Any]:
    """Return the state of a new card: its question was missed on `day`."""
    # A card that is given no id of its own waits a millisecond for one.
    card = fsrs.Card(card_id=question_id, due=_beginning_of(day))
    return _reviewed(card, fsrs.Rating.Again, day)


def reviewed(state: dict[str, Any], day: date, *, remembered: bool) -> dict[str, Any]:
    """Return the state of a card after its question was answered on `day`."""
    rating = fsrs.Rating.Good if remembered else fsrs.Rating.Again
    return _reviewed(fsrs.Card.from_dict(state), rating, day)  # type: ignore[arg-type]


def due_at(state: dict[str, Any]) -> datetime:
    """Return when the card's day begins."""
    return datetime.fromisoformat(state["due"])


def _reviewed(card: fsrs.Card, rating: fsrs.Rating, day: date) -> dict[str, Any]:
    # The package counts full days from moment to moment. From midnight to midnight, last evening
    # is a day ago, and whatever is due today is due from the morning on.
    card, _ = _scheduler.review_card(card, rating, _beginning_of(day))
    return dict(card.to_dict())


def _beginning_of(day: date) -> datetime:
    return datetime.combine(day, time(), ALMATY).astimezone(UTC)
