"""Finding words in Kazakh and Russian: letters folded, endings cut, beginnings compared.

Neither database knows Kazakh, and many people type it on a Russian keyboard. So both sides of a
search are folded in Python, and a query word finds every word that begins with its stem.
"""

import re
import unicodedata

#: Kazakh letters as a Russian keyboard types them.
FOLDED = str.maketrans("әғқңөұүһіїйё", "агкноуухииие", "ъ")
SHORTEST_STEM = 4

#: Case, plural and possessive endings, folded, longest first; cut from query words only.
ENDINGS = sorted(
    """
    лардын лердин дардын дердин тардын тердин ларына лерине ларын лерин лардан лерден
    дардан дерден тардан терден ларда лерде дарда дерде тарда терде лары лери дары дери тары тери
    ларга лерге дарга дерге тарга терге ларды лерди дарды дерди тарды терди
    лар лер дар дер тар тер нын нин дын дин тын тин дан ден тан тен нан нен да де та те нда нде
    га ге ка ке на не ды ди ты ти ны ни мен бен пен сы си ым им ын ин ы и а е
    иями ями ами ование ования ированию ому ему ыми ими ого его ых их ую юю ая яя ое ее ые ие
    ов ев ей ой ом ем ам ям ах ях у ю о я ь
    """.split(),
    key=len,
    reverse=True,
)


def fold(text: str) -> str:
    """Return `text` as it is compared: NFC, lower case, Kazakh letters as a Russian keyboard has them."""
    return unicodedata.normalize("NFC", text).lower().translate(FOLDED)


def words(text: str) -> list[str]:
    """Return the folded words of `text`, in order, with repeats."""
    return re.findall(r"[^\W_]+", fold(text))


def stems(query: str) -> list[str]:
    """Return what to look for: each word of `query` folded, its ending cut (4 letters stay)."""
    return [_stem(word) for word in words(query)[:8]]


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
