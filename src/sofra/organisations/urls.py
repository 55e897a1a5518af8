from django.urls import path

from . import views

urlpatterns = [
    path("organisations/", views.organisation_list, name="organisations"),
    path("my/organisations/", views.my_organisations, name="my_organisations"),
    path("organisations/new/", views.organisation_new, name="organisation_new"),
    path("organisations/<str:code>/", views.organisation, name="organisation"),
    path("organisations/<str:code>/edit/", views.organisation_edit, name="organisation_edit"),
    path("organisations/<str:code>/edit/<slug:field>/", views.organisation_field, name="organisation_field"),
    path("organisations/<str:code>/confirm/", views.organisation_confirm, name="organisation_confirm"),
    path("organisations/<str:code>/reading/", views.organisation_reading, name="organisation_reading"),
    path("organisations/<str:code>/class/", views.organisation_class, name="organisation_class"),
    path("organisations/<str:code>/contest/", views.organisation_contest, name="organisation_contest"),
    path("organisations/<str:code>/history/", views.organisation_history, name="organisation_history"),
    path("organisations/<str:code>/history/<int:number>/undo/", views.change_undo, name="change_undo"),
    path("proposals/", views.proposal_list, name="proposals"),
    path("proposals/<int:number>/", views.proposal, name="proposal"),
    path("duplicates/", views.duplicate_list, name="duplicates"),
    path("duplicates/<str:left>/<str:right>/", views.duplicate_pair, name="duplicate_pair"),
    path("judgements/<int:number>/revoke/", views.judgement_revoke, name="judgement_revoke"),
]
