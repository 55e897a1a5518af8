"""Files that come with a filling on the web: looked at, kept, given back as something to take away."""

import re
from urllib.parse import quote

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from sofra.ground import files

from . import posts, services, sniffing
from .doorways import hand_of
from .instance import Fault, Instance
from .models import Filling, Media, Upload

_UNSAFE = re.compile(r"[^\w.\-() ]+")
_LONGEST = 120
_SHOWN = frozenset(
    "image/jpeg image/png image/gif image/webp audio/mpeg audio/ogg audio/mp4 audio/wav video/mp4 video/webm".split()
)
_MOST_FILES = 200  # of one filling


def kept_files(request: HttpRequest, filling: Filling, instance: Instance) -> tuple[posts.Values, list[Fault]]:
    """Path -> name of each file that was kept, and a sentence for each that was not."""
    kept: posts.Values = {}
    refused: list[Fault] = []
    for path, item, file in posts.files(instance, request.FILES):
        try:
            kept[path] = _keep(filling, file, item.kind, request)
        except sniffing.Unwelcome as unwelcome:
            refused.append(Fault(path, str(unwelcome)))
    return kept, refused


def _keep(filling: Filling, file: UploadedFile, kind: str, request: HttpRequest) -> str:
    head = file.read(sniffing.HEAD)
    file.seek(0)
    found = sniffing.welcome(head, file.size or 0, kind)
    if filling.uploads.count() >= _MOST_FILES:
        raise sniffing.Unwelcome(_("Too many files came with these answers already. This one was not kept."))
    stored = files.keep(file.chunks())
    name = _free_name(filling, file.name or "file", stored.digest)
    services.keep_upload(
        filling, services.File(name, stored.digest, stored.size, found.media_type), by=hand_of(request)
    )  # fmt: skip
    return name


def _free_name(filling: Filling, name: str, digest: str) -> str:
    """The file's own name, made safe; another file of the same name gets a few letters of its digest."""
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(". ") or "file"
    stem, dot, ending = plain.rpartition(".")
    stem, ending = (stem, dot + ending) if stem and len(ending) < 10 else (plain, "")
    short = stem[: _LONGEST - len(ending)] + ending
    taken = filling.uploads.filter(name=short).exclude(digest=digest).exists()
    return f"{stem[: _LONGEST - len(ending) - 9]}-{digest[:8]}{ending}" if taken else short


def attached(filling: Filling, name: str) -> HttpResponseBase:
    """The file as a download: whatever it is, a browser does not open it in the hub's name."""
    upload = Upload.objects.filter(filling=filling, name=name).first()
    if upload is None or not files.path_of(upload.digest).exists():
        raise Http404
    answer = StreamingHttpResponse(files.read(upload.digest), content_type=upload.media_type)
    answer["Content-Length"] = str(upload.size)
    return as_attachment(answer, name)


def as_attachment(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    """To be taken away: whatever it holds, no browser opens it as a page of the hub."""
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def shown(media: Media) -> HttpResponseBase:
    """A file that a form shows. Pictures and sounds are shown in the page, everything else is only given away."""
    if not files.path_of(media.digest).exists():
        raise Http404
    answer = StreamingHttpResponse(files.read(media.digest), content_type=media.media_type)
    as_attachment(answer, media.name)
    if media.media_type in _SHOWN:
        answer["Content-Disposition"] = "inline"
    answer["Content-Length"] = str(media.size)
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
