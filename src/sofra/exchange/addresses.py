"""Web and e-mail addresses as people type them, made whole; every repair is told."""

import re
import unicodedata
from dataclasses import dataclass

NOTHING = frozenset(
    {"", "-", "--", "–", "—", "/", ".", "?", "x", "n a", "na", "none", "nuk ka", "ska", "no", "jo", "nema", "null"}
)
_SOCIAL = re.compile(r"(?:^|\.)(facebook|fb|instagram|twitter|x|linkedin|youtube|tiktok|t)\.(com|me)$")
# Letters that look or are typed like Latin ones: Cyrillic, Greek, full width, and a vowel sign seen in print.
_LOOK_ALIKE = {
    **dict(zip("асеорхуіјѕԁһӏквмнтгп", "aceopxyijsdhlkbmhtrn", strict=True)),
    **dict(zip("АСЕОРХУІЈЅКВМНТ", "aceopxyijskbmht", strict=True)),
    **dict(zip("οανικρτυχε", "oavikptuxe", strict=True)),
    "ु": "u",
}
_HOST = re.compile(r"^(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}$")
_SPLIT = re.compile(r"[\s;|]+|,(?=\s|www|http)")
_EMAIL = re.compile(r"[^@\s;,<>()]+@[^@\s;,<>()]+\.[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Address:
    """A whole address. `repaired` says what was typed where that was another one; `social` for social media."""

    url: str
    social: bool = False
    repaired: str = ""


def read_addresses(text: str) -> tuple[tuple[Address, ...], tuple[str, ...]]:
    """The addresses in a cell, and the pieces that are none."""
    found: list[Address] = []
    unread: list[str] = []
    text = re.sub(r"(?i)\b(https?:)\s*/\s*/\s*", r"\1//", text)
    for piece in _SPLIT.split(text):
        piece = piece.strip(" ,.<>\"'“”‘’()[]")
        if piece.lower() in NOTHING or piece.lower() in {"and", "dhe", "i", "ose", "or"}:
            continue
        address = _read(piece)
        if address is None:
            unread.append(piece)
        elif all(address.url != other.url for other in found):
            found.append(address)
    return tuple(found), tuple(unread)


def _read(piece: str) -> Address | None:
    match = re.match(r"(?i)^(https?)[:;]?[\\/]{1,2}(.*)$", piece)
    scheme, rest = (match[1].lower(), match[2]) if match else ("http", piece)
    host, slash, path = rest.partition("/")
    host, port_colon, port = host.partition(":")
    if port_colon and not port.isdigit():
        return None
    mended = _mend_host(host)
    if mended is None or len(piece) > 400 or "@" in host:
        return None
    url = f"{scheme}://{mended}{port_colon}{port}{slash}{path}"
    return Address(url, bool(_SOCIAL.search(mended)), piece if mended != host.lower() else "")


def _mend_host(host: str) -> str | None:
    """The host in lower case, with `ë` for `w` and look-alike letters put right; None where it is no host."""
    host = unicodedata.normalize("NFC", host.lower().strip("."))
    if not host.isascii():
        labels = [label if _one_script(label) else _latin(label) for label in host.split(".")]
        host = ".".join(labels)
    return host if _HOST.match(host) and ".." not in host else None


def _latin(label: str) -> str:
    return "".join(_LOOK_ALIKE.get(c, c) for c in label).replace("ë", "w")


def _one_script(label: str) -> bool:
    """A label wholly in Cyrillic or Greek is an address of its own; one with `ë` is a slip of the keyboard."""
    if label.isascii():
        return True
    scripts = {unicodedata.name(c, "?").split()[0] for c in label if c.isalpha() or unicodedata.combining(c)}
    return "ë" not in label and len(scripts) == 1 and not any(unicodedata.category(c) == "Mn" for c in label)


def read_emails(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The e-mail addresses in a cell, and what is left over."""
    found = tuple(dict.fromkeys(email.strip(".").lower() for email in _EMAIL.findall(text.replace("mailto:", ""))))
    rest = _EMAIL.sub(" ", text)
    left = tuple(p for p in re.split(r"[\s;,<>()|/]+", rest) if p and p.lower() not in NOTHING and "@" in p)
    return found, left if found else ((text.strip(),) if text.strip().lower() not in NOTHING else ())
