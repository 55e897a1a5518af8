"""Addresses of this room: a place's page and its profile on paper."""

from django.urls import path

from . import views

urlpatterns = [
    path("places/<str:code>/", views.place, name="place"),
    path("places/<str:code>/profile.pdf", views.place_profile, name="place_profile"),
]
