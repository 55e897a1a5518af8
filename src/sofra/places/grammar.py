"""The forms that a place's name takes in a sentence, made by rule from its base form.

All in and out is folded (`ground.text.fold`): lower case, Latin script, no marks. A form made here is only a way
to recognise a name, never a way to print it; where two places meet in a form, the written one wins.
"""

import re

_ADJECTIVE_BEGINNINGS = re.compile(
    r"^(nov|star|mal|velik|bel|bijel|crn|sirok|gornj|donj|istocn|severn|sjevern|juzn|srednj|zapadn|kisel|kriv"
    r"|vladicin|banj|backo?|.*sk|.*ck|bajin|vrnjack|smederevsk|svet)(i|a|o|e)$"
)
_AUTUMN = re.compile(r"^(.*[bcdfghjklmnprstvz])a([ck])$")  # Kragujevac -> Kragujevc-, the a that runs away


def albanian(name: str) -> set[str]:
    """Definite, genitive, accusative and plural forms of an Albanian name; the first word of "X i Y" is bent."""
    words = name.split()
    if len(words) >= 3 and words[1] in {"i", "e"}:
        rest = " ".join(words[2:])
        heads = _albanian_word(words[0])
        return {f"{head} {link} {rest}" for head in heads | {words[0]} for link in ("i", "e", "te", "se")} - {name}
    *before, last = words
    forms = {" ".join([*before, form]) for form in _albanian_word(last)}
    if before and before[0] == "qender":
        forms |= {" ".join([head, *before[1:], last]) for head in ("qendra", "qendres", "qendren")}
    return forms - {name}


def _albanian_word(word: str) -> set[str]:
    if word.endswith("aj"):
        return {word + end for end in ("t", "ve", "i", "it")}
    if word.endswith("er") and len(word) > 3:
        return {word[:-2] + end for end in ("ra", "res", "ren")} | {word + end for end in ("i", "it", "in", "e")}
    if word.endswith("e"):
        return {word[:-1] + end for end in ("a", "es", "en", "ave", "ise")} | {word + "s"}
    if word.endswith("a"):
        return {word + "s", word + "n", word[:-1] + "es", word[:-1] + "e"}
    if word.endswith("i"):
        return {word + end for end in ("a", "se", "ne", "n", "t")}
    if word.endswith("o"):
        return {word + end for end in ("ja", "s", "se", "n", "ne", "a")}
    if word.endswith("u"):
        return {word + end for end in ("t", "n")}
    ends = ["i", "it", "in", "e"]
    if word[-1] in "kgh":
        ends += ["u", "ut", "un"]
    return {word + end for end in ends}


def slavic(name: str) -> set[str]:
    """Cases of a Serbian, Bosnian or Montenegrin name; of a compound with an adjective, both words are bent."""
    words = name.split()
    if len(words) == 1:
        return _noun(name) - {name}
    if len(words) == 2:
        first, second = words
        forms: set[str] = set()
        if _ADJECTIVE_BEGINNINGS.match(first):
            stem = first[:-1]
            if first.endswith("a"):
                forms |= {f"{stem}{a} {n}" for a, ends in (("e", "e"), ("oj", "i"), ("u", "u"), ("om", "om"))
                          for n in _feminine(second, ends)}  # fmt: skip
            else:
                forms |= {f"{stem}{a} {n}" for a in ("og", "om", "eg", "em") for n in _noun(second)}
        if second in {"novi", "novo"}:
            forms |= {f"{first} {second[:-1]}{end}" for end in ("og", "om", "oga", "ome")}
        return (forms | {f"{first} {n}" for n in _noun(second)}) - {name}
    return set()


def _feminine(word: str, end: str) -> set[str]:
    if not word.endswith("a"):
        return {word, word + "i"}
    stem = word[:-1]
    soft = stem[:-1] + {"k": "c", "g": "z", "h": "s"}.get(stem[-1:], stem[-1:])
    return {stem + end, soft + end} if end == "i" else {stem + end}


def _noun(word: str) -> set[str]:
    if word.endswith("a"):
        return {form for end in ("e", "i", "u", "om", "o") for form in _feminine(word, end)}
    if word.endswith("o"):
        return {word[:-1] + end for end in ("a", "u", "om")}
    if word.endswith("e"):
        return {word[:-1] + end for end in ("a", "u", "em", "ama", "ima")}
    if word.endswith("i"):
        return {word[:-1] + end for end in ("a", "ima", "e", "og", "om")}
    stems = [word]
    if match := _AUTUMN.match(word):
        stems = [match[1] + match[2], word]
    return {stem + end for stem in stems for end in ("a", "u", "om", "em")}


def adjectives(name: str) -> set[str]:
    """ "tetovski", "banjalucka", "novopazarsko": how Slavic languages say "of Tetovo" beside a word of its kind."""
    words = name.split()
    if len(words) == 2 and words[0][-1] in "aeio":
        begin = words[0][:-1]
        return {head + form for head in (begin + "o", words[0]) for form in adjectives(words[1])}
    if len(words) != 1:
        return set()
    stem = re.sub(r"(ovo|evo|ino)$", lambda m: m[0][:-1], name)
    stem = stem[:-1] if stem[-1] in "aeio" and stem == name else stem
    bases = {stem}
    if stem.endswith(("s", "z")):
        bases = {stem[:-1]}
    elif stem.endswith(("k", "g")):
        bases = {stem[:-1] + "c", stem[:-1]}
    ends = ("i", "a", "o", "e", "og", "om", "oj", "iot", "ata", "oto", "ih", "im")
    out = set()
    for base in bases:
        joint = "k" if base.endswith("c") else "sk"
        out |= {base + joint + end for end in ends}
    return out


_DOUBLED = re.compile(r"(.)\1+")


def loosen(text: str) -> str:
    """A key in which common ways of typing the same name meet: no spaces, ch/sh/zh/dj as one letter, no doubling."""
    squeezed = text.replace(" ", "").replace("w", "v").replace("y", "i")
    for pair, letter in (("sh", "s"), ("ch", "c"), ("zh", "z"), ("xh", "dz"), ("dj", "gj"), ("dh", "d"), ("ij", "i")):
        squeezed = squeezed.replace(pair, letter)
    return _DOUBLED.sub(r"\1", squeezed)
