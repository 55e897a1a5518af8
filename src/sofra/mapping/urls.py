"""Addresses of rounds. What is fixed ("new/") stands before what is a code."""

from django.urls import path

from . import asking_views, consortium_views, suggestion_views, views

urlpatterns = [
    path("rounds/", views.round_list, name="rounds"),
    path("rounds/new/", views.round_new, name="round_new"),
    path("rounds/<str:code>/", views.round_detail, name="round"),
    path("rounds/<str:code>/edit/", views.round_edit, name="round_edit"),
    path("rounds/<str:code>/move/", views.round_move, name="round_move"),
    path("rounds/<str:code>/next/", views.round_next, name="round_next"),
    path("rounds/<str:code>/invite/", asking_views.round_invite, name="round_invite"),
    path("rounds/<str:code>/responses/", asking_views.round_responses, name="round_responses"),
    path("rounds/<str:code>/invitations/<int:number>/", asking_views.round_invitation, name="round_invitation"),
    path("rounds/<str:code>/arrivals/<int:number>/", asking_views.round_arrival, name="round_arrival"),
    path("rounds/<str:code>/letters/", asking_views.round_letters, name="round_letters"),
    path("rounds/<str:code>/letters/<int:number>/", asking_views.round_letter, name="round_letter"),
    path("rounds/<str:code>/suggestions/", suggestion_views.round_suggestions, name="round_suggestions"),
    path("rounds/<str:code>/changes/", suggestion_views.round_changes, name="round_changes"),
    path("rounds/<str:code>/methodology.zip", consortium_views.round_methodology, name="round_methodology"),
    path("methodologies/", consortium_views.methodology_list, name="methodologies"),
    path("methodologies/compare/", consortium_views.version_compare, name="version_compare"),
    path("methodologies/<int:number>/", consortium_views.methodology, name="methodology"),
    path("q/<str:key>/refuse/", asking_views.invitation_refuse, name="invitation_refuse"),
]
