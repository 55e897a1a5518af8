"""The picture that sets up a phone: settings as JSON, compressed, in base64, as a QR code.

The keys are those of ODK Collect's published schema of client settings; KoboCollect is built from it and reads the
same ones. What a code does not name is set back to the program's own default, so each code names what it needs.
"""

import base64
import json
import zlib
from collections.abc import Iterator
from typing import Any

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString

CLAY = "#9c4a2f"  # the colour of the project's sign on the phone


def settings_of_odk(server_url: str, name: str) -> dict[str, Any]:
    """ODK Collect shows exactly the forms that the address offers, and sends as soon as there is a network."""
    general = {
        "protocol": "odk_default",
        "server_url": server_url,
        "form_update_mode": "match_exactly",
        "periodic_form_updates_check": "every_one_hour",
        "autosend": "wifi_and_cellular",
    }
    return {"general": general, "admin": {}, "project": {"name": name[:50], "icon": "S", "color": CLAY}}


def settings_of_kobo(server_url: str, name: str) -> dict[str, Any]:
    """KoboCollect begins with an account of KoboToolbox: it is emptied; older ones also ask for the two paths."""
    settings = settings_of_odk(server_url, name)
    settings["general"] |= {
        "username": "", "password": "", "formlist_url": "/formList", "submission_url": "/submission",
    }  # fmt: skip
    return settings


def coded(settings: dict[str, Any]) -> str:
    """The text that the picture holds."""
    return base64.b64encode(zlib.compress(json.dumps(settings).encode(), 9)).decode()


def picture(text: str, label: str) -> SafeString:
    """The QR code as a drawing in the page; `label` says to whoever cannot see it what it is for."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=4)
    code.add_data(text)
    rows = code.get_matrix()
    drawn = "".join(
        f"M{begin},{y}h{end - begin}v1H{begin}z" for y, row in enumerate(rows) for begin, end in _dark_runs(row)
    )
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" width="320" height="320" '
        'shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path d="{}"/></svg>',
        label, len(rows), len(rows), drawn,
    )  # fmt: skip


def _dark_runs(row: list[bool]) -> Iterator[tuple[int, int]]:
    """Where the dark squares of a row begin and end."""
    begin = None
    for x, dark in enumerate([*row, False]):
        if dark and begin is None:
            begin = x
        elif not dark and begin is not None:
            yield begin, x
            begin = None
