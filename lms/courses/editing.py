"""What an editor finds in a course by the house rules: too long, too knotty, the wrong word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from lms import markdown
from lms.courses.activities import Problem, SourceFile
from lms.courses.proofreading import CODE
from lms.courses.rules import Rules, TextRules
from lms.markdown import Section

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
END_OF_SENTENCE = re.compile(r"(?<=[.!?…])[»”\")]*\s+")
TASK = re.compile(r"^\[[ xX=]\](\s|$)")
EXPLANATION = re.compile(r"^> \[!NOTE\]\s*\n((?:>.*\n?)*)", re.M)
ACADEMIC_HOUR = 45


@dataclass(frozen=True)
class Prose:
    """What there is to read in a file.

    `words` counts all of it: headings, lists, tables, self-checks. `sentences` are (line, number of
    words) of all but the tables.
    """

    words: int
    sentences: Sequence[tuple[int, int]]
    has_self_check: bool
    last_heading: str


def read_prose(text: str) -> Prose:
    """Return what there is to read in a Markdown file."""
    tokens = markdown.parse(text)
    sections = markdown.sections(tokens)
    return Prose(
        words=sum(len(_words(token)) for token in tokens if token.type == "inline"),
        sentences=list(_sentences(tokens)),
        has_self_check=any(_is_self_check(section) for section in sections),
        last_heading=next((s.title for s in reversed(sections) if s.level == 2), ""),
    )


def text_problems(file: SourceFile, language: str, rules: TextRules) -> Iterator[Problem]:
    """Find what the rules of its type say against a text."""
    prose = read_prose(file.text)
    if rules.words and not rules.words[0] <= prose.words <= rules.words[1]:
        least, most = rules.words
        yield _warning(file, 1, f"{prose.words} words; a text of this kind has {least} to {most}")
    sentences = prose.sentences
    if rules.mean_sentence and sentences:
        mean = sum(length for _, length in sentences) / len(sentences)
        if mean > rules.mean_sentence:
            message = f"sentences of {mean:.1f} words on average; at most {rules.mean_sentence}"
            yield _warning(file, 1, message)
    for line, length in sentences:
        if rules.longest_sentence and length > rules.longest_sentence:
            message = f"a sentence of {length} words; at most {rules.longest_sentence}"
            yield _warning(file, line, message)
    ending = rules.ends_with.get(language)
    if ending and prose.last_heading != ending:
        yield _warning(file, 1, f"the last heading is “{prose.last_heading}”, not “{ending}”")
    if rules.self_check and not prose.has_self_check:
        yield _warning(file, 1, "no self-check in it")


def word_problems(file: SourceFile, language: str, rules: Rules) -> Iterator[Problem]:
    """Find words that the rules say not to write in this language."""
    unwanted = [word for word in rules.never if word.language == language]
    if not unwanted:
        return
    any_of_them = re.compile("|".join(f"(?:{word.pattern})" for word in unwanted), re.I)
    for number, line in enumerate(file.text.splitlines(), 1):
        prose = CODE.sub(" ", line)
        if not any_of_them.search(prose):
            continue
        for word in unwanted:
            if found := re.search(word.pattern, prose, re.I):
                yield _warning(file, number, f"“{found[0].strip()}”: {word.say}")


def explanation_problems(file: SourceFile, lessons: Sequence[str]) -> Iterator[Problem]:
    """Find explanations of questions that do not say in which lesson to look."""
    for found in EXPLANATION.finditer(file.text):
        said = " ".join(line.lstrip("> ") for line in found[1].splitlines())
        if not any(title in said for title in lessons):
            line = file.text.count("\n", 0, found.start()) + 1
            yield _warning(file, line, "the explanation names no lesson of this course")


def hours_problem(
    path: str, line: int, hours: int, minutes: int, rules: Rules
) -> Iterator[Problem]:
    """Find academic hours that the minutes of the activities do not bear out."""
    within = rules.hours_within
    if within is not None and abs(minutes - hours * ACADEMIC_HOUR) > within * hours * ACADEMIC_HOUR:
        message = f"{hours} academic hours are {hours * ACADEMIC_HOUR} minutes, the steps {minutes}"
        yield Problem(path, line, message, "warning")


def lesson_titles(titles: Sequence[Mapping[str, str]], language: str) -> list[str]:
    """Return the titles of lessons in a language."""
    return [by_language[language] for by_language in titles if language in by_language]


def _sentences(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    is_in_table = False
    for token in tokens:
        if token.type in {"table_open", "table_close"}:
            is_in_table = token.type == "table_open"
        elif token.type == "inline" and not is_in_table:
            for sentence in END_OF_SENTENCE.split(markdown.plain_text(token)):
                if words := WORD.findall(sentence):
                    yield markdown.line_of(token), len(words)


def _words(token: Token) -> list[str]:
    return WORD.findall(markdown.plain_text(token))


def _is_self_check(section: Section) -> bool:
    if section.level != 3 or section.id is None:
        return False
    return any(_begins_a_task(token) for token in section.body)


def _begins_a_task(token: Token) -> bool:
    return token.type == "inline" and bool(TASK.match(token.content))


def _warning(file: SourceFile, line: int, message: str) -> Problem:
    return Problem(file.path, line, message, "warning")
