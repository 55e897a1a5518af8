"""Addresses of this room."""

from . import council_urls

urlpatterns = [*council_urls.urlpatterns]
