"""The door that the server knocks at."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sofra.settings")
application = get_wsgi_application()

# All that is imported stays: the collector need not walk it while somebody waits, which took 30 ms of a question.
get_resolver().url_patterns  # noqa: B018 - imports the views, which the first visitor would wait for
gc.collect()
gc.freeze()
