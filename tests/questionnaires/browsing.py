"""A browser without scripts: reads the form of a page, fills it in, presses one of its buttons."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from lxml import html


class Page:
    """What a page shows, with its form as a browser would send it."""

    def __init__(self, client: Client, answer: HttpResponse, address: str) -> None:
        self.client, self.answer, self.address = client, answer, address
        self.status = answer.status_code
        self.root = html.fromstring(answer.content.decode())
        for area in self.root.iter("textarea"):
            area.text = (area.text or "").removeprefix("\n")  # as browsers do
        self.text = " ".join(self.root.text_content().split())
        forms = [one for one in self.root.forms if one.get("role") != "search" and "logout" not in (one.action or "")]
        self.form = forms[-1] if forms else None
        self.files: dict[str, Any] = {}

    def fill(self, **values: Any) -> "Page":
        """Name's last steps, with "__" for "/", → value; a list ticks boxes."""
        for said, value in values.items():
            self.put(said.replace("__", "/"), value)
        return self

    def put(self, ending: str, value: Any) -> "Page":
        assert self.form is not None
        name = next(name for name in self.form.fields if name and name.endswith(ending))
        field = self.form.inputs[name]
        if isinstance(value, SimpleUploadedFile):
            self.files[name] = value
        elif isinstance(value, list):
            field.value = set(value)
        elif isinstance(field, html.CheckboxGroup) or getattr(field, "type", "") == "checkbox":
            field.checked = bool(value)
        else:
            field.value = value
        return self

    def all(self, path: str) -> list[Any]:
        """What an XPath finds."""
        return list(self.root.xpath(path))

    def named(self, ending: str) -> bool:
        return self.form is not None and any(str(name).endswith(ending) for name in self.form.fields)

    def value(self, ending: str) -> Any:
        assert self.form is not None
        name = next(name for name in self.form.fields if name and name.endswith(ending))
        return self.form.fields[name]

    def data(self) -> dict[str, list[Any]]:
        assert self.form is not None
        data: dict[str, list[Any]] = {}
        for name, value in self.form.form_values():
            data.setdefault(name, []).append(value)
        return data | {name: [file] for name, file in self.files.items()}

    def press(self, name: str = "", value: str = "") -> "Page":
        """Send the form, go where it leads. The name and value are the button's."""
        assert self.form is not None
        data: dict[str, Any] = self.data()
        if name:
            data[name] = [value]
        answer = self.client.post(self.form.action or self.address, data, follow=True)
        last = answer.redirect_chain[-1][0] if answer.redirect_chain else self.form.action or self.address
        return Page(self.client, answer, last)


def visit(client: Client, address: str) -> Page:
    return Page(client, client.get(address), address)
