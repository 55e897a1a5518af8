"""Phones that collect: private addresses, which forms they offer, and taking in what they send.

What a phone sent offline cannot be asked for again. So whatever is a filling of a form of this address is kept: what
is wrong with its answers is noted on it, a file that is not what its question asks for is left out and noted.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground import files
from sofra.ground.audit import record

from . import arriving, queries, services, sniffing, trees
from .instance import BadInstance
from .keys import hashed
from .models import Collector, Filling, Upload, Version
from .phone_bodies import Sent

LONGEST_NAME = 200  # characters of a file's name
FILES = ("image", "audio", "video", "file")  # kinds of questions that are answered by one


class NoCollector(Exception):
    """There is no such address, or it is no longer open; the text is a sentence."""


class NoSuchForm(Exception):
    """The address does not offer the form that was filled in; the text is a sentence."""


@dataclass(frozen=True)
class Taken:
    """`new`: nothing of it was known before. `added`: something that the hub did not have came with it."""

    filling: Filling
    new: bool
    added: bool


# — addresses ———————————————————————————————————————————————————————————————————————————————————————————————


def collectors() -> QuerySet[Collector]:
    """All of them, the newest first, with how many fillings came and when the last one did. For mappers."""
    counted = Collector.objects.annotate(received=Count("fillings"), last_at=Max("fillings__sent_at"))
    return counted.prefetch_related("versions__questionnaire").order_by("-id")


def counts_of(collector: Collector) -> list[tuple[Version, int, int]]:
    """Each version of which something came or that is offered: how many fillings, how many with something noted."""
    came = Filling.objects.filter(collector=collector).order_by().values_list("version")
    every = dict(came.annotate(Count("id")))
    noted = dict(came.exclude(notices=[]).annotate(Count("id")))
    versions = Version.objects.filter(Q(pk__in=list(every)) | Q(collectors=collector)).distinct()
    ordered = versions.select_related("questionnaire").order_by("questionnaire__code", "-number")
    return [(one, every.get(one.pk, 0), noted.get(one.pk, 0)) for one in ordered]


@transaction.atomic
def make_collector(
    *, name: str, versions: Iterable[Version], expires_at: datetime | None, by: User | None
) -> tuple[Collector, str]:
    """Make a private address. Its key is returned this once; the hub keeps only its hash."""
    key = secrets.token_urlsafe(16)
    collector = Collector.objects.create(name=name, key_hash=hashed(key), made_by=by, expires_at=expires_at)
    collector.versions.set(versions)
    record(what="collector.made", about=f"collector {collector.pk}", by=by, versions=_numbers(collector))
    return collector, key


@transaction.atomic
def change_collector(
    collector: Collector, *, name: str, versions: Iterable[Version], expires_at: datetime | None, by: User | None
) -> None:
    """Offer other forms, or for longer; phones that have the address go on using it."""
    collector.name, collector.expires_at = name, expires_at
    collector.save(update_fields=["name", "expires_at"])
    collector.versions.set(versions)
    record(what="collector.changed", about=f"collector {collector.pk}", by=by, versions=_numbers(collector))


@transaction.atomic
def end_collector(collector: Collector, *, by: User | None) -> None:
    """Close the address for good; what came by it stays. A second time changes nothing."""
    if Collector.objects.filter(pk=collector.pk, ended_at=None).update(ended_at=timezone.now()):
        record(what="collector.ended", about=f"collector {collector.pk}", by=by)


def _numbers(collector: Collector) -> list[str]:
    return [f"{version.questionnaire.code} {version.number}" for version in _versions(collector)]


def _versions(collector: Collector) -> QuerySet[Version]:
    return collector.versions.select_related("questionnaire").order_by("questionnaire__code", "-number")


def collector_by_key(key: str) -> Collector:
    """Raises NoCollector with the sentence that the phone shows."""
    collector = Collector.objects.filter(key_hash=hashed(key)).first()
    if collector is None:
        raise NoCollector(_("There is no such address. Scan the code again that you were given."))
    if collector.ended_at is not None:
        raise NoCollector(_("This address was closed. Keep what is on the phone, and ask who gave you the code."))
    if is_over(collector):
        raise NoCollector(_("This address has expired. Keep what is on the phone, and ask who gave you the code."))
    return collector


def is_over(collector: Collector) -> bool:
    return collector.expires_at is not None and collector.expires_at <= timezone.now()


def last_day(collector: Collector) -> date | None:
    """The last day on which phones may send; None where nobody set one."""
    return timezone.localdate(collector.expires_at - timedelta(seconds=1)) if collector.expires_at else None


def offered(collector: Collector, form_id: str = "") -> list[Version]:
    """The open versions that phones may fetch; of those with the same form id, the newest alone."""
    found: dict[str, Version] = {}
    for version in _versions(collector).filter(state=Version.State.OPEN).order_by("number", "id"):
        found[version.form_id] = version
    return [version for version in found.values() if form_id in {"", version.form_id}]


# — taking in ———————————————————————————————————————————————————————————————————————————————————————————————


def take(collector: Collector, sent: Sent) -> Taken:
    """Keep what a phone sent: answers once, each file once. Raises BadInstance, NoSuchForm; then nothing is kept."""
    root = _root_of(sent.xml)
    version = version_of(collector, *_form_of(root))
    had = Filling.objects.filter(instance=_instance_of(root)).first()
    if had is not None and had.state == Filling.State.WITHDRAWN:
        return Taken(had, new=False, added=False)  # a withdrawn consent takes later photos along
    weighed = arriving.weigh(queries.form_of(version), sent.xml, settings.LANGUAGE_CODE) if had is None else None
    kept, notices = _keep(sent.files, files_named(version, root))
    if weighed is not None:
        notices = weighed.notices + notices
    before = set(Upload.objects.filter(filling=had).values_list("name", flat=True)) if had else set()
    with transaction.atomic():
        received = services.receive(version, sent.xml, kept, way=Filling.Way.PHONE, collector=collector)
        _note(received.filling, notices)
    added = any(file.name not in before for file in kept)
    return Taken(received.filling, received.new, received.new or added)


def version_of(collector: Collector, form_id: str, form_version: str) -> Version:
    """The version that was filled in. Raises NoSuchForm for a form or a version that this address never offered.

    Older and closed versions of the same questionnaires are taken too: a phone may have been offline since.
    """
    asked = set(_versions(collector).values_list("questionnaire", flat=True))
    same = Version.objects.filter(form_id=form_id, questionnaire__in=asked).exclude(state=Version.State.DRAFT)
    versions = list(same.select_related("questionnaire").order_by("-number"))
    if not versions:
        raise NoSuchForm(_("This address does not ask the form “%(form)s”.") % {"form": form_id[:100]})
    for version in versions:
        if version.form_version == form_version:
            return version
    raise NoSuchForm(
        _("The form “%(form)s” was never asked in the version “%(version)s”. Fetch the form again.")
        % {"form": form_id[:100], "version": form_version[:60]}
    )


def _root_of(xml: bytes) -> trees.Node:
    try:
        return trees.tree(trees.element(xml))
    except trees.BadXml:
        raise BadInstance(_("What was sent is no form that was filled in: it cannot be read as XML.")) from None


def _form_of(root: trees.Node) -> tuple[str, str]:
    """The form's id and version; some clients put the version into a namespace."""
    versions = (value for name, value in root.attributes.items() if trees.split(name)[1] == "version")
    return root.attributes.get("id", ""), next(versions, "")


def _instance_of(root: trees.Node) -> str:
    return next((node.text for node in root.walk() if node.name == "instanceID"), "").strip()


def files_named(version: Version, root: trees.Node) -> dict[str, tuple[str, str]]:
    """Name of a file -> path and kind of the question whose answer it is."""
    form = queries.form_of(version)
    found: dict[str, tuple[str, str]] = {}
    waiting = [(root, f"/{root.name}")]
    while waiting:
        node, path = waiting.pop()
        item, text = form.items.get(path), node.text.strip()
        if item is not None and item.kind in FILES and text:
            found.setdefault(text, (path, item.kind))
        waiting += [(kid, f"{path}/{kid.name}") for kid in node.kids]
    return found


def _keep(
    sent: Mapping[str, UploadedFile], named: Mapping[str, tuple[str, str]]
) -> tuple[list[services.File], list[dict[str, str]]]:
    """Files that are what their questions ask for, flushed to the disk; and a notice for each that is left out."""
    kept, left_out = [], []
    for name, file in sent.items():
        path, kind = named.get(name, ("", "file"))
        head = file.read(sniffing.HEAD)
        file.seek(0)
        try:
            found = sniffing.welcome(head, file.size or 0, kind)
        except sniffing.Unwelcome as error:
            left_out.append({"path": path, "sentence": f"{name[:LONGEST_NAME]}: {error}"})
            continue
        on_disk = files.keep(file.chunks())
        kept.append(services.File(name[-LONGEST_NAME:], on_disk.digest, on_disk.size, found.media_type))
    return kept, left_out


def _note(filling: Filling, notices: list[dict[str, str]]) -> None:
    """Add what is not noted yet."""
    new = [notice for notice in notices if notice not in filling.notices]
    if new:
        filling.notices = [*filling.notices, *new]
        filling.save(update_fields=["notices"])
