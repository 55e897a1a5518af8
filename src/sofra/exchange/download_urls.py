from django.urls import path

from . import downloads

urlpatterns = [
    path("api/", downloads.open_data, name="open_data"),
    *[
        path(f"{one.address}.<slug:form>", downloads.download, {"name": one.name}, name=one.route)
        for one in downloads.DOWNLOADS.values()
    ],
]
