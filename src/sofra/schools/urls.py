"""Addresses of schools, offices, sessions and their calendars. What is fixed ("new/") stands before what is a code."""

from django.urls import path

from . import calendar_views, views

urlpatterns = [
    path("schools/", views.school_list, name="schools"),
    path("schools/new/", views.school_new, name="school_new"),
    path("schools/<str:code>/", views.school, name="school"),
    path("schools/<str:code>/ask/", views.session_ask, name="session_ask"),
    path("schools/<str:code>/edit/", views.school_edit, name="school_edit"),
    path("schools/<str:code>/calendar/", calendar_views.school_calendar, name="school_calendar"),
    path("offices/<str:code>/", views.office, name="office"),
    path("offices/<str:code>/calendar/", calendar_views.office_calendar, name="office_calendar"),
    path("sessions/", views.session_list, name="sessions"),
    path("sessions/calendars/", calendar_views.feed_list, name="feeds"),
    path("sessions/<int:number>/", views.session, name="session"),
    path("sessions/<int:number>/session.ics", calendar_views.session_ics, name="session_ics"),
    path("calendar/<str:token>/sofra.ics", calendar_views.feed, name="calendar_feed"),
]
