"""What phones ask, under the address that their code holds; the names are OpenRosa's and ODK Collect's own.

Outside the pages' languages: a phone knows one address. A slash too many at the end is forgiven.
"""

from django.urls import path, re_path

from . import phone_views as views

urlpatterns = [
    re_path(r"^collect/(?P<key>[\w-]{1,60})/*$", views.form_list, name="collect"),
    re_path(r"^collect/(?P<key>[\w-]{1,60})/+formList/*$", views.form_list, name="collect_forms"),
    path("collect/<slug:key>/forms/<int:number>.xml", views.form_file, name="collect_form"),
    path("collect/<slug:key>/forms/<int:number>/manifest", views.manifest, name="collect_manifest"),
    path("collect/<slug:key>/forms/<int:number>/media/<str:name>", views.media, name="collect_media"),
    re_path(r"^collect/(?P<key>[\w-]{1,60})/+submission/*$", views.submission, name="collect_submission"),
]
