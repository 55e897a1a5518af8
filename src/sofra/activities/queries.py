"""What can be asked of projects and activities, each visible to whom. Nothing here shows everything by default."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet
from django.http import Http404

from sofra.accounts import roles
from sofra.accounts.access import has, level_of
from sofra.ground.models import Visibility
from sofra.organisations import queries as organisations
from sofra.organisations.models import Organisation

from .models import Activity, Kept, Project, ProjectParty


def activities(level: int) -> QuerySet[Activity]:
    """The published activities that a viewer of this level may know of, as of the organisations that lead them."""
    return _published(Activity.objects.all(), level)


def projects(level: int) -> QuerySet[Project]:
    return _published(Project.objects.all(), level)


class Published(Func):
    """ "It is published", written out in the query as in the indexes of lists, or SQLite passes them by."""

    conditional = True
    output_field = BooleanField()
    template = "%(expressions)s = 'published'"

    def __init__(self) -> None:
        super().__init__(F("state"))


def _published(found: QuerySet[Any], level: int) -> QuerySet[Any]:
    found = found.filter(Published(), visible_to__lte=level)
    if level < Visibility.SEALED:  # few are hidden: their numbers are looked up once, not each owner's level
        hidden = Organisation.objects.filter(visible_to__gt=level).values("pk")
        found = found.filter(Q(owner=None) | ~Q(owner__in=hidden))
    return found


def owned_by(organisation: Organisation) -> Q:
    """The condition for what an organisation leads, records that were joined to it included."""
    return Q(owner__in=[organisation.pk, *organisation.joined.values_list("pk", flat=True)])


def own_activities(user: Any, organisation: Organisation) -> QuerySet[Activity]:
    """All that an organisation leads, drafts and the bin with it, as far as the person may see it: a mapper who
    writes for it does not see what it sealed."""
    return Activity.objects.filter(
        owned_by(organisation), visible_to__lte=organisations.level_at(user, organisation)
    )  # fmt: skip


def projects_open_to(organisation: Organisation | None, level: int, own_level: int) -> QuerySet[Project]:
    """The projects to which an organisation's activities may belong: its own (drafts too, up to `own_level`), and
    those in which it takes part, as far as a reader of `level` may see them: another's draft is not told."""
    if organisation is None:
        return Project.objects.none()
    numbers = [organisation.pk, *organisation.joined.values_list("pk", flat=True)]
    taking_part = ProjectParty.objects.filter(organisation__in=numbers).values("project")
    shared = projects(level).filter(pk__in=taking_part).values("pk")
    own = Q(owner__in=numbers, visible_to__lte=own_level) & ~Q(state=Kept.State.BINNED)
    return Project.objects.filter(own | Q(pk__in=shared)).order_by("title", "id")


def own_projects(user: Any) -> QuerySet[Project]:
    """The projects, drafts and the bin included, of the organisations that the person speaks for; newest first."""
    mine = organisations.edited_by(user).values("pk")
    heads = organisations.edited_by(user).exclude(joined_to=None).values("joined_to")
    own = Q(owner__in=mine) | Q(owner__in=heads) | Q(owner__joined_to__in=mine)
    return Project.objects.filter(own).order_by("-updated_at", "-id")


def may_edit(user: Any, owner: Organisation | None) -> bool:
    """Its owner's editors write what an organisation does; mappers for those who cannot, and what has no owner."""
    if has(user, roles.MAPPER):
        return owner is None or owner.visible_to <= level_of(user)
    return owner is not None and organisations.is_editor(user, organisations.head(owner))


def activity_for(user: Any, code: str, *, edit: bool = False) -> Activity:
    """The activity with this code that the person may see (or, with `edit`, write); otherwise 404."""
    return _one_for(user, Activity.objects.select_related("owner__joined_to", "project__owner"), code, edit)


def project_for(user: Any, code: str, *, edit: bool = False) -> Project:
    return _one_for(user, Project.objects.select_related("owner__joined_to"), code, edit)


def _one_for(user: Any, among: QuerySet[Any], code: str, edit: bool) -> Any:
    found = among.filter(code=code).first()
    if found is None:
        raise Http404
    level = level_at(user, found)
    if found.visible_to > level or (found.owner is not None and found.owner.visible_to > level):
        raise Http404
    if (edit or found.state != Kept.State.PUBLISHED) and not may_edit(user, found.owner):
        raise Http404
    return found


def level_at(user: Any, kept: Kept) -> int:
    """How much of it the person may see: the editors of the organisation that leads it see all."""
    return organisations.level_at(user, organisations.head(kept.owner)) if kept.owner else level_of(user)


def organisation_for(user: Any, code: str) -> Organisation:
    """The organisation for which the person may write activities; 404 for every other."""
    found = organisations.head(organisations.organisation_for(user, code))
    if not may_edit(user, found):
        raise Http404
    return found


def names_of(found: Iterable[Organisation | None], level: int) -> Mapping[int, Organisation]:
    """For each organisation (by number) the record that stands for it, as far as the viewer may know of it."""
    return standing((one.pk for one in found if one is not None), level)


def standing(numbers: Iterable[int], level: int) -> Mapping[int, Organisation]:
    """As names_of, of the numbers of organisations."""
    rows = Organisation.objects.select_related("joined_to").filter(pk__in=set(numbers))
    stands = {one.pk: organisations.head(one) for one in rows if one.visible_to <= level}
    return {number: one for number, one in stands.items() if one.visible_to <= level}
