"""Places: the regions, cities and villages that people can choose."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from lms.accounts.models import Locality, Organisation, Region
from lms.database import db
from lms.i18n import pick, sort_key

Place = TypeVar("Place", Region, Locality, Organisation)

SHIPPED = Path(__file__).parent.parent / "places.toml"


def load_places(path: Path = SHIPPED) -> int:
    """Write the places of a file into the tables; return how many are new. Twice changes nothing."""
    new = 0
    for entry in tomllib.loads(path.read_text("utf-8"))["region"]:
        region, is_new = _put(Region, entry["code"], **_common(entry))
        new += is_new
        for place in entry.get("locality", ()):
            values = {**_common(place), "kind": place["kind"], "region_id": region.id}
            new += _put(Locality, place["code"], **values)[1]
    return new


def shipped_places(path: Path = SHIPPED) -> dict[str, dict[str, Any]]:
    """Return the regions of a file by code, each with its `names` and its `localities` by code."""
    return {
        entry["code"]: {
            "names": entry["names"],
            "localities": {place["code"]: place for place in entry.get("locality", ())},
        }
        for entry in tomllib.loads(path.read_text("utf-8"))["region"]
    }


def localities(day: date) -> list[Locality]:
    """Return the cities and villages valid on `day`, their regions loaded, as a dictionary sorts."""
    found = db.session.scalars(
        select(Locality)
        .join(Locality.region)
        .options(contains_eager(Locality.region))
        .where(*_valid(Locality, day), *_valid(Region, day))
    )
    return sorted(found, key=lambda locality: sort_key(pick(locality.names)))


def add_organisation(
    code: str, kind: str, names: dict[str, str], region_code: str | None = None
) -> Organisation:
    """Write an organisation, or change the one of this code; flush."""
    region = find_region(region_code) if region_code else None
    values = {"kind": kind, "names": names, "region_id": region.id if region else None}
    return _put(Organisation, code, **values)[0]


def find_region(code: str) -> Region | None:
    """Return the region of this code."""
    return db.session.scalar(select(Region).where(Region.code == code))


def find_organisation(code: str) -> Organisation | None:
    """Return the organisation of this code."""
    return db.session.scalar(select(Organisation).where(Organisation.code == code))


def find_locality(code: str) -> Locality | None:
    """Return the city or village of this code."""
    return db.session.scalar(select(Locality).where(Locality.code == code))


def _common(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "names": entry["names"],
        "valid_from": entry.get("valid_from"),
        "valid_to": entry.get("valid_to"),
    }


def _put(model: type[Place], code: str, **values: Any) -> tuple[Place, bool]:
    row = db.session.scalar(select(model).where(model.code == code))
    is_new = row is None
    if row is None:
        row = model(code=code)
        db.session.add(row)
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    db.session.flush()
    return row, is_new


def _valid(model: type[Region] | type[Locality], day: date) -> tuple[Any, Any]:
    return (
        or_(model.valid_from.is_(None), model.valid_from <= day),
        or_(model.valid_to.is_(None), model.valid_to > day),
    )
