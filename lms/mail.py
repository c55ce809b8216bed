"""Mail: written into the outbox with the change that causes it, sent by the worker."""

import re
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any

from flask import current_app

from lms import jobs
from lms.config import Setting, one_of
from lms.logs import note

SECONDS_TO_WAIT = 20
ONE_ADDRESS = re.compile(r"[^\s@,;:<>\"()\[\]\\]+@[^\s@,;:<>\"()\\]+")

SETTINGS = (
    Setting("MAIL", "file", "Where mail goes: file (DATA/mail), console, or smtp.", one_of("file", "console", "smtp")),
    Setting("MAIL_FROM", "Sauat <no-reply@localhost>", "The sender of every mail."),
    Setting("SMTP_HOST", "127.0.0.1", "The mail server."),
    Setting("SMTP_PORT", 25, "Its port."),
    Setting("SMTP_TLS", True, "Whether to switch to TLS before anything is said."),
    Setting("SMTP_USER", "", "Its user, if it asks for one."),
    Setting("SMTP_PASSWORD", "", "And the password."),
)  # fmt: skip


def send_later(to: str, subject: str, body: str, *, unique: str) -> bool:
    """Put a mail into the outbox; the same `unique` key is sent once. Returns whether it was new."""
    if not ONE_ADDRESS.fullmatch(to):
        raise ValueError("a mail goes to one address")
    payload = {"to": to, "subject": one_line(subject), "body": body.replace("\0", "")}
    return jobs.enqueue("mail", payload, unique=f"mail:{unique}")


def one_line(text: str) -> str:
    """Return `text` without line breaks and NUL, so that no header can be added through it."""
    return " ".join(text.replace("\0", " ").split())


def deliver(payload: dict[str, Any]) -> None:
    """Send one mail of the outbox the way the settings say."""
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = payload["to"]
    message["Subject"] = payload["subject"]
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain="sauat")
    message.set_content(payload["body"])
    {"file": _to_file, "console": _to_console, "smtp": _to_server}[current_app.config["MAIL"]](
        message
    )


HANDLER = jobs.JobHandler("mail", deliver)


def _to_file(message: EmailMessage) -> None:
    folder = Path(current_app.config["DATA"]) / "mail"
    folder.mkdir(exist_ok=True)
    name = str(message["Message-ID"]).strip("<>").partition("@")[0]
    (folder / f"{name}.eml").write_bytes(bytes(message))


def _to_console(message: EmailMessage) -> None:
    note("mail", to=message["To"], subject=message["Subject"], body=message.get_content())


def _to_server(message: EmailMessage) -> None:
    config = current_app.config
    with smtplib.SMTP(config["SMTP_HOST"], config["SMTP_PORT"], timeout=SECONDS_TO_WAIT) as server:
        if config["SMTP_TLS"]:
            server.starttls(context=ssl.create_default_context())
        if config["SMTP_USER"]:
            server.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
        server.send_message(message)
