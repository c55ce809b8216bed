"""The activity type `lesson`: Markdown that is read, then marked as read."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms import i18n, markdown
from lms.courses import proofreading
from lms.courses.activities import (
    ActivityPage,
    ActivitySource,
    ActivityType,
    NoSettings,
    Reading,
    SourceFile,
)
from lms.courses.facts import Fact
from lms.courses.files import digest
from lms.courses.models import Activity, LessonText
from lms.database import db
from lms.markdown import Document, LessonBlock, MarkdownProblem
from lms.marks import REFERENCE, unbroken
from lms.plugins import contributed


def read(source: ActivitySource) -> Reading | None:
    """Return the lesson in each of its languages, with everything to mend noted on the source."""
    documents: dict[str, Document] = {}
    for language, file in source.files.items():
        source.problems.extend(proofreading.letter_problems(file))
        try:
            documents[language] = _read_one(source, language, file)
        except MarkdownProblem as problem:
            source.problem(file, problem.line, problem.message)
    _compare_blocks(source, documents)
    if len(documents) < len(source.files):
        return None
    return Reading(
        titles={language: document.title for language, document in documents.items()},
        definition={
            language: {
                "title": document.title,
                "parts": document.parts,
                "sources": _sources(document.references, source.facts, language),
            }
            for language, document in documents.items()
        },
        words={language: file.text for language, file in source.files.items()},
        counts={"self-checks": _blocks(documents)},
    )


def publish(activity: Activity, version: int, reading: Reading) -> Mapping[str, str]:
    """Store the lesson's texts that are new; return the digest of each language's text."""
    return {
        language: _store(activity, language, text) for language, text in reading.definition.items()
    }


def show(page: ActivityPage, template: str = "courses/lesson.html") -> ResponseReturnValue:
    """Show the lesson in the reader's language, or in Kazakh where it is not translated."""
    language = i18n.language_of(page.activity.texts)
    text = find_text(page.activity.key, language, page.activity.texts[language])
    return render_template(
        template,
        page=page,
        text=text,
        text_language=language,
        body=draw(text["parts"], request.args.to_dict(flat=False)),
    )


def missing(page: ActivityPage) -> str:
    """Say what a learner still has to do in a lesson."""
    return _what_is_missing(i18n.current_language())


def draw(parts: Sequence[Mapping[str, Any]], answers: Mapping[str, list[str]]) -> str:
    """Return a stored text as HTML, its live blocks drawn for this reading."""
    blocks = {block.name: block for block in contributed(LessonBlock)}
    drawn = []
    for part in parts:
        if "html" in part:
            drawn.append(part["html"])
        elif part["block"] in blocks:
            drawn.append(blocks[part["block"]].render(part["data"], answers))
    return "\n".join(drawn)


def find_text(activity_id: int, language: str, text_digest: str) -> dict[str, Any]:
    """Return a stored text; kept in memory afterwards, since a digest never changes meaning."""
    kept = current_app.extensions["courses.texts"]
    key = (activity_id, language, text_digest)
    if key not in kept:
        row = db.session.scalars(
            select(LessonText).filter_by(
                activity_id=activity_id, language=language, digest=text_digest
            )
        ).one()
        kept[key] = {"title": row.title, "parts": row.parts, "sources": row.sources}
    text: dict[str, Any] = kept[key]
    return text


@cache
def _what_is_missing(language: str) -> str:
    # A course page asks for each lesson; the words are looked up once.
    return _("Read the lesson to the end and press “Read, next”.")


def _read_one(source: ActivitySource, language: str, file: SourceFile) -> Document:
    tokens = markdown.parse(file.text)
    sections = markdown.sections(tokens)
    source.problems.extend(proofreading.heading_problems(file, sections))
    names = markdown.reference_names(tokens)
    for name in names:
        if name not in source.facts:
            source.problem(file, _line_of(name, file), f"there is no fact “{name}” in facts.toml")
    with i18n.speaking(language):
        document = markdown.read_document(
            file.text,
            language,
            contributed(LessonBlock),
            _numbered_references(names, source.facts, language),
            source.pictures,
        )
    source.problems.extend(proofreading.picture_problems(file, tokens, source.pictures))
    anchors = {section.id for section in sections if section.id}
    source.problems.extend(proofreading.link_problems(file, tokens, anchors))
    return document


def _line_of(name: str, file: SourceFile) -> int:
    lines = enumerate(file.text.splitlines(), 1)
    return next((number for number, line in lines if name in REFERENCE.findall(line)), 1)


def _compare_blocks(source: ActivitySource, documents: Mapping[str, Document]) -> None:
    ids = {
        language: [part["data"].get("id") for part in document.parts if "block" in part]
        for language, document in documents.items()
    }
    for language, found in ids.items():
        first = next(iter(ids))
        if found != ids[first]:
            message = f"its live parts {found} differ from {ids[first]} in “{first}”"
            source.problem(source.files[language], 1, message)


def _numbered_references(
    names: list[str], facts: Mapping[str, Fact], language: str
) -> Mapping[str, str]:
    numbers = {name: n for n, same in enumerate(_by_source(names, facts), 1) for name in same}
    return {
        name: f'<span class="fact">{escape(unbroken(str(i18n.pick(facts[name].value, language))))}'
        f'<sup><a href="#source-{number}">{number}</a></sup></span>'
        for name, number in numbers.items()
    }


def _sources(names: list[str], facts: Mapping[str, Fact], language: str) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "source": i18n.pick(facts[same[0]].source, language),
            "url": facts[same[0]].url,
            "checked_on": facts[same[0]].checked_on.isoformat(),
        }
        for number, same in enumerate(_by_source(names, facts), 1)
    ]


def _by_source(names: list[str], facts: Mapping[str, Fact]) -> list[list[str]]:
    """Return the facts named, those of one source together, in the order first named."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name in dict.fromkeys(names):
        if fact := facts.get(name):
            key = (*fact.source.values(), fact.url, fact.checked_on.isoformat())
            found.setdefault(key, []).append(name)
    return list(found.values())


def _blocks(documents: Mapping[str, Document]) -> int:
    first = next(iter(documents.values()), None)
    return sum("block" in part for part in first.parts) if first else 0


def _store(activity: Activity, language: str, text: Mapping[str, Any]) -> str:
    text_digest = digest(json.dumps(text, sort_keys=True, ensure_ascii=False).encode())
    known = select(LessonText.id).filter_by(
        activity_id=activity.id, language=language, digest=text_digest
    )
    if db.session.scalar(known) is None:
        row = LessonText(activity_id=activity.id, language=language, digest=text_digest, **text)
        db.session.add(row)
    return text_digest


LESSON = ActivityType(
    name="lesson",
    label=_l("Lesson"),
    settings=NoSettings,
    read=read,
    publish=publish,
    show=show,
    missing=missing,
    declared="read",
)
