"""The seminars that a programme plans: one for each place, complete with its day and its kit."""

from typing import Any, TypedDict

from lms.seminars.content import Edition, Material, Place, Places, Programme


class Seminar(TypedDict):
    """A planned seminar as plain data: an example until venue, date and people are agreed."""

    number: int
    programme: str
    region: str
    region_names: dict[str, str]
    locality: str
    locality_names: dict[str, str]
    edition: str
    seats: int
    languages: list[str]
    hours: int
    starts: str
    ends: str
    course: str
    entry_test: str
    post_test: str
    room: dict[str, str]
    day: list[dict[str, Any]]
    kit: list[dict[str, Any]]
    note: dict[str, str]


def seminars(programme: Programme, places: Places) -> list[Seminar]:
    """Return the seminars of a programme without errors, numbered from 1 in its order of places."""
    editions = {edition.id: edition for edition in programme.editions}
    return [
        _seminar(number, programme, place, editions[place.edition], places)
        for number, place in enumerate(programme.places, 1)
    ]


def _seminar(
    number: int, programme: Programme, place: Place, edition: Edition, places: Places
) -> Seminar:
    region = places[place.region]
    return Seminar(
        number=number,
        programme=programme.id,
        region=place.region,
        region_names=region["names"],
        locality=place.locality,
        locality_names=region["localities"][place.locality]["names"],
        edition=edition.id,
        seats=edition.seats,
        languages=[language for language in (place.language, place.support) if language],
        hours=programme.hours,
        starts=programme.sessions[0].starts,
        ends=programme.sessions[-1].ends,
        course=programme.course,
        entry_test=programme.entry_test,
        post_test=programme.post_test,
        room=edition.room,
        day=[
            {
                "id": session.id,
                "starts": session.starts,
                "ends": session.ends,
                "kind": session.kind,
                "attendance": session.attendance,
                "title": session.title,
                "method": session.method,
                "lessons": session.lessons,
            }
            for session in programme.sessions
        ],
        kit=[
            {"id": m.id, "title": m.title, "count": _count(m, edition), "file": m.file}
            for m in programme.materials
            if edition.id in m.editions
        ],
        note=place.note,
    )


def _count(material: Material, edition: Edition) -> int:
    return material.count * (edition.seats if material.whose == "person" else 1)
