"""The courses that ship with Sauat: where they lie, and publishing them once for each state they are in."""

from pathlib import Path

from lms.courses import services
from lms.courses.cli import read_folder
from lms.courses.content import shipped_content
from lms.courses.files import digest
from lms.courses.models import File
from lms.database import db

#: What a reading depends on beside the courses themselves.
CODE = Path(__file__).resolve().parents[1]


def publish_shipped() -> None:
    """Publish the shipped courses, unless this very state of them has been published before; flush.

    Reading them takes seconds, and a demo starts again and again.
    """
    manifest = _manifest()
    if db.session.get(File, digest(manifest)) is not None:
        return
    readings, _ = read_folder(shipped_content())
    for reading in readings:
        if not reading.errors:
            services.publish_course(reading)
    db.session.add(File(digest=digest(manifest), content=manifest))
    db.session.flush()


def _manifest() -> bytes:
    """Return the digest and path of every file that a reading is made from, a line each."""
    content = shipped_content()
    files = [path for path in sorted(content.rglob("*")) if path.is_file()]
    code = sorted(CODE.rglob("*.py"))
    lines = [
        f"{digest(path.read_bytes())} {path.relative_to(root)}"
        for root, paths in ((content, files), (CODE, code))
        for path in paths
    ]
    return "\n".join(lines).encode()
