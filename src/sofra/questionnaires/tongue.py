"""In which of the form's languages a person reads it."""

import re

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .models import Filling
from .xform import Form

_CODE = re.compile(r"\(([A-Za-z]{2,3})(?:-[A-Za-z]+)?\)\s*$")
_NAMES = {
    "albanian": "sq", "shqip": "sq", "english": "en", "macedonian": "mk", "македонски": "mk", "serbian": "sr",
    "српски": "sr", "bosnian": "bs", "bosanski": "bs", "montenegrin": "cnr", "crnogorski": "cnr", "french": "fr",
    "français": "fr", "german": "de", "italian": "it", "spanish": "es", "español": "es",
}  # fmt: skip


def code_of(name: str) -> str:
    """ "Shqip (sq)" → "sq"; "" where the name says none."""
    if found := _CODE.search(name):
        return found[1].lower()
    plain = name.strip().lower()
    return _NAMES.get(plain, plain if re.fullmatch(r"[a-z]{2,3}", plain) else "")


def spoken(name: str) -> str:
    """The name as people say it: without its code. A form in one language often names none."""
    said = _CODE.sub("", name).strip()
    if said == "default":
        return _("not named in the form")
    codes = dict(settings.LANGUAGES)
    return codes.get(code_of(name), said) if not said or said.lower() in codes else said


def cookie_of(filling: Filling) -> str:
    return f"form-language-{filling.pk}"


def language_for(request: HttpRequest, filling: Filling, form: Form) -> str:
    """The one chosen on the first page where the hub does not have it; else the page's; else the filling's own."""
    chosen = request.COOKIES.get(cookie_of(filling), "")
    if chosen in form.languages:
        return chosen
    return page_language(form) or (filling.language if filling.language in form.languages else form.language_for(""))


def page_language(form: Form) -> str:
    """The form's name of the page's language, "" where the form is not in it."""
    now = (get_language() or "").split("-")[0]
    return next((name for name in form.languages if code_of(name) == now), "")
