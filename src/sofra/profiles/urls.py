"""Addresses of this room: a place's page, its profile on paper, and a duty beside the training on it."""

from django.urls import path

from . import duty_views, views

urlpatterns = [
    path("places/<str:code>/", views.place, name="place"),
    path("places/<str:code>/profile.pdf", views.place_profile, name="place_profile"),
    path("duties/<str:code>/", duty_views.duty, name="duty"),
    path("duties/<str:code>/taught/<int:number>/end/", duty_views.duty_untaught, name="duty_untaught"),
]
