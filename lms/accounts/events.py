"""Facts that accounts tell. Only the standard library is imported here, so anyone may listen."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class UserRegistered:
    """Somebody opened an account, by themselves or through a coordinator's list."""

    user_id: int
    language: str
    registered_at: datetime
