from django.urls import path

from . import downloads

urlpatterns = [
    path("organisations.<slug:form>", downloads.organisations, name="organisations_download"),
]
