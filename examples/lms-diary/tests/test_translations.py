import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from lms_diary.plugin import plugin

KEYWORDS = {"_": None, "_l": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]


def spoken():
    """Return every text of the code and the templates, as the catalogues key it."""
    found = extract_from_dir(plugin.folder, METHODS, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_everything_is_said_in_each_language(language):
    with (plugin.folder / "translations" / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    said = {
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        for message in catalogue
        if message.id and not message.fuzzy
    }
    assert spoken() - said.keys() == set(), "not translated"
    assert said.keys() - spoken() == set(), "translated and not used any more"
    assert [text for text, string in said.items() if not all(string)] == []
