"""The one place the time comes from. Tests put another clock into `app.extensions["lms.clock"]`."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app

ALMATY = ZoneInfo("Asia/Almaty")


def now() -> datetime:
    """Return the present moment, in UTC, aware, to the microsecond."""
    clock: Callable[[], datetime] = current_app.extensions.get("lms.clock", _system_clock)
    return clock()


def today() -> date:
    """Return the date in Kazakhstan (one zone, UTC+5)."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """Return `moment` as a clock in Kazakhstan shows it."""
    return moment.astimezone(ALMATY)


def _system_clock() -> datetime:
    return datetime.now(UTC)
