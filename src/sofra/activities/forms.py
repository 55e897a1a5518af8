"""What may come in: the filters of the lists, and a project."""

from collections import Counter
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet
from django.http import Http404, QueryDict
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.organisations import queries as organisations
from sofra.organisations import vocabulary as registry
from sofra.organisations.forms import AskedPlace
from sofra.organisations.models import Organisation

from . import dates, queries, reading_cells
from .drafts import PROJECT_FIELDS, Funder, ProjectDraft
from .finding import Filters
from .models import Project
from .vocabulary import KINDS, Mode, Status

CURRENCIES = ("ALL", "EUR", "USD", "GBP", "CHF")
SEEN_BY = [(code, capfirst(label)) for code, label in Visibility.choices]
_MANY = ("kind", "theme", "audience", "status", "mode", "activity_class")
_ONE = ("q", "place", "organisation", "project", "begins", "ends", "date")


def find_organisation(typed: str, level: int) -> Organisation | None:
    """The organisation that was typed, by its id or its whole name, as far as the viewer may know of it."""
    typed = typed.strip()
    if not typed:
        return None
    seen = Organisation.objects.filter(ended_in=None, visible_to__lte=level).select_related("joined_to")
    found = seen.filter(code=typed).first() or seen.filter(name__iexact=typed).order_by("joined_to", "id").first()
    if found is None:
        named = organisations.search_organisations(level, typed, limit=50).organisations
        same = [one for one in named if fold(typed) in (fold(one.name), fold(one.acronym))]
        found = same[0] if len(same) == 1 else None
    if found is None:
        return None
    stands = organisations.head(found)
    return stands if stands.visible_to <= level else None


class FilterForm(AskedPlace):
    """The filters of a list. What is not understood is ignored, so that an old shared address still opens.

    A date, a place, an organisation or a project that cannot be found is said so: the list is empty then, not whole.
    """

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    place = forms.CharField(label=_("Place"), required=False, max_length=80)
    organisation = forms.CharField(label=_("Organisation"), required=False, max_length=250)
    project = forms.CharField(label=_("Project"), required=False, max_length=60)
    begins = forms.CharField(label=_("From"), required=False, max_length=30)
    ends = forms.CharField(label=_("Until"), required=False, max_length=30)
    date = forms.ChoiceField(
        label=_("Date"),
        required=False,
        choices=[("", _("Known or not")), ("known", _("Date known")), ("unknown", _("Date not known"))],
    )
    kind = forms.MultipleChoiceField(label=_("Kind of activity"), required=False, choices=list(KINDS.items()))
    theme = forms.MultipleChoiceField(label=_("Theme"), required=False, choices=registry.Theme.choices)
    audience = forms.MultipleChoiceField(label=_("For whom"), required=False, choices=registry.Audience.choices)
    status = forms.MultipleChoiceField(label=_("Status"), required=False, choices=Status.choices)
    mode = forms.MultipleChoiceField(label=_("In person or online"), required=False, choices=Mode.choices)
    activity_class = forms.MultipleChoiceField(label=_("Class"), required=False, choices=registry.ActivityClass.choices)

    def __init__(self, data: QueryDict, *, level: int) -> None:
        super().__init__(data)
        self.typed_values, self.level = data, level
        self.is_valid()

    def filters(self) -> Filters:
        said = self.cleaned_data
        return Filters(
            q=said.get("q", ""),
            place=self.asked_place,
            organisation=self.asked_organisation,
            project=self.asked_project,
            begins=said.get("begins", ""),
            ends=said.get("ends", ""),
            date=said.get("date", ""),
            **{name: tuple(said.get(name, ())) for name in _MANY},
        )

    def clean_begins(self) -> str:
        return dates.read_when(self.cleaned_data["begins"])

    def clean_ends(self) -> str:
        return dates.read_when(self.cleaned_data["ends"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("begins") and said.get("ends"):
            try:
                dates.check_span(said["begins"], said["ends"])
            except ValidationError as problem:
                self.add_error("ends", problem)
        return said

    @cached_property
    def asked_organisation(self) -> Organisation | None:
        return find_organisation(self.cleaned_data.get("organisation", ""), self.level)

    @cached_property
    def asked_project(self) -> Project | None:
        code = self.cleaned_data.get("project", "").strip()
        return queries.projects(self.level).filter(code=code).first() if code else None

    @cached_property
    def problems(self) -> list[str]:
        """Sentences for what was typed and not found or not understood. Where there is one, nothing is listed."""
        said = self.cleaned_data
        found = [str(sentence) for name in ("begins", "ends") for sentence in self.errors.get(name, ())]
        if typed := self.unknown_place():
            found.append(_("No place called “%(typed)s” was found. Check the spelling.") % {"typed": typed})
        if said.get("organisation", "").strip() and self.asked_organisation is None:
            found.append(
                _("No organisation called “%(typed)s” was found. Write its whole name, as the registry does.")
                % {"typed": said["organisation"]}
            )
        if said.get("project", "").strip() and self.asked_project is None:
            found.append(_("There is no project “%(code)s” that you may see.") % {"code": said["project"]})
        return found

    def groups(self) -> Iterator[dict[str, Any]]:
        """The long choices as {"label", "open", "boxes"}, drawn here: ninety widgets cost most of a page."""
        for name in _MANY:
            chosen = set(self.cleaned_data.get(name, ()))
            boxes = "".join(
                f'<div><label for="{name}-{code}"><input type="checkbox" name="{name}" value="{code}" '
                f'id="{name}-{code}"{" checked" if code in chosen else ""}> <span>{label}</span></label></div>'
                for code, label in _options(name, get_language())
            )
            yield {"label": self.fields[name].label, "open": bool(chosen), "boxes": mark_safe(boxes)}

    def asked(self) -> QueryDict:
        """The address parameters that mean something here: what is empty or unknown makes addresses long."""
        query = QueryDict(mutable=True)
        for name in (*_ONE, *_MANY):
            if name in self.errors:
                continue
            values = [value for value in self.typed_values.getlist(name) if value]
            if name in _MANY:
                query.setlist(name, list(dict.fromkeys(self.cleaned_data.get(name, ()))))
            elif values:
                query[name] = values[-1]
        for name in [name for name in query if not query.getlist(name)]:
            query.pop(name)
        return query

    def chips(self, also: str = "") -> list[dict[str, str]]:
        """One for each filter in use, with the address of the list without it. `also` is kept: the view, the sort."""
        query, chips = self.asked(), []
        for name in query:
            for value in query.getlist(name):
                rest = query.copy()
                rest.setlist(name, [other for other in query.getlist(name) if other != value])
                url = "&".join(part for part in (rest.urlencode(), also) if part)
                chips.append({"label": f"{self.fields[name].label}: {self._words(name, value)}", "url": f"?{url}"})
        return chips

    def _words(self, name: str, value: str) -> str:
        if name in _MANY or name == "date":
            return str(capfirst(dict(self.fields[name].choices)[value]))  # type: ignore[attr-defined]
        if name == "place":
            return self.typed_place
        if name == "organisation":
            return self.asked_organisation.name if self.asked_organisation else value
        if name == "project":
            return self.asked_project.title if self.asked_project else value
        return dates.written(self.cleaned_data[name]) if name in {"begins", "ends"} else value


@lru_cache(maxsize=64)
def _options(name: str, language: str | None) -> tuple[tuple[str, str], ...]:
    """A filter's codes with their names in a language, escaped."""
    return tuple((str(code), escape(capfirst(label))) for code, label in FilterForm.base_fields[name].choices)  # type: ignore[attr-defined]


# — a project ——————————————————————————————————————————————————————————————————————————————————————————————


class WhenField(forms.CharField):
    """A partial date: a day, a month or a year."""

    def __init__(self, **said: Any) -> None:
        super().__init__(required=False, max_length=40, **said)

    def clean(self, value: Any) -> str:
        return dates.read_when(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        try:
            return dates.written(value) if value and dates.first_day(value) else value
        except ValueError:
            return value


class MoneyField(forms.CharField):
    """An amount as people write it: "1 200", "1.200,50", "1200.50". None: not known."""

    def __init__(self, **said: Any) -> None:
        super().__init__(required=False, max_length=30, **said)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value).strip()
        if not typed:
            return None
        amount, _currency = reading_cells.read_money(typed)
        if amount is None:
            raise ValidationError(
                _("“%(typed)s” is no amount. Write figures only, such as 12500."), params={"typed": typed}
            )
        return amount


class OrganisationField(forms.CharField):
    """An organisation by its name or id; gives its code. One that was joined gives the one that stands for it."""

    def __init__(self, *, level: int = Visibility.PUBLIC, **said: Any) -> None:
        said.setdefault("widget", forms.TextInput(attrs={"list": "known-organisations"}))
        super().__init__(max_length=250, **said)
        self.level = level

    def clean(self, value: Any) -> str:
        typed = super().clean(value).strip()
        if not typed:
            return ""
        found = find_organisation(typed, self.level)
        if found is None:
            raise ValidationError(
                _("No organisation called “%(typed)s” is in the registry. Write its whole name, or add it first."),
                params={"typed": typed},
            )
        return found.code


class ProjectForm(forms.Form):
    """All that a project says but its money's way, which are rows of their own."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Title"),
        max_length=250,
        error_messages={"required": _("Say in a few words what the project is called.")},
    )
    owner = OrganisationField(label=_("Led by"), required=False)
    partners = forms.CharField(
        label=_("Partners"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One organisation a line, by its name in the registry"),
    )
    aim = forms.CharField(
        label=_("What it wants to change"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    about = forms.CharField(
        label=_("Description"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    begins = WhenField(label=_("Begins"), help_text=_("A day, a month or a year: 05.10.2018, 10.2018, 2018"))
    ends = WhenField(label=_("Ends"), help_text=_("Leave empty what is not known"))
    budget = MoneyField(label=_("Budget"), help_text=_("Leave empty what is not known; 0 means none"))
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, choices=[("", _("Choose")), *((code, code) for code in CURRENCIES)]
    )
    budget_visible_to = forms.TypedChoiceField(
        label=_("Who may see the money"), choices=SEEN_BY, coerce=int, initial=Visibility.MEMBERS
    )
    results = forms.CharField(
        label=_("Where its results can be read"),
        required=False,
        max_length=500,
        help_text=_("The whole web address, such as https://www.example.org"),
    )
    source = forms.CharField(label=_("Where this is known from"), required=False, max_length=300)
    visible_to = forms.TypedChoiceField(label=_("Who may see it"), choices=SEEN_BY, coerce=int, initial=0)

    def __init__(
        self,
        *args: Any,
        level: int,
        owners: list[Organisation] | None,
        money: bool = True,
        **kwargs: Any,
    ) -> None:
        """`owners`: those that the person speaks for; None for mappers, who write any. `money`: may it be seen?"""
        super().__init__(*args, **kwargs)
        self.level, self.owners, self.money = level, owners, money
        self.fields["owner"] = self._owner_field(owners)
        if owners is None and self.initial.get("owner"):
            self.initial["owner"] = self.initial["owner_name"]
        if not money:
            for name in ("budget", "currency", "budget_visible_to"):
                del self.fields[name]
        elif (kept := self.initial.get("currency")) and kept not in CURRENCIES:
            self.fields["currency"].choices = [*self.fields["currency"].choices, (kept, kept)]  # type: ignore[attr-defined]

    def _owner_field(self, owners: list[Organisation] | None) -> forms.Field:
        if owners is None:
            return OrganisationField(
                label=_("Led by"),
                required=False,
                level=self.level,
                help_text=_("Leave empty where the source does not name it"),
            )
        choices = [(one.code, one.name) for one in owners]
        return forms.ChoiceField(label=_("Led by"), choices=choices)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("budget") is not None and not said.get("currency"):  # "12 000 EUR" says it already
            said["currency"] = reading_cells.read_money(self["budget"].value())[1]
        return said

    def clean_partners(self) -> list[str]:
        codes: list[str] = []
        for line in self.cleaned_data["partners"].splitlines():
            if not line.strip():
                continue
            found = find_organisation(line, self.level)
            if found is None:
                raise ValidationError(
                    _("No organisation called “%(typed)s” is in the registry. Write its whole name, or add it first."),
                    params={"typed": line.strip()},
                )
            codes.append(found.code)
        return list(dict.fromkeys(codes))

    def draft(self, funders: list[Funder], kept: ProjectDraft | None, shown: Collection[str]) -> ProjectDraft:
        """The project as it was typed. What the form did not show stays as it was; `shown` are codes that it did."""
        said = {name: self.cleaned_data[name] for name in self.fields if name != "seen"}
        if kept is not None:
            said["partners"] = [*said["partners"], *(code for code in kept.partners if code not in shown)]
            funders = [*funders, *(one for one in kept.funders if one.organisation not in shown)]
        if kept is not None and not self.money:
            said |= {name: getattr(kept, name) for name in ("budget", "currency", "budget_visible_to")}
        return ProjectDraft(**said, funders=funders)


class FunderForm(forms.Form):
    """One step of the chain of money: who gave it. The first row gave it first, the next passed it on."""

    organisation = OrganisationField(label=_("Funder"), required=False)
    step = forms.IntegerField(label=_("Step"), required=False, min_value=1, max_value=9)
    amount = MoneyField(label=_("Amount"))

    def __init__(self, *args: Any, level: int = Visibility.PUBLIC, money: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].level = level  # type: ignore[attr-defined]
        if not money:
            del self.fields["amount"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("amount") is not None and not said.get("organisation") and "organisation" not in self.errors:
            self.add_error("organisation", _("Say who gave this amount, or take the amount away."))
        if said.get("amount") is not None and said["amount"] < 0:
            self.add_error("amount", _("An amount of money cannot be less than 0."))
        return said


class FunderRows(BaseFormSet[FunderForm]):
    def clean(self) -> None:
        named = [form.cleaned_data.get("organisation") for form in self.forms if form.is_valid()]
        twice = {code for code in named if code and named.count(code) > 1}
        for form in self.forms:
            if form.is_valid() and form.cleaned_data.get("organisation") in twice:
                form.add_error("organisation", _("This funder stands here twice: leave one row and add the amounts."))

    def funders(self, kept: ProjectDraft | None, money: bool) -> list[Funder]:
        before = {one.organisation: one.amount for one in kept.funders} if kept else {}
        found = []
        for number, form in enumerate(self.forms, start=1):
            said = form.cleaned_data
            if code := said.get("organisation"):
                amount = said.get("amount") if money else before.get(code)
                found.append(Funder(code, said.get("step") or number, amount))
        return found


FunderFormSet = forms.formset_factory(FunderForm, formset=FunderRows, extra=3, max_num=30, validate_max=True)


# — what a form is filled with —————————————————————————————————————————————————————————————————————————————

MOST_KNOWN = 500


def speaks_for_any(user: Any) -> bool:
    return user.is_authenticated and organisations.edited_by(user).exists()


def owners_for(user: Any) -> list[Organisation]:
    """The organisations that the person speaks for, standing records only. Raises Http404 where there is none."""
    mine = organisations.edited_by(user).select_related("joined_to")
    found = {head.pk: head for head in map(organisations.head, mine)}
    if not found:
        raise Http404
    return sorted(found.values(), key=lambda one: one.sort_key)


def known_organisations(level: int) -> list[str]:
    """What a field for an organisation offers while one types; a registry of thousands is typed by its names."""
    names = organisations.organisations(level).order_by("sort_key").values_list("name", flat=True)
    return list(names[:MOST_KNOWN])


def names_by_code(draft: ProjectDraft, level: int) -> dict[str, str]:
    """Code → what a field shows for it: the name, or the code where another organisation has that name too.

    Organisations of which the person may not know are left out; the form keeps them as they are.
    """
    codes = {draft.owner, *draft.partners, *(one.organisation for one in draft.funders)}
    named = dict(Organisation.objects.filter(code__in=codes, visible_to__lte=level).values_list("code", "name"))
    alike = Organisation.objects.filter(name__in=named.values(), ended_in=None, joined_to=None)
    several = {name for name, n in Counter(alike.values_list("name", flat=True)).items() if n > 1}
    return {code: code if name in several else name for code, name in named.items()}


def first_values(draft: ProjectDraft, names: dict[str, str], version: int) -> dict[str, Any]:
    """What the form of a project that exists shows at first."""
    said = {name: getattr(draft, name) for name in PROJECT_FIELDS if name not in {"funders", "partners"}}
    partners = "\n".join(names[code] for code in draft.partners if code in names)
    return {**said, "owner_name": names.get(draft.owner, ""), "partners": partners, "seen": version}


def first_funders(draft: ProjectDraft, names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"organisation": names[one.organisation], "step": one.step, "amount": one.amount}
        for one in draft.funders
        if one.organisation in names
    ]
