"""The table of the diary."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Model

LONGEST_PLAN = 2000


class Plan(Model):
    """What one person will do after one diary step; writing again replaces it.

    The titles are what step and course were called when the plan was written, so that it can be
    listed without looking at either.
    """

    __tablename__ = "diary_plan"
    __table_args__ = (UniqueConstraint("user_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("accounts_user.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("courses_activity.id"), index=True)
    titles: Mapped[dict[str, Any]]
    course_titles: Mapped[dict[str, Any]]
    text: Mapped[str] = mapped_column(String(LONGEST_PLAN))
    written_at: Mapped[datetime]
