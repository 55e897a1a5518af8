"""Addresses of reports. What is fixed ("new/") stands before what is a code."""

from django.urls import path

from . import views

urlpatterns = [
    path("reports/", views.report_list, name="reports"),
    path("reports/new/", views.report_new, name="report_new"),
    path("reports/<str:code>/", views.report, name="report"),
    path("reports/<str:code>/title/", views.report_edit, name="report_edit"),
    path("reports/<str:code>/outline/", views.outline, name="report_outline"),
    path("reports/<str:code>/outline/<int:number>/", views.block, name="report_block"),
    path("reports/<str:code>/draft/", views.draft, name="report_draft"),
    path("reports/<str:code>/draft/<str:language>.<str:form>", views.draft_file, name="report_draft_file"),
    path("reports/<str:code>/publish/", views.publish, name="report_publish"),
    path("reports/<str:code>/editions/<int:number>/", views.edition, name="edition"),
    path("reports/<str:code>/editions/<int:number>/changes/", views.changes, name="edition_changes"),
    path("reports/<str:code>/editions/<int:number>/withdraw/", views.withdraw, name="edition_withdraw"),
    path("reports/<str:code>/editions/<int:number>/<str:language>.<str:form>", views.edition_file, name="edition_file"),
]
