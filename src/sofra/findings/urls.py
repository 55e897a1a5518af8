"""Addresses of sources, figures, findings, round tables and coding. What is fixed ("new/") stands before a code."""

from django.urls import path

from . import coding_views, source_views, table_views, views

urlpatterns = [
    path("sources/", source_views.source_list, name="sources"),
    path("sources/new/", source_views.source_new, name="source_new"),
    path("sources/<str:code>/", source_views.source, name="source"),
    path("sources/<str:code>/edit/", source_views.source_edit, name="source_edit"),
    path("sources/<str:code>/quotes/", source_views.source_quotes, name="source_quotes"),
    path("sources/<str:code>/files/", source_views.source_files, name="source_files"),
    path("sources/<str:code>/files/<int:number>/", source_views.source_file, name="source_file"),
    path("sources/<str:code>/answers/", source_views.source_answers, name="source_answers"),
    path("sources/<str:code>/withdraw/", source_views.source_withdraw, name="source_withdraw"),
    path("figures/new/", source_views.figure_new, name="figure_new"),
    path("figures/<str:code>/", source_views.figure, name="figure"),
    path("figures/<str:code>/edit/", source_views.figure_edit, name="figure_edit"),
    path("findings/", views.finding_list, name="findings"),
    path("findings/new/", views.finding_new, name="finding_new"),
    path("findings/<str:code>/", views.finding, name="finding"),
    path("findings/<str:code>/edit/", views.finding_edit, name="finding_edit"),
    path("findings/<str:code>/decide/", views.finding_decide, name="finding_decide"),
    path("findings/<str:code>/contest/", views.finding_contest, name="finding_contest"),
    path("findings/<str:code>/evidence/", views.finding_evidence, name="finding_evidence"),
    path("findings/<str:code>/evidence/<int:number>/", views.evidence_act, name="evidence_act"),
    path("tables/", table_views.table_list, name="round_tables"),
    path("tables/new/", table_views.table_new, name="round_table_new"),
    path("tables/<str:code>/", table_views.table, name="round_table"),
    path("tables/<str:code>/edit/", table_views.table_edit, name="round_table_edit"),
    path("tables/<str:code>/agenda/", table_views.agenda, name="round_table_agenda"),
    path("tables/<str:code>/seats/", table_views.seats, name="round_table_seats"),
    path("tables/<str:code>/sitting/", table_views.sitting, name="round_table_sitting"),
    path("tables/<str:code>/minutes/", table_views.minutes_edit, name="round_table_minutes"),
    path("tables/<str:code>/minutes.<slug:form>", table_views.minutes_file, name="minutes_file"),
    path("coding/<str:code>/", coding_views.code_book, name="coding"),
    path("coding/<str:code>/codes/", coding_views.code_units, name="coding_units"),
    path("coding/<str:code>/compare/", coding_views.compare, name="coding_compare"),
]
