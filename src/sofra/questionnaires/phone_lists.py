"""What OpenRosa's documents say to a phone: the list of forms, a form's files, and the answer to what it sent."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as Xml  # only written here, never read

FORMS = "http://openrosa.org/xforms/xformsList"
FILES = "http://openrosa.org/xforms/xformsManifest"
ANSWER = "http://openrosa.org/http/response"


@dataclass(frozen=True)
class OfferedForm:
    """`md5` is that of the form's bytes as they are downloaded; an empty `manifest_url` says it has no files."""

    form_id: str
    name: str
    version: str
    md5: str
    about: str
    download_url: str
    manifest_url: str = ""


@dataclass(frozen=True)
class OfferedFile:
    """A picture or a list of choices that a form shows."""

    name: str
    md5: str
    download_url: str


def md5_of(text: str) -> str:
    """OpenRosa asks for MD5; it only tells one version of a form from another."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def list_of_forms(forms: Iterable[OfferedForm], *, verbose: bool) -> bytes:
    root = Xml.Element("xforms", xmlns=FORMS)
    for form in forms:
        about = form.about if verbose else ""
        said = {
            "formID": form.form_id, "name": form.name, "version": form.version, "hash": f"md5:{form.md5}",
            "descriptionText": about, "downloadUrl": form.download_url, "manifestUrl": form.manifest_url,
        }  # fmt: skip
        _add(root, "xform", said)
    return _written(root)


def list_of_files(files: Iterable[OfferedFile]) -> bytes:
    root = Xml.Element("manifest", xmlns=FILES)
    for file in files:
        said = {"filename": file.name, "hash": f"md5:{file.md5}", "downloadUrl": file.download_url}
        _add(root, "mediaFile", said)
    return _written(root)


def answer(sentence: str, *, taken: bool) -> bytes:
    """What the phone shows its user after sending."""
    root = Xml.Element("OpenRosaResponse", xmlns=ANSWER)
    message = Xml.SubElement(root, "message", nature="submit_success" if taken else "error")
    message.text = sentence
    return _written(root)


def _add(root: Xml.Element, name: str, said: dict[str, str]) -> None:
    one = Xml.SubElement(root, name)
    for tag, text in said.items():
        if text:
            Xml.SubElement(one, tag).text = text


def _written(root: Xml.Element) -> bytes:
    return b"<?xml version='1.0' encoding='UTF-8' ?>\n" + Xml.tostring(root, encoding="utf-8")
