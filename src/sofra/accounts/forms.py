"""What may come in: invitations, roles, one's own account, and allauth's forms with labels of our own."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import roles, rules
from .models import User


def _role_choices(giver: User) -> list[tuple[str, Any]]:
    return [(role.code, role.name) for role in rules.roles_to_give(giver.roles_held)]


class Invite(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("As the person wants to be addressed.")
    )
    role = forms.ChoiceField(label=_("Role"))
    organisations = forms.CharField(
        label=_("Organisations"),
        max_length=2000,
        required=False,
        help_text=_(
            "For a member editor: the codes of the organisations, parted by commas, as they stand in the address"
            " of their page (al.inac)."
        ),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _role_choices(by)  # type: ignore[attr-defined]

    def clean_role(self) -> roles.Role:
        return roles.BY_CODE[self.cleaned_data["role"]]

    def clean_organisations(self) -> list[str]:
        codes = self.cleaned_data["organisations"].replace(";", ",").split(",")
        return list(dict.fromkeys(code.strip().lower() for code in codes if code.strip()))


class GiveRole(forms.Form):
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _role_choices(by)  # type: ignore[attr-defined]

    def clean_role(self) -> roles.Role:
        return roles.BY_CODE[self.cleaned_data["role"]]


class Accept(forms.Form):
    """Joining by invitation: with a password, or with a passkey and no password at all."""

    name = forms.CharField(label=_("Your name"), max_length=120, help_text=_("Members see it beside what you change."))
    way = forms.ChoiceField(
        label=_("How will you sign in?"),
        choices=[
            ("password", _("With a password")),
            ("passkey", _("With a passkey of this device, without a password")),
        ],
        initial="password",
        widget=forms.RadioSelect,
    )
    password1 = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )
    password2 = forms.CharField(
        label=_("Password (again)"),
        max_length=256,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("way") != "password":
            return data | {"password": None}
        password = data.get("password1") or ""
        if not password:
            self.add_error("password1", _("Choose a password, or sign in with a passkey."))
        elif password != data.get("password2"):
            self.add_error("password2", _("The two passwords are not the same."))
        else:
            try:
                validate_password(password, User(email=self.email, name=data.get("name", "")))
            except ValidationError as refusal:
                self.add_error("password1", refusal)
        return data | {"password": password}


class Profile(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), help_text=_("In which the hub writes to you."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        complete = [(code, name) for code, name in settings.LANGUAGES if code in settings.LANGUAGES_COMPLETE]
        self.fields["language"].choices = complete  # type: ignore[attr-defined]


class AddKey(AddWebAuthnForm):
    """A security key or passkey; a passkey unless the person unticks it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        self.fields["name"].max_length = 100
        self.fields["name"].help_text = _("So that you can tell your keys apart.")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with this key alone, without a password")
        self.fields["passwordless"].help_text = _(
            "The device then asks for your fingerprint, your face or its PIN. Without this tick the key is asked for"
            " after the password."
        )


class EditKey(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
