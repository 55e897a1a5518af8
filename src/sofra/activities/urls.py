"""Addresses of activities and projects. What is fixed ("new/") stands before what is a code."""

from django.urls import path

from . import table_urls, views

urlpatterns = [
    *table_urls.urlpatterns,
    path("activities/", views.activity_list, name="activities"),
    path("activities/<str:code>/", views.activity, name="activity"),
    path("activities/<str:code>/history/", views.activity_history, name="activity_history"),
    path("activities/<str:code>/undo/", views.activity_undo, name="activity_undo"),
    path("projects/", views.project_list, name="projects"),
    path("projects/new/", views.project_new, name="project_new"),
    path("projects/<str:code>/", views.project, name="project"),
    path("projects/<str:code>/edit/", views.project_edit, name="project_edit"),
    path("projects/<str:code>/move/", views.project_move, name="project_move"),
    path("projects/<str:code>/undo/", views.project_undo, name="project_undo"),
    path("projects/<str:code>/history/", views.project_history, name="project_history"),
]
