import email
import email.policy
import socket
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms import mail
from lms.database import db
from lms.jobs import Job, run_due
from lms.testing import Clock

BODY = "Сәлем!\n\nСілтеме.\n"


class Letterbox(threading.Thread):
    """A mail server on the loopback: it takes every mail and remembers who it was for."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.refuse = False
        self.start()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self.talk(stream)

    def talk(self, stream: Any) -> None:
        def say(line: str) -> None:
            stream.write(line.encode() + b"\r\n")
            stream.flush()

        to: list[str] = []
        say("220 letterbox")
        while line := stream.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("RCPT"):
                to.append(line.partition(":")[2].strip("<> "))
                say("550 no such person" if self.refuse else "250 ok")
            elif verb.startswith("DATA"):
                say("354 go on")
                body = b""
                while (text := stream.readline()) != b".\r\n":
                    body += text.removeprefix(b".") if text.startswith(b"..") else text
                self.mails.append((to, parse(body)))
                say("250 taken")
            elif verb.startswith("QUIT"):
                say("221 bye")
                return
            else:
                say("250 ok")


def parse(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.fixture
def letterbox() -> Iterator[Letterbox]:
    box = Letterbox()
    yield box
    box.socket.shutdown(socket.SHUT_RDWR)
    box.socket.close()
    box.join(10)


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    if "letterbox" not in request.fixturenames:
        return {"MAIL": "file"}
    port = request.getfixturevalue("letterbox").port
    return {"MAIL": "smtp", "SMTP_PORT": port, "SMTP_TLS": False}


def post(subject: str = "Сауат: жаңа құпиясөз", body: str = BODY, unique: str = "1") -> bool:
    is_new = mail.send_later("aigul@sauat.example", subject, body, unique=unique)
    db.session.commit()
    return is_new


def in_files(app: Flask) -> list[EmailMessage]:
    return [parse(path.read_bytes()) for path in Path(app.config["DATA"], "mail").glob("*.eml")]


def test_a_mail_arrives_as_it_was_written(app: Flask, letterbox: Letterbox) -> None:
    post()
    assert run_due() == 1
    ((to, message),) = letterbox.mails
    assert to == ["aigul@sauat.example"]
    assert message["To"] == "aigul@sauat.example"
    assert message["From"] == "Sauat <no-reply@localhost>"
    assert message["Subject"] == "Сауат: жаңа құпиясөз"
    assert message["Date"] is not None
    assert message["Message-ID"] is not None
    assert message.get_content().splitlines() == BODY.splitlines()


def test_one_mail_for_one_event(app: Flask, letterbox: Letterbox) -> None:
    assert post(unique="reset:7") is True
    assert post(unique="reset:7") is False
    run_due()
    run_due()
    assert len(letterbox.mails) == 1


def test_nothing_is_sent_before_the_change_is_saved(app: Flask, letterbox: Letterbox) -> None:
    mail.send_later("a@sauat.example", "x", "y", unique="1")
    db.session.rollback()
    run_due()
    assert letterbox.mails == []


def test_a_mail_that_was_refused_is_tried_again(
    app: Flask, letterbox: Letterbox, clock: Clock
) -> None:
    letterbox.refuse = True
    post()
    run_due()
    assert letterbox.mails == []
    letterbox.refuse = False
    clock.move(minutes=1)
    run_due()
    assert len(letterbox.mails) == 1


def test_a_mail_waits_out_an_hour_without_server(app: Flask, clock: Clock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    app.config.update(MAIL="smtp", SMTP_PORT=port, SMTP_TLS=False)
    post()
    for _ in range(7):
        run_due()
        clock.move(hours=1)
    app.config["MAIL"] = "file"
    run_due()
    assert len(in_files(app)) == 1


HOSTILE_LINES = [
    "Привет\r\nBcc: victim@sauat.example",
    "Привет\nBcc: victim@sauat.example",
    "Привет\rBcc: victim@sauat.example",
    "Привет\r\n\r\nбасқа мәтін",
    "Привет\x0bBcc: victim@sauat.example",
    "Привет\u2028Bcc: victim@sauat.example",
    "Привет\x85Bcc: victim@sauat.example",
    "Привет\x00Bcc: victim@sauat.example",
]


@pytest.mark.parametrize("line", HOSTILE_LINES)
def test_no_header_can_be_added_through_a_subject(
    app: Flask, letterbox: Letterbox, line: str
) -> None:
    post(subject=line)
    run_due()
    ((to, message),) = letterbox.mails
    assert to == ["aigul@sauat.example"]
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Привет")
    assert message.get_content().splitlines() == BODY.splitlines()


@pytest.mark.parametrize(
    "to",
    [
        "a@sauat.example, b@sauat.example",
        "a@sauat.example; b@sauat.example",
        "a@sauat.example\r\nBcc: b@sauat.example",
        "a@sauat.example\nTo: b@sauat.example",
        "a@sauat.example b@sauat.example",
        "<a@sauat.example> <b@sauat.example>",
        "a@sauat.example> <b@sauat.example",
        "",
        "nobody",
    ],
)
def test_a_mail_goes_to_one_person_or_to_nobody(app: Flask, letterbox: Letterbox, to: str) -> None:
    with pytest.raises(ValueError, match="one address"):
        mail.send_later(to, "x", "y", unique="1")


def test_a_body_cannot_end_the_mail_early(app: Flask, letterbox: Letterbox) -> None:
    post(body="бір\r\n.\r\nMAIL FROM:<x@x>\r\n.екі\n")
    run_due()
    ((_, message),) = letterbox.mails
    assert "MAIL FROM" in message.get_content()
    assert ".екі" in message.get_content()


def test_mail_goes_into_files_where_there_is_no_server(app: Flask) -> None:
    post(unique="1")
    post(unique="2")
    run_due()
    assert [message["To"] for message in in_files(app)] == ["aigul@sauat.example"] * 2


def test_mail_can_go_to_the_log(app: Flask, logged: Callable[[], list[dict[str, Any]]]) -> None:
    app.config["MAIL"] = "console"
    post()
    run_due()
    (line,) = [line for line in logged() if line["event"] == "mail"]
    assert line["to"] == "aigul@sauat.example"
    assert "Сілтеме" in line["body"]


def test_the_outbox_holds_no_mail_that_was_sent(app: Flask) -> None:
    post(body="Құпия сілтеме: https://sauat.example/kk/accounts/reset/abc")
    run_due()
    assert "abc" not in str([job.payload for job in db.session.query(Job)])
