"""Addresses of the pages about addresses for phones."""

from django.urls import path

from . import collector_views as views

urlpatterns = [
    path("collectors/", views.collector_list, name="collectors"),
    path("collectors/new/", views.collector_new, name="collector_new"),
    path("collectors/<int:number>/", views.collector, name="collector"),
    path("collectors/<int:number>/end/", views.collector_end, name="collector_end"),
]
