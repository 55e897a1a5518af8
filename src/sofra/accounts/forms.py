"""What may come in: invitations, roles, one's own account, and allauth's forms with labels of our own."""

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
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


class NewAddress(forms.Form):
    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("A letter goes there. You sign in with it as soon as you open the link in the letter."),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class CloseAccount(forms.Form):
    """With the password, where the account has one: a browser left open must not be enough."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    sure = forms.BooleanField(label=_("I want to close my account. It cannot be opened again."))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your password."))
        return password


TOTP_PERIOD = 30  # seconds that a code is shown for


class _CodeOnce(forms.Form):
    """A code opens once. allauth forgets a used one after 30 seconds, but with our tolerance it is good for 90."""

    authenticator: Authenticator

    def clean_code(self) -> str:
        code = str(super().clean_code())  # type: ignore[misc]
        good_for = TOTP_PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)
        if self.authenticator.type == Authenticator.Type.TOTP:
            key = f"sofra.code-used.{self.authenticator.user_id}.{normalize_user_code(code)}"
            if not cache.add(key, "y", timeout=good_for):
                raise get_adapter().validation_error("incorrect_code")
        return code


class EnterCode(_CodeOnce, AuthenticateForm):
    """The second step of signing in, by a code."""


class EnterCodeAgain(_CodeOnce, ReauthenticateForm):
    """Proof of being the same person, by a code."""


class Credential(forms.JSONField):
    """What a browser says of a key. Anything that cannot be read is refused, however it is broken."""

    LONGEST = 20_000

    def to_python(self, value: Any) -> Any:
        try:
            if isinstance(value, str) and len(value) > self.LONGEST:
                raise ValueError
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)


class _ReadableKey(forms.Form):
    """A key of which a part is missing, or is of another kind, is refused as a wrong one."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise get_adapter().validation_error("incorrect_code") from None


class EnterKey(_ReadableKey, AuthenticateWebAuthnForm):
    """The second step of signing in, by a key."""

    credential = Credential(required=True, widget=forms.HiddenInput)


class SignInByKey(_ReadableKey, LoginWebAuthnForm):
    credential = Credential(required=True, widget=forms.HiddenInput)


class EnterKeyAgain(_ReadableKey, ReauthenticateWebAuthnForm):
    credential = Credential(required=True, widget=forms.HiddenInput)


class AddKey(AddWebAuthnForm):
    """A security key or passkey; a passkey unless the person unticks it."""

    credential = Credential(required=True, widget=forms.HiddenInput)

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

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except (KeyError, TypeError, ValueError, AttributeError):
            raise get_adapter().validation_error("incorrect_code") from None


class EditKey(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
