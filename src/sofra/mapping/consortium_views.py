"""Pages of the consortium: a methodology as one file out, another hub's in, versions side by side, and taken over."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import require
from sofra.ground.tongues import said
from sofra.printing import markdown
from sofra.questionnaires import queries as questionnaires
from sofra.questionnaires import xform
from sofra.questionnaires.models import Version

from . import consortium, forms, queries, versions
from .models import Methodology


@require_safe
def round_methodology(request: HttpRequest, code: str) -> HttpResponse:
    """The method and questionnaire of a round as one file; as public as the round."""
    found = queries.round_for(request.user, code)
    try:
        content = consortium.export_methodology(found)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect(found)
    response = HttpResponse(content, content_type="application/zip")
    name = f"{found.code}-{timezone.localdate().isoformat()}.methodology.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def methodology_list(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    form = forms.FileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > consortium.LARGEST:
                raise ValidationError(_("The file is larger than a methodology can be: choose another."))
            kept = consortium.import_methodology(upload.read(), by=by)
            messages.success(
                request, _("The methodology is here. Nothing is asked of anybody by it yet: compare first.")
            )
            return redirect("methodology", number=kept.pk)
        except ValidationError as problem:
            form.add_error("file", problem)
    context = {"form": form, "kept": Methodology.objects.select_related("imported_by", "version")[:100]}
    return render(request, "mapping/methodology_list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def methodology(request: HttpRequest, number: int) -> HttpResponse:
    """What came in beside a version of this hub; taken over as a draft under a code."""
    by = require(request.user, roles.MAPPER)
    kept = Methodology.objects.filter(pk=number).select_related("version__questionnaire").first()
    if kept is None:
        raise Http404
    inside = consortium.unpacked(kept)
    first = {"code": f"{settings.COUNTRY.lower()}.{kept.code.partition('.')[2] or kept.code}"}
    form = forms.TakeOverForm(request.POST or None, initial=first)
    if form.is_valid():
        try:
            version = consortium.take_over(kept, code=form.cleaned_data["code"], by=by)
            messages.success(request, _("It is a draft of this hub now, with a draft of a round. Look through both."))
            return redirect(version.questionnaire)
        except ValidationError as problem:
            form.add_error(None, problem)
    asked = inside.manifest["questionnaire"]
    own, beside = _own(request, kept.code)
    context = {
        "kept": kept, "form": form, "own": own, "beside": beside, "title": said(asked["titles"]) or kept.code,
        "methods": {code: markdown.html(text, 3) for code, text in sorted(inside.methods.items())},
        "differences": None, "manifest": inside.manifest,
    }  # fmt: skip
    if beside is not None:
        theirs = xform.parse(inside.parts[consortium.FORM].decode())
        mine = questionnaires.form_of(beside)
        context["differences"] = versions.compare(mine, theirs, get_language() or "sq")
    return render(request, "mapping/methodology.html", context, status=422 if form.errors else 200)


@require_safe
def version_compare(request: HttpRequest) -> HttpResponse:
    """Two versions of this hub side by side: "one" is the earlier, "other" the later."""
    require(request.user, roles.MAPPER)
    own = list(Version.objects.select_related("questionnaire").order_by("questionnaire__code", "-number")[:200])
    known = {str(version.pk): version for version in own}
    one, other = known.get(request.GET.get("one", "")), known.get(request.GET.get("other", ""))
    differences = None
    if one is not None and other is not None:
        forms_of = questionnaires.form_of(one), questionnaires.form_of(other)
        differences = versions.compare(*forms_of, get_language() or "sq")
    context = {"own": own, "one": one, "other": other, "differences": differences}
    return render(request, "mapping/version_compare.html", context)


def _own(request: HttpRequest, code: str) -> tuple[list[Version], Version | None]:
    """This hub's versions to compare with; the chosen one, else the newest that is called alike."""
    own = list(Version.objects.select_related("questionnaire").order_by("questionnaire__code", "-number")[:100])
    asked = request.GET.get("with", "")
    alike = [one for one in own if one.questionnaire.code.partition(".")[2] == code.partition(".")[2]]
    chosen = next((one for one in own if str(one.pk) == asked), None)
    return own, chosen or next(iter(alike or own), None)
