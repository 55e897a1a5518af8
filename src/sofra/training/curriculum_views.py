"""Pages of curricula: their versions, materials and what a trainer to be must have done."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.ground import files
from sofra.ground.models import Visibility
from sofra.ground.refusals import put
from sofra.ground.tongues import said
from sofra.organisations.vocabulary import Language

from . import forms, panels, queries, services
from .models import Material
from .views import FORM, PAGE, first_owner, shown_form, status_of


@require_safe
def curriculum_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(queries.curricula(level_of(request.user)), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_add": has(request.user, roles.MEMBER)}
    return render(request, "training/curriculum_list.html", context)


@require_safe
def curriculum(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.curriculum_for(request.user, code)
    level = level_of(request.user)
    edits = queries.may_edit(request.user, found.owner)
    editions = found.editions.prefetch_related("materials")
    context = {
        "curriculum": found, "about": said(found.about), "requirements": found.requirements.all(),
        "editions": [(one, [m for m in one.materials.all() if edits or m.visible_to <= level]) for one in editions],
        "programmes": queries.programmes(level).filter(curriculum=found),
        "may_edit": edits, "languages": dict(Language.choices),
        "panels": [panel(request, found) for panel in panels.on_curriculum],
    }  # fmt: skip
    return render(request, "training/curriculum.html", context)


@require_http_methods(FORM)
def curriculum_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    initial = {"organisation": first_owner(by), "visible_to": "0"}
    form = forms.CurriculumForm(request.POST or None, user=by, initial=initial)
    if form.is_valid():
        said = form.cleaned_data
        made = services.make_curriculum(
            titles=form.titles(), owner=form.owner, about=form.about(), visible_to=int(said["visible_to"]),
            guide=said["guide"], source=said["source"], by=by,
        )  # fmt: skip
        return redirect(made)
    return render(request, "training/form.html", shown_form(form, _("A new curriculum")), status=status_of(form))


@require_http_methods(FORM)
def curriculum_edit(request: HttpRequest, code: str) -> HttpResponse:
    """What is said of it in all versions: titles, what it is about, the guide."""
    by = require(request.user)
    found = queries.curriculum_for(by, code, edit=True)
    first = {
        "title_sq": found.titles.get("sq", ""), "title_en": found.titles.get("en", ""), "guide": found.guide,
        "organisation": found.owner.code if found.owner else "", "source": found.source,
        "visible_to": str(found.visible_to), **forms.first_about(found.about),
    }  # fmt: skip
    form = forms.CurriculumForm(request.POST or None, user=by, initial=first)
    if form.is_valid():
        said = form.cleaned_data
        changed = {name: said[name] for name in ("guide", "source")} | {"visible_to": int(said["visible_to"])}
        changed |= {"titles": form.titles(), "about": form.about(), "owner": form.owner}
        services.edit_curriculum(found, changed, by=by)
        messages.success(request, _("The curriculum was changed."))
        return redirect(found)
    return render(request, "training/form.html", shown_form(form, str(found), found), status=status_of(form))


@require_http_methods(FORM)
def curriculum_material(request: HttpRequest, code: str) -> HttpResponse:
    """A file or a web address that a version uses."""
    by = require(request.user)
    found = queries.curriculum_for(by, code, edit=True)
    form = forms.MaterialForm(request.POST or None, request.FILES or None, curriculum=found)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.add_material(
                said["edition"], title=said["title"], url=said["url"], file=said["file"], rights=said["rights"],
                language=said["language"], visible_to=int(said["visible_to"]), by=by,
            )  # fmt: skip
            messages.success(request, _("The material is kept."))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    title = _("A material: %(title)s") % {"title": found}
    return render(request, "training/form.html", shown_form(form, title, found), status=status_of(form))


@require_safe
def material_file(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """The file of a material, always as an attachment, for whoever may see the material."""
    found = queries.curriculum_for(request.user, code)
    seen = Visibility.SEALED if queries.may_edit(request.user, found.owner) else level_of(request.user)
    kept = get_object_or_404(
        Material.objects.exclude(digest=""), edition__curriculum=found, pk=number, visible_to__lte=seen
    )
    return files.attachment(kept.digest, kept.name)


@require_http_methods(FORM)
def curriculum_edition(request: HttpRequest, code: str) -> HttpResponse:
    """A new version; older ones stay as sessions were held by them."""
    by = require(request.user)
    found = queries.curriculum_for(by, code, edit=True)
    form = forms.EditionForm(request.POST or None, initial=_first_edition(found))
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.add_edition(
                found, language=said["language"], days=said["days"], modules=said["modules"], by=by
            )  # fmt: skip
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    title = _("A new version: %(title)s") % {"title": found}
    return render(request, "training/form.html", shown_form(form, title, found), status=status_of(form))


def _first_edition(found: Any) -> dict[str, Any]:
    newest = found.editions.first()
    if newest is None:
        return {}
    lines = [f"{one['title']}; {one['minutes']}" if one.get("minutes") else one["title"] for one in newest.modules]
    return {"language": newest.language, "days": newest.days, "modules": "\n".join(lines)}
