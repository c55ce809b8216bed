"""Tables of quizzes: questions and their versions, attempts, and answers that are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Row, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Model


class QuestionRow(Model):
    """A question under its lasting id, whatever its wording."""

    __tablename__ = "quizzes_question"
    __table_args__ = (UniqueConstraint("activity_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("courses_activity.id"))
    key: Mapped[str] = mapped_column(String(64))


class QuestionVersion(Model):
    """A question as it stood: all languages and the right answer. It never changes."""

    __tablename__ = "quizzes_question_version"
    __table_args__ = (UniqueConstraint("question_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("quizzes_question.id"))
    digest: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(32))
    definition: Mapped[dict[str, Any]]


class Pool(Model):
    """A quiz as published: titles and introductions by language, and what attempts draw from.

    It never changes; the course's outline names the current one by its digest.
    """

    __tablename__ = "quizzes_pool"
    __table_args__ = (UniqueConstraint("activity_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("courses_activity.id"))
    digest: Mapped[str] = mapped_column(String(64))
    titles: Mapped[dict[str, Any]]
    intros: Mapped[dict[str, Any]]
    #: Ids of question versions, in the order of the file.
    questions: Mapped[list]


class Attempt(Model):
    """One go at a quiz: what was drawn, the rules it began under, and how it ended.

    `enrolment_id` becomes None when the learner's data are erased: the numbers stay, nobody's.
    """

    __tablename__ = "quizzes_attempt"
    __table_args__ = (UniqueConstraint("enrolment_id", "activity_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("courses_enrolment.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("courses_activity.id"), index=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("quizzes_pool.id"))
    course_version: Mapped[int]
    number: Mapped[int]
    questions: Mapped[int]
    pass_mark: Mapped[int]
    started_at: Mapped[datetime]
    #: When the time is up, the learner's extra time included; None without a time limit.
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    submitted_at: Mapped[datetime | None]
    #: Who ended it: `learner`, `time` (the time was up) or `worker` (nobody came back).
    ended_by: Mapped[str | None] = mapped_column(String(16))
    score: Mapped[int | None]
    passed: Mapped[bool | None]


#: An attempt's columns, as pages read them.
AttemptLine = Row[Any]


class AttemptQuestion(Model):
    """A question of an attempt: the version drawn, the order of its options, how right the answer was."""

    __tablename__ = "quizzes_attempt_question"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("quizzes_attempt.id"))
    position: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("quizzes_question_version.id"), index=True)
    option_order: Mapped[list]
    #: How much it counts beside the others.
    weight: Mapped[float] = mapped_column(server_default="1", default=1)
    #: From 0 to 1; None until marked, and for a kind of question that is not installed any more.
    fraction: Mapped[float | None]


class AnswerRow(Model):
    """An answer as it arrived. The newest that is not late counts; ids grow in the order of arrival.

    `value` is None for an answer taken back; `late` marks what came after submission.
    """

    __tablename__ = "quizzes_answer"
    __table_args__ = (UniqueConstraint("attempt_question_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_question_id: Mapped[int] = mapped_column(ForeignKey("quizzes_attempt_question.id"))
    key: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    value: Mapped[dict[str, Any] | None]
    received_at: Mapped[datetime]
    late: Mapped[bool]
    #: The language the question was answered in; None for answers from before it was kept.
    language: Mapped[str | None] = mapped_column(String(2))


class Allowance(Model):
    """What a trainer gave one learner beyond the rules of a quiz: further attempts, more minutes."""

    __tablename__ = "quizzes_allowance"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("courses_enrolment.id"), index=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("courses_activity.id"))
    attempts: Mapped[int]
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    given_by_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    given_at: Mapped[datetime]


class Card(Model):
    """A question that a learner missed, and when it is to come back."""

    __tablename__ = "quizzes_card"
    __table_args__ = (UniqueConstraint("user_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("quizzes_question.id"))
    #: What the scheduler keeps about it.
    state: Mapped[dict[str, Any]]
    due_at: Mapped[datetime] = mapped_column(index=True)
