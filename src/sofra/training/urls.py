"""Addresses of this room. What is fixed ("new/") stands before what is a code."""

from django.urls import path

from . import views

_PROGRAMME = "training/programmes/<str:code>/"
_SESSION = "training/sessions/<str:code>/"
_CURRICULUM = "training/curricula/<str:code>/"

urlpatterns = [
    path("training/", views.programme_list, name="programmes"),
    path("training/programmes/new/", views.programme_new, name="programme_new"),
    path(_PROGRAMME, views.programme, name="programme"),
    path(f"{_PROGRAMME}edit/", views.programme_edit, name="programme_edit"),
    path(f"{_PROGRAMME}activities/", views.session_of_activity, name="training_join"),
    path("training/curricula/", views.curriculum_list, name="curricula"),
    path("training/curricula/new/", views.curriculum_new, name="curriculum_new"),
    path(_CURRICULUM, views.curriculum, name="curriculum"),
    path(f"{_CURRICULUM}version/", views.curriculum_edition, name="curriculum_edition"),
    path("training/sessions/new/", views.session_new, name="training_session_new"),
    path(_SESSION, views.session, name="training_session"),
    path(f"{_SESSION}edit/", views.session_edit, name="training_session_edit"),
    path(f"{_SESSION}count/", views.count, name="training_count"),
]
