from django.urls import path

from . import downloads, given_answers

urlpatterns = [
    path("api/", downloads.open_data, name="open_data"),
    path("questionnaires/<str:code>/<int:number>/answers.<slug:form>", given_answers.download, name="answers_download"),
    *[
        path(f"{one.address}.<slug:form>", downloads.download, {"name": one.name}, name=one.route)
        for one in downloads.DOWNLOADS.values()
    ],
]
