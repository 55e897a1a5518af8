"""Filters of the plans' templates."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from sofra.ground.tongues import said

from ..tables import number

register = template.Library()


@register.filter
def in_words(texts: Mapping[str, str]) -> str:
    """The reader's language of a text that is kept in several."""
    return said(texts)


@register.filter
def or_unknown(text: str) -> str:
    return text or _("not known")


@register.filter
def plain_number(value: Decimal) -> str:
    return number(value)


@register.filter
def beside(cells: Sequence[Any], head: Sequence[str]) -> list[tuple[Any, str]]:
    """Each cell with the heading of its column."""
    return list(zip(cells, head, strict=False))


@register.filter
def last_part(url: str) -> str:
    """The code at the end of an address."""
    return url.rstrip("/").rpartition("/")[2]
