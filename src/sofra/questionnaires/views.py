"""Pages of questionnaires and of what was filled in, for those who ask. What is open can be read by everyone."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, require
from sofra.accounts.models import User
from sofra.ground import files
from sofra.printing import pdf

from . import asking, bringing, desk, forms, keys, paper, posts, queries, services, showing, tongue, unsealing
from .instance import Fault, Instance
from .marked import plain
from .models import Filling, Version
from .saving import twice
from .xform import Form
from .xlsform import Problem, Refused

PAGE = 50


@require_safe
def questionnaire_list(request: HttpRequest) -> HttpResponse:
    """All of them for mappers, those with an open version for everyone."""
    maps = has(request.user, roles.MAPPER)
    page = Paginator(desk.listed(all_of_them=maps), PAGE).get_page(request.GET.get("page"))
    return render(request, "questionnaires/questionnaire_list.html", {"page": page, "maps": maps})


@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    form = forms.QuestionnaireForm(request.POST or None, request.FILES or None)
    problems: list[Problem] = []
    if form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                made = services.add_questionnaire(
                    code=said["code"], titles=form.titles(), source=said["source"], by=by
                )  # fmt: skip
                version = services.load_version(made, said["sheet"].read(), said["sheet"].name, by=by)
            messages.success(request, _("The questionnaire is loaded. Read it through, then open it."))
            return redirect(desk.address(version))
        except Refused as refused:
            problems = refused.problems
            form.add_error("sheet", _("The file cannot be loaded; nothing was kept. What is wrong stands below."))
        except ValidationError as problem:
            _put(form, problem)
    context = {"form": form, "problems": problems}
    return render(request, "questionnaires/questionnaire_new.html", context, status=422 if form.errors else 200)


def _put(form: Any, problem: ValidationError) -> None:
    """Each sentence at its field, or above all of them."""
    said = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
    for name, sentences in said.items():
        field = name if name in form.fields else {"titles": "title_sq"}.get(name)
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)


@require_safe
def questionnaire(request: HttpRequest, code: str) -> HttpResponse:
    found = desk.questionnaire_for(request.user, code)
    maps = has(request.user, roles.MAPPER)
    context = {"questionnaire": found, "versions": desk.versions_of(found, all_of_them=maps), "maps": maps}
    return render(request, "questionnaires/questionnaire_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def version_new(request: HttpRequest, code: str) -> HttpResponse:
    """Load the next version."""
    by = require(request.user, roles.MAPPER)
    found = desk.questionnaire_for(by, code)
    form = forms.SheetForm(request.POST or None, request.FILES or None)
    problems: list[Problem] = []
    if form.is_valid():
        sheet = form.cleaned_data["sheet"]
        try:
            version = services.load_version(found, sheet.read(), sheet.name, by=by)
            messages.success(request, _("The version is loaded. Read it through, then open it."))
            return redirect(desk.address(version))
        except Refused as refused:
            problems = refused.problems
            form.add_error("sheet", _("The file cannot be loaded; nothing was kept. What is wrong stands below."))
        except ValidationError as problem:
            _put(form, problem)
    context = {"form": form, "problems": problems, "questionnaire": found}
    return render(request, "questionnaires/version_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What it asks, what of it the hub does not support, and its files. POST adds a file that it shows or looks up."""
    found = desk.version_for(request.user, code, number)
    maps = has(request.user, roles.MAPPER)
    form = forms.MediaForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        by = require(request.user, roles.MAPPER)
        if form.is_valid() and _added(request, found, form, by):
            return redirect(desk.address(found))
    parsed = queries.form_of(found)
    context = {
        "version": found, "maps": maps, "form": form, "questions": desk.asked(found, tongue.page_language(parsed)),
        "languages": [tongue.spoken(name) for name in parsed.languages], "missing": desk.missing_files(found),
        "media": found.media.order_by("name"), "sent": desk.counts_of(found) if maps else None,
    }  # fmt: skip
    return render(request, "questionnaires/version_detail.html", context, status=422 if form.errors else 200)


def _added(request: HttpRequest, found: Version, form: forms.MediaForm, by: User) -> bool:
    file = form.cleaned_data["file"]
    try:
        services.add_media(found, file.name, file.read(), media_type=file.content_type or "", by=by)
    except ValidationError as problem:
        for sentence in problem.messages:
            form.add_error("file", sentence)
        return False
    messages.success(request, _("The file was added."))
    return True


@require_POST
def version_state(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Open it or close it."""
    by = require(request.user, roles.MAPPER)
    found = desk.version_for(by, code, number)
    try:
        if request.POST.get("act") == "close":
            services.close_version(found, by=by)
            messages.success(request, _("The version is closed: no answers are taken any more."))
        else:
            services.open_version(found, by=by)
            messages.success(request, _("The version is open."))
    except ValidationError as problem:
        for sentence in problem.messages:
            messages.error(request, sentence)
    return redirect(desk.address(found))


@require_safe
def version_sheet(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """The spreadsheet that it was made from."""
    found = desk.version_for(request.user, code, number)
    if not found.xlsform or not files.path_of(found.xlsform).exists():
        raise Http404
    ending = found.file_name.rpartition(".")[2].lower() or "xlsx"
    answer = StreamingHttpResponse(files.read(found.xlsform), content_type="application/octet-stream")
    return bringing.as_attachment(answer, f"{code}-{number}.{ending}")


@require_safe
def version_xform(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """The form as phones read it."""
    found = desk.version_for(request.user, code, number)
    answer = HttpResponse(found.xform, content_type="application/xml; charset=utf-8")
    return bringing.as_attachment(answer, f"{code}-{number}.xml")


@require_safe
def version_media(request: HttpRequest, code: str, number: int, name: str) -> HttpResponseBase:
    """A picture or sound that the form shows: as public as its questions, so a draft's is the mappers'."""
    return bringing.shown(desk.media_for(request.user, code, number, name))


@require_http_methods(["GET", "HEAD", "POST"])
def version_preview(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Try it out on one page: what is typed is checked and calculated, and kept nowhere."""
    by = require(request.user, roles.MAPPER)
    found = desk.version_for(by, code, number)
    form = queries.form_of(found)
    language = _chosen_language(request, form)
    instance = Instance.blank(form)
    if request.method == "POST":
        posts.put_all(instance, posts.values(instance, request.POST))
        _turn(request, instance)
        instance.recalculate()
    faults = instance.faults(language) if "try" in request.POST else []
    doubled = posts.doubled(instance, request.POST)
    faults += [Fault(path, twice(number)) for path, number in doubled.items()]
    ranks = {path: dict(posts.places(path, request.POST)) for path in doubled}
    page = showing.Page(instance, language, faults, ranks=ranks, files=desk.names_of_files(found))
    parts = [
        (showing.title_of(instance, part) if showing.is_group(instance, part) else "", page.of_part(part))
        for part in instance.parts(language)
    ]
    context = {
        "version": found, "parts": parts, "language": language, "form_lang": tongue.code_of(language),
        "told": [
            (showing.id_of(one.path), one.sentence, showing.name_of(instance, one.path, language)) for one in faults
        ],
        "languages": [(name, tongue.spoken(name), name == language) for name in form.languages],
        "tried": "try" in request.POST, "media_url": desk.media_url(found), "title": plain(form.title),
    }  # fmt: skip
    return render(request, "questionnaires/version_preview.html", context)


def _turn(request: HttpRequest, instance: Instance) -> None:
    try:
        if path := request.POST.get("add", ""):
            instance.add_turn(path)
        if path := request.POST.get("remove", ""):
            instance.remove_turn(path)
    except (KeyError, ValueError):
        messages.warning(request, _("No more can be added or taken out here."))


# — on paper ———————————————————————————————————————————————————————————————————————————————————————————————


def _chosen_language(request: HttpRequest, form: Form) -> str:
    """The language that the address asks for, else the page's, else the form's own."""
    asked = request.GET.get("language", "")
    return asked if asked in form.languages else tongue.page_language(form) or form.language_for("")


@require_safe
def version_print(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """To be printed and filled in by hand; what is written comes in by “type in a form from paper”."""
    found = desk.version_for(request.user, code, number)
    form = queries.form_of(found)
    language = _chosen_language(request, form)
    with _spoken(language):
        lines = paper.printed(form, language)
    context = {
        "version": found, "printed": lines, "title": plain(form.title) or str(found.questionnaire),
        "language": language, "form_lang": tongue.code_of(language),
        "languages": [(name, tongue.spoken(name), name == language) for name in form.languages],
    }  # fmt: skip
    return render(request, "questionnaires/version_print.html", context)


def _spoken(language: str) -> Any:
    """Our own words on the paper are in the language of its questions, where the hub speaks it."""
    code = tongue.code_of(language)
    return translation.override(code if code in settings.LANGUAGES_COMPLETE else translation.get_language())


@require_safe
def version_pdf(request: HttpRequest, code: str, number: int) -> HttpResponse:
    found = desk.version_for(request.user, code, number)
    form = queries.form_of(found)
    language = _chosen_language(request, form)
    with _spoken(language):
        document = paper.document(found, form, language, tongue.code_of(language))
    answer = HttpResponse(pdf.written(document), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.form_id[:60] if found.form_id.isascii() else code}.pdf"'
    return answer


# — what was filled in —————————————————————————————————————————————————————————————————————————————————————


@require_safe
def filling_list(request: HttpRequest, code: str, number: int) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = desk.version_for(by, code, number)
    form = forms.FillingsFilter(request.GET)
    page = Paginator(desk.fillings_of(found, **form.narrowed()), PAGE).get_page(request.GET.get("page"))
    names = asking.names_of(list(page))
    context = {
        "version": found, "form": form, "page": page, "rows": [(one, names.get(one.pk, "")) for one in page],
        "query": request.GET.urlencode(), "narrowed": bool(form.narrowed()),
    }  # fmt: skip
    return render(request, "questionnaires/filling_list.html", context)


@require_POST
def filling_new(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Type in a form that came on paper."""
    by = require(request.user, roles.MAPPER)
    found = desk.version_for(by, code, number)
    try:
        filling = services.begin_filling(found, way=Filling.Way.PAPER, by=by)
    except ValidationError as problem:
        for sentence in problem.messages:
            messages.error(request, sentence)
        return redirect(desk.address(found))
    return redirect("filling_tasks", key=keys.key_of(filling.instance, filling.generation))


@require_safe
def filling_record(request: HttpRequest, code: str, number: int, filling: int) -> HttpResponse:
    """The answers, how they came, what they said before, and the files with them."""
    by = require(request.user, roles.MAPPER)
    found = desk.filling_for(by, code, number, filling)
    key = keys.key_of(found.instance, found.generation) if found.key_hash else ""
    context: dict[str, Any] = {
        "filling": found, "version": found.version, "who": asking.asked_by(found).whom,
        "revisions": desk.revisions_of(found),
        "link": request.build_absolute_uri(reverse("filling", args=[key])) if key else "",
    }  # fmt: skip
    if found.document:  # else it was erased
        instance, shut = unsealing.read_by(found, by)
        language = tongue.page_language(instance.form) or instance.form.language_for("")
        opens = unsealing.may_open(by)
        context |= {
            "summary": showing.summary(instance, language, shut=shut), "form_lang": tongue.code_of(language),
            "name": instance.name(), "shut": shut,
            "notices": found.notices if opens else unsealing.open_notices(found, instance.form),
            "uploads": unsealing.uploads_for(found, by),
            "changes": desk.changes_at(found, request.GET.get("revision", ""), instance, language, sealed=opens),
        }  # fmt: skip
    return render(request, "questionnaires/filling_record.html", context)


@require_safe
def filling_upload(request: HttpRequest, code: str, number: int, filling: int, name: str) -> HttpResponseBase:
    by = require(request.user, roles.MAPPER)
    found = desk.filling_for(by, code, number, filling)
    if not any(one.name == name for one in unsealing.uploads_for(found, by)):
        raise Http404
    return bringing.attached(found, name)


@require_POST
def filling_link(request: HttpRequest, code: str, number: int, filling: int) -> HttpResponse:
    """Take back the private link; a new one leads to the same answers."""
    by = require(request.user, roles.MAPPER)
    found = desk.filling_for(by, code, number, filling)
    services.renew_link(found, by=by)
    messages.success(request, _("The old link leads nowhere any more. The new one stands below."))
    return redirect(desk.address_of(found))


@require_POST
def filling_withdraw(request: HttpRequest, code: str, number: int, filling: int) -> HttpResponse:
    """Its answers count no more; they stay to be read here."""
    by = require(request.user, roles.MAPPER)
    found = desk.filling_for(by, code, number, filling)
    try:
        erase = request.POST.get("act") == "erase"
        services.withdraw_filling(found, by=by, erase=erase)
        if erase:
            messages.success(request, _("The answers are withdrawn and erased, with their files."))
        else:
            messages.success(request, _("The answers are withdrawn: they are no longer counted."))
    except ValidationError as problem:
        for sentence in problem.messages:
            messages.error(request, sentence)
    return redirect(desk.address_of(found))
