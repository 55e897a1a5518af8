"""How allauth behaves in our house: no open registration, our name on letters and keys."""

from io import BytesIO
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from qrcode.image.svg import SvgPathFillImage

from . import letters


class ByInvitation(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Whether a sign-in may lead there afterwards; what cannot be read as an address ("http://[::1") may not."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language that the account's owner chose."""
        user = context.get("user") or getattr(current.request, "user", None)
        language = getattr(user, "language", "") or translation.get_language()
        with translation.override(language):
            full = {"request": current.request, "email": email, "hub": settings.HUB_NAME, "origin": settings.ORIGIN}
            letters.send_quietly(self.render_mail(template_prefix, email, full | context))


class OurKeys(DefaultMFAAdapter):
    """The hub's name on passkeys and in authenticator apps."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.HUB_NAME}

    def build_totp_svg(self, url: str) -> str:
        """On a white ground of its own, so that a camera reads it in the dark look too."""
        image = qrcode.make(url, image_factory=SvgPathFillImage)
        drawn = BytesIO()
        image.save(drawn)
        return drawn.getvalue().decode()
