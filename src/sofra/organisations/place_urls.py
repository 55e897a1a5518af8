from django.urls import path

from . import place_views

urlpatterns = [
    path("places/", place_views.place_list, name="places"),
]
