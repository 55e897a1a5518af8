"""What we keep of places. All of it is public but Reading, which members see."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    REGION = "region", _("region")
    COUNTRY = "country", _("country")
    COUNTY = "county", _("county")
    CANTON = "canton", _("canton")
    MUNICIPALITY = "municipality", _("municipality")
    UNIT = "unit", _("administrative unit")
    SETTLEMENT = "settlement", _("settlement")


class PlaceQuerySet(models.QuerySet["Place"]):
    def within(self, place: "Place") -> "PlaceQuerySet":
        """The place itself and all that lies below it."""
        return self.filter(path__gte=place.path, path__lt=place.path[:-1] + "0")  # "/" + 1 == "0"


class Place(models.Model):
    """A place with a code of the places file: "AL", "AL-03" (county), "AL111" (municipality), "XK-PR".

    `path` is the chain of codes from the country down, each followed by a slash: "AL/AL-09/AL111/".
    """

    code = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind)
    country = models.CharField(max_length=3, db_index=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=160, unique=True)
    level = models.PositiveSmallIntegerField(help_text="0 country, 1 county, 2 municipality, 3 unit")
    local_kind = models.CharField(max_length=80, blank=True, help_text="What the country itself calls it")
    name = models.CharField(max_length=120, help_text="Indefinite in Albanian; the usual name elsewhere")
    name_definite = models.CharField(max_length=120, blank=True)
    name_genitive = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120)
    name_local = models.CharField(max_length=200, blank=True)
    sort_key = models.CharField(max_length=160, db_index=True)
    seat = models.CharField(max_length=80, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    population = models.JSONField(default=dict, help_text="Census year → inhabitants; a missing year is not known")
    identifiers = models.JSONField(default=dict, help_text="iso_3166_2, lau, instat, geonames")
    footnote = models.TextField(blank=True)
    tile_row = models.PositiveSmallIntegerField(null=True)
    tile_column = models.PositiveSmallIntegerField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    sources = models.JSONField(default=dict, help_text="What was taken → where from")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["level", "sort_key"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("place", args=[self.code])

    @property
    def title(self) -> str:
        """The name as the reader's language says it on its own: "Bashkia Pukë", "Pukë municipality"."""
        if get_language() == "sq":
            return self.name_definite or self.name
        return self.name_en or self.name


class PlaceName(models.Model):
    """One way of writing a place's name, with the time in which it was in use."""

    class Form(models.TextChoices):
        INDEFINITE = "indefinite", _("indefinite")
        DEFINITE = "definite", _("definite")
        GENITIVE = "genitive", _("genitive")
        ENGLISH = "english", _("English")
        LOCAL = "local", _("local language")
        SEAT = "seat", _("the seat's name")
        OLD = "old", _("old")
        OTHER = "other", _("other spelling")
        ADJECTIVE = "adjective", _("only beside a word of its kind")  # "Tuzlanski" kanton, "Una-Sana" Canton

    place = models.ForeignKey(Place, models.CASCADE, related_name="names")
    name = models.CharField(max_length=160)
    folded = models.CharField(max_length=160, db_index=True)
    form = models.CharField(max_length=12, choices=Form)
    language = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "name", "form"], name="place_name_once")]
        ordering = [Length("name")]


class Reading(models.Model):
    """How a text that people write was read, once a person confirmed it. The raw text stays beside it."""

    text = models.CharField(max_length=500)
    folded = models.CharField(max_length=500, unique=True)
    codes = models.JSONField(default=list)
    why = models.TextField(blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_on = models.DateField()


class Boundary(models.Model):
    """A polygon that an operator loaded. Only the newest generation of a place is drawn; older ones stay."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="boundaries")
    generation = models.PositiveIntegerField()
    geometry = models.JSONField()
    licence = models.CharField(max_length=300)
    loaded_on = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "generation"], name="boundary_once_a_generation")]
