"""Addresses of this room. What is fixed ("new/") stands before what is a code."""

from django.urls import path

from . import curriculum_views, list_views, survey_views, trainer_views, views

_PROGRAMME = "training/programmes/<str:code>/"
_SESSION = "training/sessions/<str:code>/"
_CURRICULUM = "training/curricula/<str:code>/"

urlpatterns = [
    path("training/", views.programme_list, name="programmes"),
    path("training/programmes/new/", views.programme_new, name="programme_new"),
    path(_PROGRAMME, views.programme, name="programme"),
    path(f"{_PROGRAMME}edit/", views.programme_edit, name="programme_edit"),
    path(f"{_PROGRAMME}stated/", views.programme_stated, name="programme_stated"),
    path(f"{_PROGRAMME}activities/", views.session_of_activity, name="training_join"),
    path("training/curricula/", curriculum_views.curriculum_list, name="curricula"),
    path("training/curricula/new/", curriculum_views.curriculum_new, name="curriculum_new"),
    path(_CURRICULUM, curriculum_views.curriculum, name="curriculum"),
    path(f"{_CURRICULUM}version/", curriculum_views.curriculum_edition, name="curriculum_edition"),
    path(f"{_CURRICULUM}edit/", curriculum_views.curriculum_edit, name="curriculum_edit"),
    path(f"{_CURRICULUM}materials/", curriculum_views.curriculum_material, name="curriculum_material"),
    path(f"{_CURRICULUM}materials/<int:number>/", curriculum_views.material_file, name="material_file"),
    path("training/sessions/new/", views.session_new, name="training_session_new"),
    path(_SESSION, views.session, name="training_session"),
    path(f"{_SESSION}edit/", views.session_edit, name="training_session_edit"),
    path(f"{_SESSION}count/", views.count, name="training_count"),
    path(f"{_SESSION}history/", views.session_history, name="training_history"),
    path(f"{_SESSION}list/", list_views.paper_list, name="training_list"),
    path(f"{_SESSION}scans/", list_views.scan_add, name="training_scan_add"),
    path(f"{_SESSION}scans/<int:number>/", list_views.scan, name="training_scan"),
    path(f"{_SESSION}participants/", list_views.participants, name="training_participants"),
    path(f"{_SESSION}certificates.pdf", list_views.certificates_file, name="training_certificates"),
    path(f"{_SESSION}check-in/", list_views.check_in, name="training_check_in"),
    path(f"{_SESSION}questionnaires/", survey_views.of_session, name="session_surveys"),
    path(f"{_PROGRAMME}questionnaires/", survey_views.of_programme, name="programme_surveys"),
    path("training/in/<str:code>/", list_views.come_in, name="training_in"),
    path("training/ask/<str:code>/", survey_views.ask, name="training_ask"),
    path(f"{_CURRICULUM}requirements/", trainer_views.requirement_new, name="curriculum_requirement"),
    path("training/trainers/", trainer_views.trainer_list, name="trainers"),
    path("training/trainers/new/", trainer_views.trainer_new, name="trainer_new"),
    path("training/trainers/groups/new/", trainer_views.cohort_new, name="cohort_new"),
    path("training/trainers/groups/<int:number>/edit/", trainer_views.cohort_edit, name="cohort_edit"),
    path("training/trainers/<int:number>/", trainer_views.trainer, name="trainer"),
    path("training/mentoring/", trainer_views.mentoring_list, name="mentorings"),
    path("training/mentoring/new/", trainer_views.mentoring_new, name="mentoring_new"),
    path("training/mentoring/<int:number>/", trainer_views.mentoring, name="mentoring"),
]
