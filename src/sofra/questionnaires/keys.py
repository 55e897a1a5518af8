"""Private links: who holds one may fill in the questionnaire it leads to. The database keeps only its hash."""

import base64
import hashlib
import hmac

from django.conf import settings


def key_of(instance: str, generation: int) -> str:
    """The key of a filling's link: 22 letters that only this hub can work out, the same each time."""
    said = f"filling\x00{instance}\x00{generation}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
