"""Addresses of an organisation's own table of activities."""

from django.urls import path

from . import edit_views, paste_views, table_views

_OF = "organisations/<str:code>/activities/"
urlpatterns = [
    path(_OF, table_views.own_activities, name="own_activities"),
    path(f"{_OF}new/", edit_views.own_new, name="own_activity_new"),
    path(f"{_OF}new/autosave/", edit_views.own_autosave, name="own_autosave"),
    path(f"{_OF}many/", table_views.own_bulk, name="own_bulk"),
    path(f"{_OF}copy/", table_views.own_copy, name="own_copy"),
    path(f"{_OF}undo/", table_views.own_undo, name="own_undo"),
    path(f"{_OF}paste/", paste_views.own_paste, name="own_paste"),
    path(f"{_OF}paste/check/", paste_views.own_paste_check, name="own_paste_check"),
    path(f"{_OF}row/<str:activity>/", table_views.own_row, name="own_row"),
    path("activities/<str:code>/edit/", edit_views.activity_edit, name="activity_edit"),
    path("activities/<str:code>/autosave/", edit_views.activity_autosave, name="activity_autosave"),
    path("activities/<str:code>/check/", edit_views.activity_check, name="activity_check"),
    path("activities/<str:code>/move/", edit_views.activity_move, name="activity_move"),
]
