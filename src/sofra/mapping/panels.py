"""What leads on from a round's page: addresses and words that rooms above this one know, such as its report.

A room appends its function when it is ready; each gives (address, words) for what the reader may open.
"""

from collections.abc import Callable, Iterable

from django.http import HttpRequest

from .models import Round

on_round: list[Callable[[HttpRequest, Round], Iterable[tuple[str, str]]]] = []
