"""The files of a course: the names they are stored under, and the pictures among them."""

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import quote

from lms.markdown import Picture

MEDIA_FOLDER = "media"
LARGEST_PICTURE = 30 * 1024
MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}  # fmt: skip

SVG_SIZE = re.compile(
    rb"<svg[^>]*?viewBox=[\"']\s*\S+\s+\S+\s+(\d{1,5}(?:\.\d+)?)\s+(\d{1,5}(?:\.\d+)?)\s*[\"']"
)


def pictures(files: Mapping[str, bytes]) -> dict[str, Picture]:
    """Return the pictures among the files of a course, at the addresses they are served from."""
    found = {}
    for path, content in files.items():
        if path.startswith(f"{MEDIA_FOLDER}/"):
            name = path.removeprefix(f"{MEDIA_FOLDER}/")
            address = f"/courses/media/{digest(content)}/{quote(name)}"
            found[path] = Picture(address, len(content), *_pixels(content))
    return found


def digest(content: bytes) -> str:
    """Return the name under which `content` is stored."""
    return hashlib.sha256(content).hexdigest()


def _pixels(content: bytes) -> tuple[int, int] | tuple[None, None]:
    if content.startswith(b"\x89PNG"):
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if match := SVG_SIZE.search(content[:2000]):
        return round(float(match[1])), round(float(match[2]))
    return None, None
