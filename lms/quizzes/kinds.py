"""Which kinds of question there are, and what stands in for a kind that is gone."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from lms.plugins import contributed
from lms.quizzes.questions import Answer, Question, QuestionType


def question_types() -> list[QuestionType]:
    """Return every kind of question that plugins contribute, in load order."""
    return contributed(QuestionType)


def kind_of(type_name: str) -> QuestionType:
    """Return the kind of this name; `GONE` if its plugin is not installed any more."""
    return next((kind for kind in question_types() if kind.name == type_name), GONE)


def _keep_nothing(question: Question, form: Mapping[str, Sequence[str]]) -> Answer | None:
    return None


def _plain_values(question: Question, answer: Answer) -> list[str]:
    return [escape(str(part)) for value in answer.values() for part in _several(value)]


def _several(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else [value]


#: Shows a question and its answer, takes no new answer, and is left out of the score.
GONE = QuestionType(
    name="gone",
    read=lambda source: None,
    template="quizzes/_gone.html",
    parse_answer=_keep_nothing,
    fill=lambda question, answer: {},
    mark=lambda question, answer: 0.0,
    describe_answer=_plain_values,
    describe_right=lambda question: [],
)
