"""What ODK Collect and KoboCollect ask a server: which forms there are, their files, and to take what was filled in.

OpenRosa 1.0. Nobody signs in: the key in the address lets a phone fetch and send, never read. Each answer says in
the reader's words what to do; a phone shows it to whoever holds it and keeps what it could not send.
"""

import errno
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from sofra.ground import files

from . import collecting, phone_bodies, phone_rates
from .instance import BadInstance
from .models import Collector, Media, Version
from .phone_lists import OfferedFile, OfferedForm, answer, list_of_files, list_of_forms, md5_of

ACCEPTED = 10 * 1024 * 1024  # bytes that a phone is told to send at once; more photos come in several parts
log = logging.getLogger("sofra.phones")
View = Callable[..., HttpResponseBase]


def openrosa(view: View) -> View:
    """A view of one address: finds its collector, speaks the phone's language, heads the answer as OpenRosa asks."""

    @csrf_exempt
    @wraps(view)
    def asked(request: HttpRequest, key: str, **more: Any) -> HttpResponseBase:
        with translation.override(translation.get_language_from_request(request)):
            try:
                response = view(request, collecting.collector_by_key(key), key=key, **more)
            except (collecting.NoCollector, collecting.NoSuchForm) as error:
                response = _say(str(error), 404)
        response["X-OpenRosa-Version"] = "1.0"
        response["X-OpenRosa-Accept-Content-Length"] = str(ACCEPTED)
        response["Date"] = http_date()
        response["Cache-Control"] = "private, no-store"
        return response

    return asked


def _xml(content: bytes, status: int = 200) -> HttpResponse:
    return HttpResponse(content, status=status, content_type="text/xml; charset=utf-8")


def _say(sentence: str, status: int) -> HttpResponse:
    return _xml(answer(sentence, taken=status < 300), status)


def _address(request: HttpRequest, route: str, **names: object) -> str:
    return request.build_absolute_uri(reverse(route, kwargs=names))


# — fetching ————————————————————————————————————————————————————————————————————————————————————————————————


@openrosa
def form_list(request: HttpRequest, collector: Collector, *, key: str) -> HttpResponseBase:
    """The open forms; ?formID= asks for one, ?verbose=true for their descriptions."""
    verbose = request.GET.get("verbose", "").lower() == "true"
    versions = collecting.offered(collector, request.GET.get("formID", ""))
    with_files = set(Media.objects.filter(version__in=versions).values_list("version", flat=True))
    return _xml(list_of_forms([_form(request, key, one, one.pk in with_files) for one in versions], verbose=verbose))


def _form(request: HttpRequest, key: str, version: Version, has_files: bool) -> OfferedForm:
    manifest = _address(request, "collect_manifest", key=key, number=version.pk) if has_files else ""
    download = _address(request, "collect_form", key=key, number=version.pk)
    return OfferedForm(
        form_id=version.form_id, name=str(version.questionnaire), version=version.form_version,
        md5=md5_of(version.xform), about=version.questionnaire.source, download_url=download, manifest_url=manifest,
    )  # fmt: skip


def _offered(collector: Collector, number: int) -> Version:
    """Raises NoSuchForm."""
    for version in collecting.offered(collector):
        if version.pk == number:
            return version
    raise collecting.NoSuchForm(_("This form is no longer asked. Fetch the list of forms again."))


@openrosa
def form_file(_request: HttpRequest, collector: Collector, *, key: str, number: int) -> HttpResponseBase:
    return _xml(_offered(collector, number).xform.encode())


@openrosa
def manifest(request: HttpRequest, collector: Collector, *, key: str, number: int) -> HttpResponseBase:
    """The files that a form shows or looks values up in."""
    found = _offered(collector, number).media.order_by("name")
    return _xml(
        list_of_files(
            OfferedFile(one.name, one.md5, _address(request, "collect_media", key=key, number=number, name=one.name))
            for one in found
        )
    )


@openrosa
def media(_request: HttpRequest, collector: Collector, *, key: str, number: int, name: str) -> HttpResponseBase:
    found = _offered(collector, number).media.filter(name=name).first()
    if found is None:
        raise collecting.NoSuchForm(_("The form has no file of this name. Fetch the form again."))
    try:
        content = files.path_of(found.digest).open("rb")
    except FileNotFoundError:
        raise collecting.NoSuchForm(_("The form has no file of this name. Fetch the form again.")) from None
    return FileResponse(content, content_type=found.media_type, filename=found.name, as_attachment=True)


# — sending —————————————————————————————————————————————————————————————————————————————————————————————————


@openrosa
def submission(request: HttpRequest, collector: Collector, *, key: str) -> HttpResponseBase:
    """HEAD: where to send. POST: take it; 201 what is new, 202 what the hub had already."""
    here = _address(request, "collect_submission", key=key)
    if request.method == "HEAD":
        response: HttpResponse = HttpResponse(status=204)
    elif wait := phone_rates.seconds_to_wait(collector.pk):
        response = _say(_("Too much is being sent at once. Wait a minute and send again."), 429)
        response["Retry-After"] = str(wait)
    else:
        response = _take(request, collector)
    response["Location"] = here
    return response


def _take(request: HttpRequest, collector: Collector) -> HttpResponse:
    """Every refusal leaves nothing behind, and what was sent stays on the phone."""
    try:
        with phone_bodies.submission(request, most=settings.PHONE_LIMIT) as sent:
            taken = collecting.take(collector, sent)
    except phone_bodies.TooLarge:
        most = settings.PHONE_LIMIT // (1024 * 1024)
        return _say(_("More than %(most)d MB at once is not taken. Send fewer or smaller files.") % {"most": most}, 413)
    except phone_bodies.BadBody as error:
        log.warning("a submission could not be read: %s", error)
        return _say(_("What was sent did not arrive whole. Nothing was kept: send it again."), 400)
    except BadInstance as error:
        return _say(str(error), 400)
    except (OSError, OperationalError) as error:
        if not _is_full(error):
            raise
        return _say(_("The hub has no room left. Keep what is on the phone and send it later."), 507)
    if taken.added:
        return _say(_("Received. Thank you!"), 201)
    return _say(_("The hub had this already."), 202)


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return "full" in str(error).lower() or "no space left" in str(error).lower()
