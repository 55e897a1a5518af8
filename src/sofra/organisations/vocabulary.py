"""The coded words of the registry: kinds of body, kinds of activity, themes, audiences, fields of a record.

Kinds of activity and their two classes follow Annex II of the mapping report (definitions of the Regional
Cooperation Council); themes and audiences are the words that Annex I and chapters IV to VII use.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.ground.models import Visibility


class Kind(models.TextChoices):
    CSO = "cso", _("civil society organisation")
    FBO = "fbo", _("faith-based organisation")
    FORMAL_GROUP = "formal-group", _("formal local group")
    INFORMAL_GROUP = "informal-group", _("informal local group")
    NETWORK = "network", _("network")
    COUNCIL = "council", _("council")
    SCHOOL = "school", _("school")
    PUBLIC = "public", _("public institution")
    DONOR = "donor", _("donor")
    INTERNATIONAL = "international", _("international organisation")
    UNIVERSITY = "university", _("university")
    MEDIA = "media", _("media")
    UNKNOWN = "unknown", _("kind not known")


class ActivityClass(models.TextChoices):
    SPECIFIC = "specific", _("P/CVE-specific")
    RELEVANT = "relevant", _("P/CVE-relevant")
    UNKNOWN = "unknown", _("not known")


class SpecificKind(models.TextChoices):
    PREVENTION = "prevention", _("preventing and countering violent extremism")
    DERADICALISATION = "deradicalisation", _("de-radicalisation")
    DISENGAGEMENT = "disengagement", _("disengagement")
    REINTEGRATION = "reintegration", _("reintegration")
    COUNTER_NARRATIVE = "counter-narrative", _("counter-narrative and counter-messaging")
    RESILIENCE_TO_VE = "resilience-to-ve", _("building community resilience to violent extremism")


class RelevantKind(models.TextChoices):
    YOUTH = "youth-empowerment", _("youth empowerment")
    WOMEN = "women-empowerment", _("women's empowerment")
    RULE_OF_LAW = "rule-of-law", _("rule of law")
    ANTI_CORRUPTION = "anti-corruption", _("anti-corruption")
    CIVIC = "civic-engagement", _("civic engagement")
    RIGHTS = "human-rights", _("human rights")
    DEMOCRACY = "democracy", _("democracy")
    GOVERNANCE = "good-governance", _("good governance")
    VOCATIONAL = "vocational-training", _("vocational training")
    EDUCATION = "education", _("education")
    TRUST = "trust-building", _("trust-building and community engagement")
    CONFLICT = "conflict-resolution", _("conflict resolution")


# Annex II's note: a community-resilience programme is specific or relevant depending on its design and target.
RESILIENCE_UNSPECIFIED = ("community-resilience", _("community resilience, goal not stated"))

ACTIVITY_KINDS: dict[str, str | Promise] = dict([*SpecificKind.choices, *RelevantKind.choices, RESILIENCE_UNSPECIFIED])


class Theme(models.TextChoices):
    AWARENESS = "awareness", _("awareness raising")
    COMMUNITY = "community-engagement", _("community engagement")
    TRAINING = "training", _("training and capacity building")
    RESEARCH = "research", _("research and reports")
    EDUCATION = "education", _("schools and education")
    YOUTH = "youth", _("young people")
    WOMEN = "women", _("women and girls")
    DIALOGUE = "dialogue", _("dialogue between faiths and cultures")
    EARLY = "early-identification", _("early identification and prevention")
    REHABILITATION = "rehabilitation", _("rehabilitation and reintegration")
    NARRATIVES = "narratives", _("alternative narratives and media")
    ADVOCACY = "advocacy", _("advocacy and policy")
    MONITORING = "monitoring", _("monitoring of law and policy")
    GRANTS = "grants", _("grants and sub-grants")
    EMPLOYMENT = "employment", _("employment and enterprise")
    SECURITY = "local-security", _("local security and security councils")
    RESILIENCE = "resilience", _("community resilience")


class Audience(models.TextChoices):
    STUDENTS = "students", _("pupils and students")
    TEACHERS = "teachers", _("teachers")
    PARENTS = "parents", _("parents")
    YOUTH = "youth", _("young people")
    WOMEN = "women", _("women and girls")
    RELIGIOUS = "religious-leaders", _("religious leaders")
    OFFICIALS = "local-officials", _("local officials")
    POLICE = "police", _("police")
    PRISON = "prison-staff", _("prison and probation staff")
    PRISONERS = "prisoners", _("prisoners")
    RETURNEES = "returnees", _("returnees and their families")
    FAMILIES = "families", _("families")
    ROMA = "roma", _("Roma and Egyptians")
    DISABILITY = "people-with-disabilities", _("people with disabilities")
    JOURNALISTS = "journalists", _("journalists")
    CSOS = "civil-society", _("civil society organisations")
    COMMUNITY = "community", _("the community at large")


class Language(models.TextChoices):
    """The languages that an organisation works in (ISO 639-1 codes)."""

    SQ = "sq", _("Albanian")
    EN = "en", _("English")
    MK = "mk", _("Macedonian")
    SR = "sr", _("Serbian")
    BS = "bs", _("Bosnian")
    ME = "cnr", _("Montenegrin")
    ROM = "rom", _("Romani")
    EL = "el", _("Greek")
    TR = "tr", _("Turkish")
    IT = "it", _("Italian")
    FR = "fr", _("French")
    DE = "de", _("German")


@dataclass(frozen=True)
class Field:
    """A field of the record. `many`: several open facts may stand side by side. `choices`: its coded values."""

    code: str
    name: Promise
    visible_to: Visibility = Visibility.PUBLIC
    many: bool = True
    choices: type[models.TextChoices] | None = None


FIELDS: dict[str, Field] = {
    field.code: field
    for field in (
        Field("name", _("name")),
        Field("acronym", _("acronym")),
        Field("kind", _("kind of body"), many=False, choices=Kind),
        Field("identifier", _("identifier")),
        Field("seat", _("seat"), many=False),
        Field("place", _("place of work")),
        Field("theme", _("theme"), choices=Theme),
        Field("theme_text", _("themes in the source's words")),
        Field("activity_kind", _("kind of activity")),
        Field("focus_text", _("focus in the source's words")),
        Field("audience", _("audience"), choices=Audience),
        Field("language", _("working language"), choices=Language),
        Field("website", _("website")),
        Field("social", _("social media")),
        Field("contact", _("contact point"), Visibility.MEMBERS),
        Field("founded", _("founding year"), many=False),
        Field("offers", _("what it offers")),
        Field("seeks", _("what it seeks")),
        Field("about", _("in its own words"), many=False),
        Field("role", _("part in the field")),
    )
}
FILTERED = ("theme", "activity_kind", "audience", "language", "place", "seat")
