"""Parts of an organisation's and of a place's page that rooms above this one write, such as its latest activities.

A room appends its panels when it is ready; each gives its part as HTML, "" where it has nothing to say.
"""

from collections.abc import Callable

from django.http import HttpRequest

from sofra.places.models import Place

from .models import Organisation

on_organisation: list[Callable[[HttpRequest, Organisation], str]] = []
on_place: list[Callable[[HttpRequest, Place], str]] = []
