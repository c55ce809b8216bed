"""Facts: what happened, told to whoever listens, within the teller's transaction."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app


def subscribe(app: Flask, event_type: type, handler: Callable[[Any], None]) -> None:
    """Have `handler` called with each published event of exactly this type, in load order."""
    app.extensions.setdefault("lms.events", defaultdict(list))[event_type].append(handler)


def publish(event: object) -> None:
    """Tell the listeners now. What a listener raises undoes the publisher's transaction too."""
    for handler in current_app.extensions.get("lms.events", {}).get(type(event), ()):
        handler(event)
