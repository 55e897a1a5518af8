"""A small form for tests of phones and exports, and what ODK Collect would put on the line."""

from collections.abc import Mapping
from functools import cache
from uuid import uuid4

from sofra.questionnaires.models import Questionnaire, Version

BOUNDARY = "----sofra-test-boundary"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 400
PROGRAM = b"MZ\x90\x00" + b"\x00" * 400
SHEETS = """
| survey |
| | type | name | label | label::Shqip (sq) | required | constraint | relevant | choice_filter |
| | begin_group | who | About you | Rreth jush | | | | |
| | text | org | Name of the organisation | Emri i organizatës | yes | | | |
| | select_one yn | works | Works in schools? | Punon në shkolla? | | | | |
| | end_group | | | | | | | |
| | select_multiple kinds | kinds | Kinds of work | Llojet e punës | | | | |
| | integer | staff | Staff | Stafi | | . > 0 and . < 1000 | ${works} = 'yes' | |
| | decimal | budget | Budget | Buxheti | | | | |
| | date | since | Working since | Punon që nga | | | | |
| | geopoint | place | Place | Vendi | | | | |
| | image | photo | Photo | Foto | | | | |
| | begin_repeat | people | People | Njerëz | | | | |
| | text | role | Role | Roli | | | | |
| | integer | age | Age | Mosha | | . < 120 | | |
| | begin_repeat | trainings | Trainings | Trajnime | | | | |
| | text | topic | Topic | Tema | | | | |
| | end_repeat | | | | | | | |
| | end_repeat | | | | | | | |
| choices |
| | list_name | name | label | label::Shqip (sq) |
| | yn | yes | Yes | Po |
| | yn | no | No | Jo |
| | kinds | school | In schools | Në shkolla |
| | kinds | family | With families | Me familjet |
| | kinds | media | In media | Në media |
| settings |
| | form_id | version | form_title |
| | al_test | {version} | Test |
"""


@cache
def xform(version: str = "1") -> str:
    from pyxform.xls2xform import convert

    return str(convert(SHEETS.replace("{version}", version), file_type=".md").xform)


def a_version(code: str = "al.test", *, number: int = 1, form_version: str = "1", state: str = "open") -> Version:
    questionnaire, _made = Questionnaire.objects.get_or_create(code=code, defaults={"titles": {"sq": "Provë"}})
    return Version.objects.create(
        questionnaire=questionnaire, number=number, form_id="al_test", form_version=form_version,
        languages=["default", "Shqip (sq)"], xform=xform(form_version), state=state,
    )  # fmt: skip


def answers(
    instance: str = "", *, org: str = "Ura", photo: str = "", staff: str = "", form_version: str = "1", more: str = "",
    form_id: str = "al_test",
) -> str:  # fmt: skip
    """A document as a phone sends it, without what was not asked."""
    works = "yes" if staff else "no"
    return (
        "<?xml version='1.0' ?>"
        f'<data id="{form_id}" version="{form_version}" xmlns:orx="http://openrosa.org/xforms">'
        f"<who><org>{org}</org><works>{works}</works></who><kinds>school media</kinds>"
        + (f"<staff>{staff}</staff>" if staff else "")
        + (f"<photo>{photo}</photo>" if photo else "")
        + f"<people><role>lead</role><age>41</age></people>{more}"
        f"<orx:meta><orx:instanceID>{instance or f'uuid:{uuid4()}'}</orx:instanceID></orx:meta></data>"
    )


def multipart(xml: str | bytes, files: Mapping[str, bytes] | None = None, *, more_to_come: bool = False) -> bytes:
    """The body of a submission, as ODK Collect builds it."""
    parts = [
        (b'name="xml_submission_file"; filename="a.xml"', b"text/xml", xml.encode() if isinstance(xml, str) else xml)
    ]
    for name, content in (files or {}).items():
        parts.append((f'name="{name}"; filename="{name}"'.encode(), b"image/jpeg", content))
    if more_to_come:
        parts.append((b'name="*isIncomplete*"', b"text/plain", b"yes"))
    body = b""
    for head, kind, content in parts:
        body += b"--" + BOUNDARY.encode() + b"\r\nContent-Disposition: form-data; " + head
        body += b"\r\nContent-Type: " + kind + b"\r\nContent-Transfer-Encoding: binary\r\n\r\n" + content + b"\r\n"
    return body + b"--" + BOUNDARY.encode() + b"--\r\n"


CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
