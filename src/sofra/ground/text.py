"""Text as people write it, folded so that spellings meet, and ordered as Albanians order it."""

import re
import unicodedata
from functools import lru_cache

# Serbian, Macedonian and Montenegrin Cyrillic, letter by letter (the digraph forms that Latin script uses).
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ѓ": "gj", "ђ": "dj", "е": "e", "ж": "z", "з": "z",
    "ѕ": "dz", "и": "i", "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "ќ": "kj", "ћ": "c", "у": "u", "ф": "f", "х": "h", "ц": "c",
    "ч": "c", "џ": "dz", "ш": "s", "ѐ": "e", "ѝ": "i",
}  # fmt: skip
_LATIN = {"đ": "dj", "ð": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
_MARKED = {"ë": "e", "ç": "c", "š": "s", "ž": "z", "č": "c", "ć": "c"}  # the usual ones, ahead of the long way
_LETTERS = str.maketrans(_CYRILLIC | _LATIN | _MARKED)
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘`´ʼ", ""))
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_BETWEEN = re.compile(r"[^\w]+")


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Lower case, without marks, in Latin script, words parted by one space.

    So "Shkodër", "SHKODER" and "shkodër," are one, "Тетово" is "tetovo", "Đakovica" is "djakovica".
    Anything that is no letter or digit parts words; apostrophes vanish ("d'Europe" -> "deurope").
    """
    lowered = text.lower().translate(_APOSTROPHES)
    if not lowered.isascii():
        lowered = lowered.translate(_LETTERS)
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)
    return _NOT_WORD.sub(" ", lowered).strip()


# The 36 letters of Albanian in their order; the digraphs count as letters of their own.
_ALPHABET = "a b c ç d dh e ë f g gj h i j k l ll m n nj o p q r rr s sh t th u v x xh y z zh".split()
_RANK = {letter: chr(ord("A") + i) for i, letter in enumerate(_ALPHABET)}
_PAIR = re.compile("|".join(letter for letter in _ALPHABET if len(letter) == 2))
# A pair of letters stands as a sign of its own (of no alphabet) before each letter gets its rank.
_PAIRED = {letter: chr(0xE000 + ord(rank)) for letter, rank in _RANK.items() if len(letter) == 2}
_RANKED = str.maketrans(
    {_PAIRED.get(letter, letter): rank for letter, rank in _RANK.items()} | {"w": _RANK["v"], "_": "", " ": ""}
)


@lru_cache(maxsize=4096)
def sort_key(text: str) -> str:
    """A key that sorts texts by the Albanian alphabet when compared byte by byte.

    Digits come before letters, words before longer words that begin with them. Letters that Albanian lacks sort
    where their folded form does ("w" stands with "v").
    """
    words = _BETWEEN.split(unicodedata.normalize("NFC", text.lower()).translate(_APOSTROPHES))
    return " ".join(key for word in words if (key := _word_key(word)))


@lru_cache(maxsize=16384)
def _word_key(word: str) -> str:
    if not word.isascii():
        word = "".join(c if c in "çë" or c.isdecimal() else fold(c) for c in word)
    return _PAIR.sub(lambda pair: _PAIRED[pair[0]], word).translate(_RANKED)
