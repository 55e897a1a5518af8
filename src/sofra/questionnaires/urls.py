"""Addresses of this room."""

from django.urls import path

from . import filling_views as filling
from . import views

_VERSION = "questionnaires/<str:code>/<int:number>/"
_FILLING = f"{_VERSION}fillings/<int:filling>/"

urlpatterns = [
    path("q/<str:key>/", filling.start, name="filling"),
    path("q/<str:key>/parts/", filling.tasks, name="filling_tasks"),
    path("q/<str:key>/parts/<int:number>/", filling.part, name="filling_part"),
    path("q/<str:key>/parts/<int:number>/keep/", filling.keep, name="filling_keep"),
    path("q/<str:key>/check/", filling.check, name="filling_check"),
    path("q/<str:key>/send/", filling.send, name="filling_send"),
    path("q/<str:key>/sent/", filling.sent, name="filling_sent"),
    path("q/<str:key>/copy/", filling.copy, name="filling_copy"),
    path("q/<str:key>/files/<str:name>", filling.file, name="filling_file"),
    path("questionnaires/", views.questionnaire_list, name="questionnaires"),
    path("questionnaires/new/", views.questionnaire_new, name="questionnaire_new"),
    path("questionnaires/<str:code>/", views.questionnaire, name="questionnaire"),
    path("questionnaires/<str:code>/load/", views.version_new, name="version_new"),
    path(_VERSION, views.version, name="version"),
    path(f"{_VERSION}state/", views.version_state, name="version_state"),
    path(f"{_VERSION}sheet/", views.version_sheet, name="version_sheet"),
    path(f"{_VERSION}xform/", views.version_xform, name="version_xform"),
    path(f"{_VERSION}media/<str:name>", views.version_media, name="version_media"),
    path(f"{_VERSION}print/", views.version_print, name="version_print"),
    path(f"{_VERSION}print.pdf", views.version_pdf, name="version_pdf"),
    path(f"{_VERSION}preview/", views.version_preview, name="version_preview"),
    path(f"{_VERSION}fillings/", views.filling_list, name="fillings"),
    path(f"{_VERSION}fillings/new/", views.filling_new, name="filling_new"),
    path(_FILLING, views.filling_record, name="filling_record"),
    path(f"{_FILLING}link/", views.filling_link, name="filling_link"),
    path(f"{_FILLING}withdraw/", views.filling_withdraw, name="filling_withdraw"),
    path(f"{_FILLING}files/<str:name>", views.filling_upload, name="filling_upload"),
]
