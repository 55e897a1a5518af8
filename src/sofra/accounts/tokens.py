"""The secret part of an invitation's link. Only its hash is kept, so that a copy of the database opens no door."""

import hashlib
import secrets


def new() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
