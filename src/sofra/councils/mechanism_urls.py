"""Addresses of mechanisms, consultations, drivers and duties."""

from django.urls import path

from . import consultation_views, driver_views, mechanism_views

urlpatterns = [
    path("mechanisms/", mechanism_views.mechanism_list, name="mechanisms"),
    path("mechanisms/proposals/<int:number>/", mechanism_views.mechanism_decide, name="mechanism_decide"),
    path("mechanisms/consultations/<int:number>/", consultation_views.consultation, name="consultation"),
    path("mechanisms/consultations/<int:number>/edit/", consultation_views.consultation_edit, name="consultation_edit"),
    path("mechanisms/drivers/<int:number>/end/", driver_views.driver_end, name="driver_end"),
    path("mechanisms/duties/", driver_views.duty_list, name="duties"),
    path("mechanisms/<str:code>/", mechanism_views.place_mechanisms, name="place_mechanisms"),
    path("mechanisms/<str:code>/consultations/new/", consultation_views.consultation_new, name="consultation_new"),
    path("mechanisms/<str:code>/drivers/", driver_views.place_drivers, name="place_drivers"),
    path("mechanisms/<str:code>/drivers/new/", driver_views.driver_new, name="driver_new"),
    path("mechanisms/<str:code>/duties/", driver_views.place_duties, name="place_duties"),
    path("mechanisms/<str:code>/<slug:kind>/", mechanism_views.mechanism, name="mechanism"),
    path("mechanisms/<str:code>/<slug:kind>/edit/", mechanism_views.mechanism_edit, name="mechanism_edit"),
    path("mechanisms/<str:code>/<slug:kind>/confirm/", mechanism_views.mechanism_confirm, name="mechanism_confirm"),
]
