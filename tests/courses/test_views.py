import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.accounts.testing import sign_in
from lms.courses import services
from lms.courses.models import Completion, Course, Enrolment
from lms.database import db

Make = Callable[..., Course]
Learner = Callable[[Course], tuple[User, Enrolment]]

THIRD = '  { id = "first" },\n  { id = "second" },\n  { id = "third", optional = true },'
THIRD_FILES = {"third.kk.md": "# Сабақ 3\n\nә\n", "third.ru.md": "# Урок 3\n\nа\n"}


def test_the_catalogue_shows_every_course_in_the_readers_language(
    client: FlaskClient, make_course: Make
) -> None:
    make_course()
    assert "Ауыл бюджеті" in client.get("/kk/courses").text
    page = client.get("/ru/courses").text
    assert "Бюджет села" in page
    assert 'href="/ru/courses/village"' in page


def test_an_empty_catalogue_says_so(client: FlaskClient) -> None:
    page = client.get("/en/courses").text
    assert "There are no courses yet." in page


def test_the_catalogue_finds_and_says_how_many(client: FlaskClient, make_course: Make) -> None:
    make_course()
    page = client.get("/ru/courses?q=участие").text
    assert "Найдено: 1" in page or "1 курс" in page
    assert 'href="/ru/courses/village/first"' in page
    nothing = client.get("/ru/courses", query_string={"q": "<b>трактор"}).text
    assert "&lt;b&gt;трактор" in nothing
    assert "<b>трактор" not in nothing


@pytest.mark.parametrize("query", ["%00", "%FF", "a" * 5000, "%25%25", "q&q=2&q", "%F0%9F%8C%BE"])
def test_no_query_breaks_the_catalogue(client: FlaskClient, make_course: Make, query: str) -> None:
    make_course()
    assert client.get(f"/kk/courses?q={query}").status_code in {200, 400}


def test_a_course_page_shows_its_steps_to_everybody(client: FlaskClient, make_course: Make) -> None:
    make_course()
    page = client.get("/ru/courses/village").text
    assert "<h1" in page
    assert 'href="/ru/courses/village/first"' in page
    assert 'href="/ru/accounts/register?next=/ru/courses/village"' in page
    assert '<form method="post"' not in page


@pytest.mark.parametrize(
    "path",
    ["/kk/courses/nowhere", "/kk/courses/nowhere/first", "/kk/courses/village/nowhere",
     "/kk/courses/village/enrolment", "/kk/courses/village/first/completion", "/kk/courses/Village",
     "/kk/courses/village/", "/kk/courses/village%00", "/de/courses/village"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: FlaskClient, make_course: Make, path: str) -> None:
    make_course()
    assert client.get(path).status_code in {404, 405}


def test_a_retired_course_looks_like_a_missing_one_to_others(
    client: FlaskClient, make_course: Make, make_learner: Learner, app: Flask
) -> None:
    course = make_course()
    user, _ = make_learner(course)
    services.retire_course(course)
    db.session.commit()
    for path in ("/kk/courses/village", "/kk/courses/village/first"):
        assert client.get(path).status_code == 404
        assert sign_in(app.test_client(), user).get(path).status_code == 200


def test_enrolling_leads_to_the_first_step(
    client: FlaskClient, make_course: Make, make_user: Callable[..., User]
) -> None:
    make_course()
    sign_in(client, make_user())
    response = client.send("/ru/courses/village/enrolment")
    assert (response.status_code, response.location) == (303, "/ru/courses/village/first")
    assert client.send("/ru/courses/village/enrolment").location == "/ru/courses/village/first"
    assert db.session.query(Enrolment).count() == 1


def test_enrolling_again_leads_to_where_one_was(learner: FlaskClient) -> None:
    learner.send("/kk/courses/village/first/completion")
    assert learner.send("/kk/courses/village/enrolment").location == "/kk/courses/village/second"
    learner.send("/kk/courses/village/second/completion")
    assert learner.send("/kk/courses/village/enrolment").location == "/kk/courses/village"


def test_enrolling_signed_out_asks_to_sign_in_and_changes_nothing(
    client: FlaskClient, make_course: Make
) -> None:
    make_course()
    response = client.send("/kk/courses/village/enrolment")
    assert response.status_code == 401
    assert db.session.query(Enrolment).count() == 0


@pytest.mark.parametrize(
    "path", ["nowhere/enrolment", "nowhere/first/completion", "village/nowhere/completion"]
)
def test_nothing_is_written_for_what_is_not_there(learner: FlaskClient, path: str) -> None:
    assert learner.send(f"/kk/courses/{path}").status_code == 404
    assert db.session.query(Completion).count() == 0


def test_extra_fields_change_nobody_elses_enrolment(
    client: FlaskClient, make_course: Make, make_learner: Learner
) -> None:
    course = make_course()
    user, _ = make_learner(course)
    other, _ = make_learner(course)
    fields = {"user_id": other.id, "score": "100", "enrolment_id": "2", "reason": "gift"}
    sign_in(client, user).send("/kk/courses/village/first/completion", fields)
    line = db.session.query(Completion).one()
    assert db.session.get_one(Enrolment, line.enrolment_id).user_id == user.id
    assert (line.reason, line.score) == ("read", None)


def test_a_lesson_is_shown_in_the_language_of_the_page(
    client: FlaskClient, make_course: Make
) -> None:
    make_course()
    page = client.get("/ru/courses/village/first").text
    assert "<h1>Урок 1</h1>" in page
    assert '<article lang="ru">' in page


def test_a_lesson_without_english_is_shown_in_kazakh_and_says_so(
    client: FlaskClient, make_course: Make
) -> None:
    make_course()
    page = client.get("/en/courses/village/first").text
    assert '<html lang="en">' in page
    assert '<article lang="kk">' in page
    assert "not translated into English" in page


def test_reading_changes_nothing(learner: FlaskClient) -> None:
    learner.get("/kk/courses/village/first")
    assert db.session.query(Completion).count() == 0


def test_read_next_completes_and_goes_on(learner: FlaskClient) -> None:
    page = learner.get("/kk/courses/village/first").text
    assert 'action="/kk/courses/village/first/completion"' in page
    response = learner.send("/kk/courses/village/first/completion")
    assert (response.status_code, response.location) == (303, "/kk/courses/village/second")
    assert (
        'action="/kk/courses/village/first/completion"'
        not in learner.get("/kk/courses/village/first").text
    )
    response = learner.send("/kk/courses/village/second/completion")
    assert response.location == "/kk/courses/village"
    course = learner.get(response.location).text
    assert "2026" in course
    assert re.search(r'<progress value="2" max="2"', course)


def test_pressing_twice_is_pressing_once(learner: FlaskClient) -> None:
    for _ in range(2):
        response = learner.send("/kk/courses/village/first/completion")
        assert response.location == "/kk/courses/village/second"
    assert db.session.query(Completion).count() == 1


def test_progress_is_one_for_all_languages(learner: FlaskClient) -> None:
    learner.send("/kk/courses/village/first/completion")
    assert re.search(r'<progress value="1" max="2"', learner.get("/ru/courses/village").text)


def test_completing_without_being_enrolled_looks_like_a_missing_page(
    client: FlaskClient, make_course: Make, make_user: Callable[..., User]
) -> None:
    make_course()
    sign_in(client, make_user())
    assert client.send("/kk/courses/village/first/completion").status_code == 404
    assert db.session.query(Completion).count() == 0


def test_completing_signed_out_asks_to_sign_in(client: FlaskClient, make_course: Make) -> None:
    make_course()
    assert client.send("/kk/courses/village/first/completion").status_code == 401
    assert db.session.query(Completion).count() == 0


def test_a_post_with_a_stale_token_is_held_and_one_press_sends_it(learner: FlaskClient) -> None:
    held = learner.post("/kk/courses/village/first/completion")
    assert held.status_code == 400
    assert 'action="/kk/courses/village/first/completion"' in held.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', held.text)
    assert token is not None
    again = learner.post("/kk/courses/village/first/completion", data={"csrf_token": token[1]})
    assert again.status_code == 303
    assert db.session.query(Completion).count() == 1


def test_the_course_page_says_what_is_missing_for_the_certificate(
    client: FlaskClient, make_course: Make, make_learner: Learner
) -> None:
    user, _ = make_learner(make_course(activities=THIRD, files=THIRD_FILES))
    page = sign_in(client, user).get("/en/courses/village").text
    assert "still missing for the certificate: 2" in page
    client.send("/en/courses/village/first/completion")
    assert "still missing for the certificate: 1" in client.get("/en/courses/village").text


def test_my_learning_shows_the_next_step_of_each_course(learner: FlaskClient) -> None:
    assert 'href="/kk/courses/village/first"' in learner.get("/kk/courses/enrolments").text
    learner.send("/kk/courses/village/first/completion")
    assert 'href="/kk/courses/village/second"' in learner.get("/kk/courses/enrolments").text


def test_my_learning_is_mine(
    client: FlaskClient, make_course: Make, make_learner: Learner, make_user: Callable[..., User]
) -> None:
    make_learner(make_course())
    page = sign_in(client, make_user()).get("/kk/courses/enrolments").text
    assert "/kk/courses/village" not in page


def test_my_learning_signed_out_leads_to_the_door_and_back(client: FlaskClient) -> None:
    response = client.get("/ru/courses/enrolments")
    assert response.status_code == 303
    assert response.location == "/ru/accounts/login?next=/ru/courses/enrolments"


def test_an_activity_whose_plugin_is_gone_still_has_a_page(
    app: Flask, client: FlaskClient, make_course: Make
) -> None:
    make_course()
    contributions = app.extensions["lms.contributions"]
    app.extensions["lms.contributions"] = [
        c for c in contributions if type(c).__name__ != "ActivityType"
    ]
    app.extensions["lms.contributed"] = {}
    page = client.get("/en/courses/village/first")
    assert page.status_code == 200
    assert "This step cannot be shown here at the moment." in page.text
    assert client.get("/kk/courses/village").status_code == 200


def test_the_front_page_leads_to_the_courses(
    client: FlaskClient, make_course: Make, make_user: Callable[..., User]
) -> None:
    make_course()
    assert 'href="/kk/courses/village"' in client.get("/kk/").text
    sign_in(client, make_user())
    assert 'href="/kk/courses/enrolments"' in client.get("/kk/").text


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/kk/", 4),
        ("/kk/courses", 4),
        ("/kk/courses?q=бюджет", 4),
        ("/kk/courses/village", 6),
        ("/kk/courses/village/first", 6),
        ("/kk/courses/enrolments", 6),
    ],
)
def test_a_page_asks_the_database_few_questions_however_many_courses_there_are(
    app: Flask,
    make_course: Make,
    make_user: Callable[..., User],
    count_statements: Callable[[], object],
    path: str,
    most: int,
) -> None:
    user = make_user()

    def statements(courses: int) -> int:
        for number in range(courses):
            course = make_course(f"village-{number}" if number else "village")
            enrolment = services.enrol(user.id, course)
            services.complete_activity(enrolment, "first", reason="read")
        db.session.commit()
        client = sign_in(app.test_client(), user)
        client.get(path)
        with count_statements() as sent:  # type: ignore[attr-defined]
            assert client.get(path).status_code == 200
        return len(sent)

    one = statements(1)
    assert one <= most
    assert statements(12) == one


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>'


@pytest.fixture
def picture(client: FlaskClient, make_course: Make) -> str:
    """The address of a hostile picture."""
    text = "# Сабақ\n\n![Сурет](<media/ауыл суреті.svg>)\n"
    make_course(files={"media/ауыл суреті.svg": SVG, "first.kk.md": text})
    page = client.get("/kk/courses/village/first").text
    found = re.search(r'src="(/courses/media/[^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_picture_opened_by_itself_can_only_draw(client: FlaskClient, picture: str) -> None:
    response = client.get(picture)
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    assert response.data == SVG
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response.headers["Cache-Control"]
    assert "public" in response.headers["Cache-Control"]
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "path", ["0" * 64 + "/a.svg", "x/a.svg", "../a.svg", "%00/a.svg", "0" * 5000 + "/a.svg"]
)
def test_a_picture_that_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/courses/media/{path}").status_code == 404


def test_only_pictures_are_served(client: FlaskClient, picture: str) -> None:
    for name in ("a.html", "a.md", "a", "a.svg.html", "a.toml"):
        assert client.get(f"{picture.rpartition('/')[0]}/{name}").status_code == 404


def test_a_course_in_one_language_alone_works(
    client: FlaskClient, make_course: Make, write_course: Callable[..., Path]
) -> None:
    toml = (write_course() / "course.toml").read_text("utf-8").replace('["kk", "ru"]', '["ru"]')
    toml = "\n".join(line for line in toml.splitlines() if not line.startswith("kk ="))
    toml = toml.replace('kk = "Бірінші модуль", ', "")
    make_course(files={"course.toml": toml})
    for path in ("/kk/courses", "/kk/courses/village", "/en/courses/village/first", "/kk/"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<h1" in page.text
