from django.urls import path

from . import views

urlpatterns = [
    path("imports/", views.import_list, name="imports"),
    path("imports/new/", views.import_new, name="import_new"),
    path("imports/<int:number>/", views.import_shown, name="import"),
    path("imports/<int:number>/columns/", views.import_columns, name="import_columns"),
    path("imports/<int:number>/progress/", views.import_progress, name="import_progress"),
    path("imports/<int:number>/rows/", views.import_rows, name="import_rows"),
    path("imports/<int:number>/rows/<int:row>/", views.import_row, name="import_row"),
    path("imports/<int:number>/start/", views.import_start, name="import_start"),
    path("imports/<int:number>/report/", views.import_report, name="import_report"),
    path("imports/<int:number>/problems.<slug:form>", views.import_problems, name="import_problems"),
    path("imports/<int:number>/undo/", views.import_undo, name="import_undo"),
    path("imports/<int:number>/discard/", views.import_discard, name="import_discard"),
]
