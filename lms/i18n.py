"""Three languages: whose turn it is, its catalogue, its dates, numbers and order of letters."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, force_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.routing import BaseConverter

from lms import clock

LANGUAGES = ("kk", "ru", "en")
DEFAULT = "kk"
NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
SHORT_NAMES = {"kk": "ҚАЗ", "ru": "РУС", "en": "ENG"}

#: Dates as certificates and acts write them: Kazakh puts «жылғы» after the year.
OFFICIAL_DATE = {"kk": "y 'жылғы' d MMMM", "ru": "d MMMM y 'года'", "en": "d MMMM y"}
LONG_DATE = {"kk": "y 'ж.' d MMMM", "ru": "d MMMM y 'г.'", "en": "d MMMM y"}
SHORT_DATE = "dd.MM.y"

KAZAKH_ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"


_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


class LanguageConverter(BaseConverter):
    """`<lang:lang>` in an address: one of the site's languages."""

    regex = "|".join(LANGUAGES)


def init_app(app: Flask) -> None:
    """Give `app` its languages: addresses, catalogues, formats in templates."""
    app.url_map.converters["lang"] = LanguageConverter
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.teardown_request(_fall_silent)
    app.config.setdefault("BABEL_DEFAULT_LOCALE", DEFAULT)
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Almaty")
    babel = CatalogueBabel()
    babel.init_app(app, locale_selector=_requested_language)
    app.jinja_env.globals["_"] = babel.domain_instance.say
    app.jinja_env.globals.update(
        current_language=current_language,
        languages=LANGUAGES,
        language_names=NAMES,
        language_short_names=SHORT_NAMES,
        pick=pick,
        language_of=language_of,
        as_date=date.fromisoformat,
    )
    app.jinja_env.filters.update(
        date=format_date, moment=format_moment, number=format_number, percent=format_percent
    )


class CatalogueBabel(Babel):
    """Flask-Babel, reading every plugin's own catalogue."""

    @cached_property
    def domain_instance(self) -> "Catalogues":
        return Catalogues()


class Catalogues(Domain):
    """All catalogues of the running plugins as one."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        language = current_language()
        if language not in self.found:
            folders = tuple(str(folder) for folder in catalogue_folders(current_app))
            self.found[language] = catalogue(language, folders)
        return self.found[language]

    @pass_eval_context
    def say(self, context: EvalContext, text: str, **variables: Any) -> str:
        """Be `_` in templates: what Jinja's own does, by a shorter way, some twenty times a page."""
        translated: str = self.get_translations().ugettext(text)
        said = Markup(translated) if context.autoescape else translated  # noqa: S704
        return said % variables if variables or "%" in translated else said


def catalogue_folders(app: Flask) -> list[Path]:
    """Return the `translations` folders of the core and of each plugin, in load order."""
    folders: list[Path] | None = app.extensions.get("lms.catalogues")
    if folders is None:
        packages = [
            Path(app.root_path),
            *(plugin.folder for plugin in app.extensions["lms.plugins"]),
        ]
        folders = [package / "translations" for package in packages]
        app.extensions["lms.catalogues"] = folders
    return folders


@lru_cache(maxsize=16)
def catalogue(language: str, folders: tuple[str, ...]) -> NullTranslations:
    """Return what `folders` translate into `language`; English is the text in the code itself."""
    if language == "en":
        return NullTranslations()
    merged = Translations()
    for folder in folders:
        path = Path(folder) / f"{language}.po"
        if path.exists():
            merged.merge(_compiled(path))
            merged.plural = _compiled(path).plural
    return merged


@lru_cache(maxsize=64)
def _compiled(path: Path) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=path.stem))
    compiled.seek(0)
    return Translations(compiled)


def current_language() -> str:
    """Return the language of the page being made (`kk` outside of any request or `speaking`)."""
    return _spoken.get() or _requested_language()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within this block everything is said in `language`: for mails and for the command line."""
    before = _spoken.set(language)
    try:
        with force_locale(language):
            yield
    finally:
        _spoken.reset(before)


def pick(texts: Mapping[str, Any] | None, language: str | None = None) -> Any:
    """Return the text in `language` (the page's by default), else in Kazakh, else in any."""
    texts = texts or {}
    return texts.get(language_of(texts, language), "")


def language_of(texts: Mapping[str, Any], language: str | None = None) -> str:
    """Return the language in which `pick` finds a text, for the `lang` attribute around it."""
    wanted = language or current_language()
    if wanted in texts:
        return wanted
    return next((candidate for candidate in LANGUAGES if candidate in texts), wanted)


def format_date(moment: date | datetime, style: str = "long", language: str | None = None) -> str:
    """Return a day as people write it: `official` (2026 жылғы 22 қараша), `long` or `short`."""
    language = language or current_language()
    day = clock.local(moment).date() if isinstance(moment, datetime) else moment
    pattern = {"official": OFFICIAL_DATE, "long": LONG_DATE}.get(style, {}).get(
        language, SHORT_DATE
    )
    return babel_date(day, pattern, locale=language)


def format_moment(moment: datetime, style: str = "long") -> str:
    """Return a moment on a Kazakhstan clock: `long` with its date, or `time` alone (14:05)."""
    local = clock.local(moment)
    time = babel_datetime(local.replace(tzinfo=None), "HH:mm", locale=current_language())
    return time if style == "time" else f"{format_date(moment)}, {time}"


def format_number(value: int | float) -> str:
    """Return a number with the groups and the comma of the page's language."""
    return _number(value, current_language())


def format_percent(value: int | float) -> str:
    """Return a percentage (of 100) as the language writes it: 70% in Kazakh, 70 % in Russian."""
    between = "\u00a0" if current_language() == "ru" else ""
    return f"{format_number(value)}{between}%"


def sort_key(text: str) -> tuple[list[int], str]:
    """Return a key that orders Kazakh (and Russian) words as a dictionary does."""
    letters = unicodedata.normalize("NFC", text).lower()
    return [_place(letter) for letter in letters], letters


def translated(make: Callable[[], str]) -> dict[str, str]:
    """Return what `make` says in each language: for rows that keep their own translations."""
    said = {}
    for language in LANGUAGES:
        with speaking(language):
            said[language] = str(make())
    return said


@lru_cache(maxsize=1024)
def _number(value: int | float, language: str) -> str:
    return format_decimal(value, locale=language)


def _place(letter: str) -> int:
    place = KAZAKH_ALPHABET.find(letter)
    return 0x10000 + place if place >= 0 else ord(letter)


def _take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
    # Views take no `lang` argument; links made on the page repeat it through `_give_language`.
    g.language = values.pop("lang", None) if values else None
    # A page asks some fifty times; it is worked out once.
    _spoken.set(_requested_language())


def _fall_silent(error: BaseException | None) -> None:
    _spoken.set(None)


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = current_language()


def _requested_language() -> str:
    if not has_request_context():
        return DEFAULT
    if getattr(g, "language", None):
        return str(g.language)
    first = request.path.split("/", 2)[1] if request.path.startswith("/") else ""
    if first in LANGUAGES:
        return first
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT
