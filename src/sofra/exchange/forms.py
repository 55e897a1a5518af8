"""What may come in on the importer's pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from sofra.places import queries as places
from sofra.questionnaires.models import Version

from . import filled_columns
from .columns import COLUMNS
from .models import Import, ImportRow, What
from .queries import bodies_called
from .reading.encodings import CHOICES
from .storing import ENDINGS


class Upload(forms.Form):
    """The first step: a file, what its rows are, and where they are from."""

    what = forms.ChoiceField(
        label=_("What the rows are"), choices=What.choices, widget=forms.RadioSelect, required=False,
        initial=What.ORGANISATIONS,
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, TSV, Excel (XLSX), OpenDocument (ODS), or a text in which a table stands among prose"),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        max_length=255,
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty: 0 bytes. Choose the file that holds the table."),
        },
    )  # fmt: skip
    version = forms.ModelChoiceField(
        label=_("Questionnaire"), queryset=Version.objects.none(), required=False,
        empty_label=_("only for answers"),
        help_text=_(
            "Of answers: the version that was filled in. The file is an export of Kobo or ODK. Photos come along in a"
            " ZIP that holds the CSV and the folder of attachments; without it the answers keep their names only."
        ),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=300,
        help_text=_("Where the rows are from, such as “Mapping report 2018, Annex I”. Every fact will carry it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = Version.objects.exclude(state=Version.State.DRAFT).select_related("questionnaire")
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]

    def clean_what(self) -> str:
        return self.cleaned_data["what"] or What.ORGANISATIONS

    def clean_version(self) -> Version | None:
        version: Version | None = self.cleaned_data["version"]
        answers = self.cleaned_data.get("what") == What.ANSWERS
        if answers and version is None:
            raise forms.ValidationError(__("Choose the questionnaire that was answered."))
        return version if answers else None

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is not None and file.size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(
                __("The file is larger than %(limit)d MB. Leave out what is not needed, or part it into several files.")
                % {"limit": settings.UPLOAD_LIMIT // (1024 * 1024)}
            )
        return file


class Recognised(forms.Form):
    """The second step: read the file by another sheet or in another encoding."""

    def __init__(self, *args: Any, imported: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheets = imported.shape.get("sheets", [])
        if len(sheets) > 1:
            self.fields["sheet"] = forms.ChoiceField(
                label=_("Sheet"), choices=[(s, s) for s in sheets], initial=imported.shape.get("sheet")
            )
        if "encoding" in imported.shape:
            self.fields["encoding"] = forms.ChoiceField(
                label=_("How the letters are written"),
                choices=[("", _("as recognised")), *CHOICES.items()],
                initial=imported.options.get("encoding", ""),
                required=False,
            )


class Columns(forms.Form):
    """The third step: which column is which field. Fields are named by the column's index."""

    def __init__(self, *args: Any, imported: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles: list[str] = imported.shape.get("columns", [])
        self.questions = _questions(imported)
        choices = [("", _("leave out")), *(() if self.questions else COLUMNS[imported.what].targets.items())]
        for index, title in enumerate(self.titles):
            self.fields[f"column-{index}"] = (
                _QuestionField(self.questions, label=title, initial=imported.mapping.get(title, ""))
                if self.questions
                else forms.ChoiceField(
                    label=title, choices=choices, required=False, initial=imported.mapping.get(title, "")
                )
            )
        self.fields["source"] = forms.CharField(
            label=_("Source"), required=False, max_length=300, initial=imported.source,
            help_text=_("Where the rows are from. Every fact will carry it."),
        )  # fmt: skip
        self.fields["remember_as"] = forms.CharField(
            label=_("Remember these columns as"), required=False, max_length=120,
            initial=imported.recipe.name if imported.recipe else "",
            help_text=_("A name for the recipe. The next file with the same columns is mapped by it."),
        )  # fmt: skip

        if imported.what == What.ACTIVITIES:
            self.fields["publish"] = forms.BooleanField(
                label=_("Publish what comes in"), required=False, initial=imported.options.get("publish", True),
                help_text=_("Otherwise the activities are drafts, seen by those alone who may edit them."),
            )  # fmt: skip

    def columns(self) -> list[tuple[str, forms.BoundField]]:
        return [(title, self[f"column-{index}"]) for index, title in enumerate(self.titles)]

    def mapping(self) -> dict[str, str]:
        return {title: self.cleaned_data[f"column-{index}"] for index, title in enumerate(self.titles)}


def _questions(imported: Import) -> dict[str, str]:
    """What a column of answers may be, with its words; nothing for other files."""
    if imported.what != What.ANSWERS:
        return {}
    return filled_columns.targets(filled_columns.known_of(filled_columns.version_of(imported)))


class _QuestionField(forms.CharField):
    """The path of a question, typed or chosen from one list: hundreds of columns need no list of their own each."""

    def __init__(self, questions: dict[str, str], **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "questions", "autocomplete": "off"})
        super().__init__(required=False, max_length=500, widget=widget, **kwargs)
        self.questions = questions

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if typed and typed not in self.questions:
            raise forms.ValidationError(
                __("“%(typed)s” is no question of this questionnaire: choose one of the list, or leave it empty.")
                % {"typed": typed}
            )
        return typed


class DecideRow(forms.Form):
    """A person's word on one row."""

    def __init__(self, *args: Any, row: ImportRow, titles: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.asked: list[tuple[int, dict[str, Any]]] = []
        for index, place in enumerate(row.reading.get("places", ())):
            if not place["sure"] or place.get("decided"):
                self._ask_place(index, place, titles)
        self.bodies: list[tuple[int, dict[str, Any]]] = []
        for index, body in enumerate(row.reading.get("bodies", ())):
            if (not body["sure"] or body.get("decided")) and not self._asks_already(body):
                self._ask_body(index, body)
        twins = row.reading.get("twins", [])
        if row.same_row and row.imported.what == What.ACTIVITIES:
            self._ask_again()
        elif twins or row.same_row:
            self._ask_twin(twins)
        if "shape" in row.asks or "doubt" in row.asks:
            self.fields["accept"] = forms.BooleanField(label=_("The row is right as it was read"), required=False)

    def _ask_place(self, index: int, place: dict[str, Any], titles: dict[str, str]) -> None:
        codes = list(dict.fromkeys([*place["codes"], *place.get("alternatives", ())]))
        self.fields[f"place-{index}"] = forms.MultipleChoiceField(
            label=__("Which places are meant by “%(text)s”?") % {"text": place["text"]},
            choices=[(code, titles.get(code, code)) for code in codes],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=place["codes"],
        )
        self.fields[f"other-{index}"] = forms.CharField(
            label=_("Another place"), required=False, max_length=200,
            help_text=_("The name or code of a place; several are parted by a semicolon."),
        )  # fmt: skip
        self.fields[f"keep-{index}"] = forms.BooleanField(label=_("Keep the words, without a place"), required=False)
        self.fields[f"alike-{index}"] = forms.BooleanField(
            label=_("Decide the same for every row with these words"), required=False, initial=True
        )
        self.asked.append((index, place))

    def _asks_already(self, body: dict[str, Any]) -> bool:
        """One question for words that the row says several times."""
        return any(other["text"] == body["text"] for _index, other in self.bodies)

    def _ask_body(self, index: int, body: dict[str, Any]) -> None:
        choices: list[tuple[str, Any]] = [
            (code, f"{name} ({code})") for code, name, _probability, _reasons in body.get("alternatives", ())
        ]
        choices += [("?", _("Another one, which I name below")), ("-", _("Leave it open: not known"))]
        self.fields[f"body-{index}"] = forms.ChoiceField(
            label=__("Which organisation is meant by “%(text)s”?") % {"text": body["text"]},
            choices=choices, widget=forms.RadioSelect, required=False,
            initial=body["code"] or ("-" if body.get("kept") else None),
        )  # fmt: skip
        self.fields[f"body-other-{index}"] = forms.CharField(
            label=_("Another organisation"), required=False, max_length=300,
            help_text=_("Its name, acronym or id, as the registry has it. Where it is missing there, add it first."),
        )  # fmt: skip
        self.fields[f"same-body-{index}"] = forms.BooleanField(
            label=_("Decide the same for every row with these words"), required=False, initial=True
        )
        self.bodies.append((index, body))

    def _ask_again(self) -> None:
        """Two rows of one file have the same organisation, title, time and place."""
        self.fields["twin"] = forms.ChoiceField(
            label=__("Is it the same activity as in row %(row)d?") % {"row": self.row.same_row},
            choices=[("new", _("It is another activity: add it")), ("skip", _("It is the same: leave this row out"))],
            widget=forms.RadioSelect, required=False,
        )  # fmt: skip

    def _ask_twin(self, twins: list[list[Any]]) -> None:
        choices: list[tuple[str, Any]] = [
            (f"same:{code}", __("It is %(name)s (%(code)s): add to that record") % {"name": name, "code": code})
            for code, name, _probability, _reasons in twins
        ]
        if self.row.same_row:
            choices.append(("same", __("It is the same as row %(row)d: add to that") % {"row": self.row.same_row}))
        choices += [("new", _("It is another body: add it as a new organisation")), ("skip", _("Leave this row out"))]
        self.fields["twin"] = forms.ChoiceField(
            label=_("Is it the same body?"), choices=choices, widget=forms.RadioSelect, required=False,
            initial=(self.row.reading.get("is") == "new" and "new") or None,
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for index, _place in self.asked:
            codes = list(cleaned.get(f"place-{index}", []))
            for typed in (part.strip() for part in cleaned.get(f"other-{index}", "").split(";")):
                if not typed:
                    continue
                found = places.find_place(typed)
                if found is None:
                    self.add_error(f"other-{index}", __("No place called “%(typed)s” was found.") % {"typed": typed})
                elif found.code not in codes:
                    codes.append(found.code)
            cleaned[f"codes-{index}"] = [] if cleaned.get(f"keep-{index}") else codes
            if not codes and not cleaned.get(f"keep-{index}") and f"other-{index}" not in self.errors:
                self.add_error(f"place-{index}", __("Choose a place, or keep the words without one."))
        for index, _body in self.bodies:
            cleaned[f"meant-{index}"] = self._meant(index, cleaned)
        return cleaned

    def _meant(self, index: int, cleaned: dict[str, Any]) -> str:
        """The code of the organisation that a person chose or named; "" for one that is left open."""
        chosen, typed = cleaned.get(f"body-{index}", ""), cleaned.get(f"body-other-{index}", "").strip()
        if typed:
            found = bodies_called(typed)
            if len(found) == 1:
                return found[0].code
            if found:
                told = ", ".join(f"{one.name} ({one.code})" for one in found[:5])
                problem = __("Several are called that: write the id of one of them: %(told)s.") % {"told": told}
            else:
                problem = __("The registry has no organisation “%(typed)s”.") % {"typed": typed}
            self.add_error(f"body-other-{index}", problem)
            return ""
        if chosen in {"", "?"} and f"body-{index}" not in self.errors:
            self.add_error(f"body-{index}", __("Choose an organisation, name another one, or leave it open."))
        return "" if chosen in {"-", "?"} else chosen


class Bulk(forms.Form):
    """One word on all rows that a filter shows."""

    ACTIONS = (
        ("as-read", _("take the places as they were read")),
        ("keep-words", _("keep the places as words")),
        ("keep-bodies", _("leave unknown organisations open, and keep their names as words")),
        ("same", _("add to the likeliest record")),
        ("new", _("add as new organisations")),
        ("skip", _("leave out")),
        ("accept", _("take the rows as they were read")),
    )
    OF_ACTIVITIES = {"new": _("add as activities of their own"), "same": ""}
    action = forms.ChoiceField(choices=ACTIONS, label=_("For all rows of this list"))
    verdict = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    asks = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    def __init__(self, *args: Any, what: str = What.ORGANISATIONS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = self.OF_ACTIVITIES if what == What.ACTIVITIES else {"keep-bodies": ""}
        choices = [(action, words.get(action, label)) for action, label in self.ACTIONS]
        self.fields["action"].choices = [(action, label) for action, label in choices if label]  # type: ignore[attr-defined]
