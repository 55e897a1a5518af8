"""Addresses of plans, measures, indicators and lessons. What is fixed ("new/") stands before what is a code."""

from django.urls import path

from . import indicator_views, measure_views, views

urlpatterns = [
    path("plans/", views.plan_list, name="plans"),
    path("plans/new/", views.plan_new, name="plan_new"),
    path("plans/<str:code>/", views.plan_tree, name="plan_tree"),
    path("plans/<str:code>/edit/", views.plan_edit, name="plan_edit"),
    path("plans/<str:code>/by/<slug:view>/", views.plan_view, name="plan_view"),
    path("plans/<str:code>/report.<slug:form>", views.plan_file, name="plan_file"),
    path("plans/<str:code>/objectives/new/", views.objective_new, name="objective_new"),
    path("plans/<str:code>/measures/new/", measure_views.measure_new, name="measure_new"),
    path("plans/<str:code>/indicators/new/", indicator_views.indicator_new, name="indicator_new"),
    path("plans/<str:code>/readings/import/", indicator_views.readings_import, name="readings_import"),
    path("plans/<str:code>/readings/waiting/", indicator_views.readings_waiting, name="readings_waiting"),
    path("plans/<str:code>/periods/", indicator_views.plan_periods, name="plan_periods"),
    path("objectives/<str:code>/edit/", views.objective_edit, name="objective_edit"),
    path("measures/<str:code>/", measure_views.measure, name="measure"),
    path("measures/<str:code>/edit/", measure_views.measure_edit, name="measure_edit"),
    path("measures/<str:code>/act/", measure_views.measure_act, name="measure_act"),
    path("indicators/", indicator_views.indicator_bank, name="indicators"),
    path("indicators/<str:code>/", indicator_views.indicator, name="indicator"),
    path("indicators/<str:code>/edit/", indicator_views.indicator_edit, name="indicator_edit"),
    path("indicators/<str:code>/target/", indicator_views.indicator_target, name="indicator_target"),
    path("indicators/<str:code>/readings/new/", indicator_views.reading_new, name="reading_new"),
    path("readings/<int:number>/", indicator_views.reading_decide, name="reading_decide"),
    path("lessons/", views.lesson_list, name="lessons"),
    path("lessons/new/", views.assessment_new, name="assessment_new"),
    path("lessons/<int:number>/", views.assessment, name="assessment"),
    path("lessons/<int:number>/edit/", views.assessment_edit, name="assessment_edit"),
]
