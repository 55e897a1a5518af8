"""Tags that every template may use; each is shown with its code on the page "components"."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import heroicons
from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sofra.organisations.glossary import TERMS
from sofra.organisations.rules import FRESH_DAYS
from sofra.organisations.vocabulary import ACTIVITY_KINDS, ActivityClass

register = template.Library()

_YEAR = 365
_CLASS_ICONS = {"specific": "bookmark", "relevant": "link", "unknown": "question-mark-circle"}
_STATUS_ICONS = {"done": "check", "doing": "ellipsis-horizontal", "todo": "minus", "blocked": "hand-raised"}


@lru_cache(maxsize=512)
def _drawn(name: str, size: int) -> SafeString:
    # An icon always stands beside a word, so a screen reader passes over it.
    return mark_safe(heroicons._render_icon("mini", name, size, {"class": "icon", "focusable": "false"}))


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """A heroicon ("mini"), hidden from screen readers. KeyError-like failure where the name does not exist."""
    return _drawn(str(name), size)


@register.simple_tag
def class_label(code: str) -> SafeString:
    """P/CVE-specific, P/CVE-relevant or not known: shape and word, never colour alone."""
    known = code if code in ActivityClass.values else "unknown"
    words = _("class not known") if known == "unknown" else ActivityClass(known).label
    return format_html('<span class="class-label {}">{}{}</span>', known, _drawn(_CLASS_ICONS[known], 16), words)


@register.simple_tag
def status(code: str, words: str = "") -> SafeString:
    """How far a task is: done, doing, todo, blocked. Other words may be given, the shape stays."""
    usual = {"done": _("Done"), "doing": _("In progress"), "todo": _("Not started"), "blocked": _("Cannot start yet")}
    return format_html(
        '<span class="status {}">{}{}</span>', code, _drawn(_STATUS_ICONS[code], 16), words or usual[code]
    )


def _days_since(day: date) -> int:
    if isinstance(day, datetime):
        day = timezone.localdate(day) if timezone.is_aware(day) else day.date()
    return (timezone.localdate() - day).days


@register.filter
def age(day: date | None) -> str:
    """How long ago, in the coarsest whole unit: "9 months ago". Empty for None; days ahead are "today"."""
    if day is None:
        return ""
    days = _days_since(day)
    if days <= 0:
        return _("today")
    if days < 31:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    if days < _YEAR:
        months = days // 30
        return ngettext("%(n)s month ago", "%(n)s months ago", months) % {"n": months}
    years = days // _YEAR
    return ngettext("%(n)s year ago", "%(n)s years ago", years) % {"n": years}


@register.filter
def is_stale(day: date | None) -> bool:
    """Not confirmed for a year, or never."""
    return day is None or _days_since(day) > FRESH_DAYS


@register.simple_tag
def provenance(source: str = "", by: Any = "", on: date | None = None) -> SafeString:
    """Where a statement comes from, who confirmed it and when. Pass only what the reader may see."""
    parts = []
    if source:
        parts.append(_("Source: %(source)s") % {"source": source})
    if on:
        words = {"by": by, "day": date_format(on, "SHORT_DATE_FORMAT"), "age": age(on)}
        line = _("confirmed by %(by)s on %(day)s, %(age)s") if by else _("confirmed on %(day)s, %(age)s")
        parts.append(line % words)
    else:
        parts.append(_("not yet confirmed"))
    text = "; ".join(parts)
    text = text[:1].upper() + text[1:]
    return format_html('<p class="provenance{}">{}{}</p>', *(
        (" stale", _drawn("clock", 16) + " ", text) if on and is_stale(on) else ("", "", text)
    ))  # fmt: skip


@register.simple_tag
def breadcrumbs(*steps: Any, label: str = "") -> SafeString:
    """The way from home to this page: label, address, label, address, …, label of the page itself."""
    home = (reverse("home"), _("Home"))
    links = [home, *((steps[i + 1], steps[i]) for i in range(0, len(steps) - 1, 2))]
    here = steps[-1] if len(steps) % 2 else ""
    items = format_html_join("", '<li><a href="{}">{}</a></li>', links)
    if here:
        items += format_html('<li aria-current="page">{}</li>', here)
    return format_html('<nav class="breadcrumbs" aria-label="{}"><ol>{}</ol></nav>', label or _("You are here"), items)


def _address(context: template.Context, **changes: str | None) -> str:
    """This page's address with other GET parameters; a None takes one away."""
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return "?" + "&".join(f"{key}={value}" for key, value in changes.items() if value is not None)
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = value
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def sort_th(context: template.Context, key: str, label: str, current: str = "", css: str = "") -> SafeString:
    """A column head that sorts. `current` is the key in force, with "-" in front when it descends."""
    descending, order, turned = current == f"-{key}", "", key
    if current == key or descending:
        order = "descending" if descending else "ascending"
        turned = key if descending else f"-{key}"
    mark = {"ascending": "chevron-up", "descending": "chevron-down", "": "chevron-up-down"}[order]
    return format_html(
        '<th scope="col"{}{}><a class="sort" href="{}">{}{}</a></th>',
        format_html(' class="{}"', css) if css else "",
        format_html(' aria-sort="{}"', order) if order else "",
        _address(context, sort=turned, page=None),
        label,
        _drawn(mark, 16),
    )


@register.inclusion_tag("web/components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Links to the other pages of a list; nothing where there is only one."""
    pages = page.paginator.num_pages
    near = {1, 2, page.number - 1, page.number, page.number + 1, pages}
    shown = sorted(number for number in near if 1 <= number <= pages)
    steps: list[dict[str, Any]] = []
    for before, number in zip([0, *shown], shown, strict=False):
        if number - before > 1:
            steps.append({"gap": True})
        steps.append({"number": number, "url": _address(context, page=str(number)), "here": number == page.number})
    return {
        "page": page,
        "steps": steps if pages > 1 else [],
        "earlier": _address(context, page=str(page.number - 1)) if page.has_previous() else "",
        "later": _address(context, page=str(page.number + 1)) if page.has_next() else "",
    }


@register.inclusion_tag("web/components/error_summary.html")
def error_summary(*forms: BaseForm | list[BaseForm]) -> dict[str, Any]:
    """What is wrong in one or several forms (or a list of them), first in the page, each line a link to its field."""
    problems = []
    for form in [one for said in forms for one in (said if isinstance(said, list) else [said])]:
        if not form or not getattr(form, "errors", None):
            continue
        problems += [{"text": error, "target": ""} for error in form.non_field_errors()]
        for field in [form[name] for name in form.errors if name in form.fields]:
            first = field.subwidgets[0].id_for_label if field.use_fieldset and field.subwidgets else field.id_for_label
            problems += [
                {"text": f"{field.label}: {error}", "target": first or field.auto_id} for error in field.errors
            ]
    return {"problems": problems}


@register.simple_tag
def progress(done: int, total: int | None, label: str) -> SafeString:
    """How far a long piece of work is. Without a total the bar says that it moves, not how far."""
    if total is None:
        return format_html(
            '<div class="progress"><span>{}: {}</span><progress aria-label="{}"></progress></div>',
            label, number_format(done, force_grouping=True), label,
        )  # fmt: skip
    words = _("%(label)s: %(done)s of %(total)s") % {
        "label": label,
        "done": number_format(done, force_grouping=True),
        "total": number_format(total, force_grouping=True),
    }
    return format_html(
        '<div class="progress"><span>{}</span><progress aria-label="{}" value="{}" max="{}"></progress></div>',
        words, label, str(min(done, total)), str(max(total, 1)),
    )  # fmt: skip


@register.simple_tag
def steps(current: int, *labels: str) -> SafeString:
    """The steps of a longer task, with the one that is being done. `current` counts from 1."""
    items = []
    for number, label in enumerate(labels, start=1):
        if number < current:
            items.append(
                format_html('<li class="done">{} <span class="visually-hidden">({})</span></li>', label, _("done"))
            )
        elif number == current:
            items.append(format_html('<li aria-current="step">{}</li>', label))
        else:
            items.append(format_html("<li>{}</li>", label))
    return format_html(
        '<ol class="steps" aria-label="{}">{}</ol>', _("Steps"), format_html_join("", "{}", ((item,) for item in items))
    )


@register.simple_tag
def stat(value: int | str | None, label: str, base: str = "", url: str = "") -> SafeString:
    """A number with what it counts and of how many. None is "not known", never 0."""
    shown = _("not known") if value is None else number_format(value) if isinstance(value, int) else value
    number = format_html('<a href="{}">{}</a>', url, shown) if url else shown
    return format_html(
        '<div class="stat"><dt>{}</dt><dd><strong{}>{}</strong>{}</dd></div>',
        label,
        mark_safe(' class="unknown"') if value is None else "",
        number,
        format_html(' <span class="base">{}</span>', base) if base else "",
    )


@register.simple_tag
def term(code: str, words: str = "") -> SafeString:
    """A word of the glossary, as a link to what it means. `words` where the sentence needs another form."""
    name = words or (TERMS[code].term if code in TERMS else ACTIVITY_KINDS.get(code, code))
    return format_html('<a class="term" href="{}#{}">{}</a>', reverse("glossary"), code, name)


@register.simple_tag
def htmx() -> SafeString:
    """htmx, on the few pages that use it; strict: it adds no style and evaluates no text."""
    return format_html('<script src="{}" defer></script>', static("django_htmx/htmx-2.min.js"))
