"""Ids, numbers and the words for true and false, as our quiz files write them."""

import re
import unicodedata
from hashlib import sha256

from lms.quizzes import numbers
from lms.quizzes.interchange.bank import CannotTake, Item

ID = re.compile(r"[a-z][a-z0-9-]*")
LONGEST_ID = 40
RIGHT_OR_WRONG = {
    "kk": ("Дұрыс", "Дұрыс емес"),
    "ru": ("Верно", "Неверно"),
    "en": ("True", "False"),
}
LATIN = str.maketrans(
    {
        "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "e",
        "ж": "zh", "з": "z", "и": "i", "й": "i", "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n",
        "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u",
        "ү": "u", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "",
        "ы": "y", "і": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    }
)  # fmt: skip


def fit_for_id(name: str) -> str:
    """Return a name as an id if it is one already, else nothing."""
    name = name.strip()
    return name if ID.fullmatch(name) and len(name) <= 2 * LONGEST_ID else ""


def name_item(item: Item, taken: set[str]) -> None:
    """Give a question its id: its own, else one made of its words, the same whenever it is read."""
    if item.id in taken:
        item.notes.append(f"a second question with the id “{item.id}”; it has a new one")
        item.id = ""
    item.id = item.id or _made_id(item, taken)
    taken.add(item.id)


def number_for_us(text: str) -> str:
    """Return `3.14:0.01`, `1..5` or `7` as our quiz files write it. Raises `CannotTake`."""
    if ".." in text:
        low, _, high = text.partition("..")
        return f"{_plain(low)}..{_plain(high)}"
    number, _, tolerance = text.partition(":")
    if not tolerance.strip() or _plain(tolerance).strip("0.") == "":
        return _plain(number)
    return f"{_plain(number)} ± {_plain(tolerance)}"


def _plain(text: str) -> str:
    text = text.strip()
    number = numbers.read_number(text)
    if number is None and re.fullmatch(r"[+-]?[0-9]{1,9}\.?[0-9]{0,9}[eE][+-]?[0-9]{1,2}", text):
        number = numbers.read_number(f"{float(text):.15f}".rstrip("0").rstrip("."))
    if number is None:
        raise CannotTake(f"“{text}” is not a number")
    return format(number, "f")


def _made_id(item: Item, taken: set[str]) -> str:
    latin = unicodedata.normalize("NFKD", item.stem.lower().translate(LATIN))
    words = re.findall("[a-z0-9]+", latin.encode("ascii", "ignore").decode())
    made = ""
    for word in words:
        if len(made) + len(word) < LONGEST_ID:
            made = f"{made}-{word}".strip("-")
        else:
            break
    made = made if ID.fullmatch(made) else f"q-{made}".strip("-")
    if made not in taken and len(made) > 1:
        return made
    whole = "\n".join([item.stem, item.body, *(f"{o.text}|{o.partner}" for o in item.options)])
    made = f"{made}-{sha256(whole.encode('utf-8', 'replace')).hexdigest()[:6]}"
    number = 2
    unique = made
    while unique in taken:
        unique, number = f"{made}-{number}", number + 1
    return unique
