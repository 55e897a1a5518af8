from django.urls import path

from . import table_views, views

urlpatterns = [
    path("plan/", views.plan, name="plan"),
    path("plan/save/", views.plan_save, name="plan_save"),
    path("coverage/", table_views.coverage, name="coverage"),
    path("coverage/rules/", views.coverage_rules, name="coverage_rules"),
    path("coverage/money/", table_views.money, name="coverage_money"),
    path("coverage/crowded/", views.crowded, name="coverage_crowded"),
    path("coverage/gaps/", views.gaps, name="coverage_gaps"),
    path("coverage/overlaps/", views.overlaps, name="coverage_overlaps"),
    path("coverage/cell/", views.cell, name="coverage_cell"),
    path("coverage/asked/", views.askings, name="askings"),
    path("coverage/asked/<int:number>/end/", views.asking_end, name="asking_end"),
    path("coverage/priorities/", views.priorities, name="priorities"),
    path("coverage/priorities/<int:number>/end/", views.priority_end, name="priority_end"),
]
