"""The words of the field, explained in our own words beside where each comes from. A slug is its anchor on the page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .vocabulary import RelevantKind, SpecificKind

ANNEX_II = _("Mapping report 2018, Annex II (definitions of the Regional Cooperation Council)")
ACRONYMS = _("Mapping report 2018, list of acronyms")
FOREWORD = _("Mapping report 2018, foreword")
STRATEGY = _("Mapping report 2018, chapter I")
METHOD = _("Mapping report 2018, chapter II")
COOPERATION = _("Mapping report 2018, chapter VII")
CHALLENGES = _("Mapping report 2018, chapter X")
MECHANISMS = _("Mapping report 2018, chapter VII; article on the training of nineteen municipalities")
FIGHTERS = _("Mapping report 2018, Annex II; United Nations Security Council resolution 2178 (2014)")
ARTICLE = _("Article on the training of nineteen municipalities")


@dataclass(frozen=True, slots=True)
class Term:
    """A word, what we mean by it, where it comes from, and the words to read next (slugs)."""

    slug: str
    term: Promise
    definition: Promise
    source: Promise
    see: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        return self.slug

    @property
    def name(self) -> Promise:
        return self.term


TERMS: dict[str, Term] = {
    term.slug: term
    for term in (
        Term(
            "violent-extremism",
            _("violent extremism"),
            _(
                "Holding an aim, political, religious or of another kind, and being ready to use violence for it. It is"
                " the violence that makes it: an unusual opinion or a strict faith is not violent extremism."
            ),
            ANNEX_II,
            ("p-cve", "push-and-pull-factors"),
        ),
        Term(
            "p-cve",
            _("preventing and countering violent extremism (P/CVE)"),
            _(
                "Work without force on the causes of violent extremism. Preventing keeps it from spreading further,"
                " countering answers those who already promote it; most programmes do some of both."
            ),
            ANNEX_II,
            ("p-cve-specific", "p-cve-relevant"),
        ),
        Term(
            "p-cve-specific",
            _("P/CVE-specific"),
            _(
                "An activity is specific when it says that its goal is to reduce violent extremism or to make people"
                " and places more resilient to it. A body that does one such activity is classed as specific."
            ),
            ANNEX_II,
            ("p-cve-relevant", "deradicalisation", "counter-narrative"),
        ),
        Term(
            "p-cve-relevant",
            _("P/CVE-relevant"),
            _(
                "An activity is relevant when it has another goal, such as education, rights, jobs or good governance,"
                " and thereby also weakens the causes of violent extremism. It is no lesser class, only another goal."
            ),
            ANNEX_II,
            ("p-cve-specific",),
        ),
        Term(
            "deradicalisation",
            _("de-radicalisation"),
            _(
                "A change of mind: someone lets go of the belief that violence is justified, step by step and usually"
                " with support, until there is no risk of taking part in it."
            ),
            ANNEX_II,
            ("disengagement", "reintegration"),
        ),
        Term(
            "disengagement",
            _("disengagement"),
            _(
                "A change of conduct: someone stops taking part in violence, though not necessarily leaving the group"
                " or its ideas."
            ),
            ANNEX_II,
            ("deradicalisation", "reintegration"),
        ),
        Term(
            "reintegration",
            _("reintegration"),
            _(
                "Support for a person who has come back or has left violence behind, and is judged to be no danger, to"
                " live in a community again: counselling, schooling, training, work."
            ),
            ANNEX_II,
            ("foreign-terrorist-fighter", "referral-mechanism"),
        ),
        Term(
            "counter-narrative",
            _("counter-narrative"),
            _(
                "A message that takes extremist propaganda apart, or offers a better answer to the question that it"
                " exploits."
            ),
            ANNEX_II,
            ("p-cve-specific",),
        ),
        Term(
            "community-resilience",
            _("community resilience"),
            _(
                "How well a community withstands harm, answers it and recovers. A programme that builds it counts as"
                " specific when violent extremism is the harm that it names, otherwise as relevant."
            ),
            ANNEX_II,
            ("p-cve-specific", "p-cve-relevant"),
        ),
        Term(
            "whole-of-society-approach",
            _("whole-of-society approach"),
            _(
                "Working with everyone who has a part in a place: families, schools, believers, media, business, local"
                " and central authorities. It describes how a body works, so it decides no class."
            ),
            _("Mapping report 2018, Annex I (column “Type of focus of activities”)"),
            ("security-council",),
        ),
        Term(
            "cso",
            _("civil society organisation (CSO)"),
            _(
                "A body that people found of their own will for a common purpose, apart from the state and not for"
                " profit: an association, a centre, a foundation."
            ),
            ACRONYMS,
            ("fbo", "local-community-group"),
        ),
        Term(
            "fbo",
            _("faith-based organisation (FBO)"),
            _("A civil society organisation that works out of a religious community or in its name."),
            FOREWORD,
            ("cso",),
        ),
        Term(
            "local-community-group",
            _("local community group"),
            _(
                "People of a neighbourhood, village or town who act together. A formal group is registered or has"
                " written rules; an informal one is no less real for having neither."
            ),
            FOREWORD,
            ("cso",),
        ),
        Term(
            "security-council",
            _("security council"),
            _(
                "A table in a municipality at which the mayor’s office, the police, the prosecutor and the courts,"
                " religious communities and civil society agree on what makes the place safer."
            ),
            COOPERATION,
            ("community-policing", "whole-of-society-approach"),
        ),
        Term(
            "coordination-centre",
            _("Coordination Centre (CCCVE)"),
            _(
                "The public body under the Prime Minister of Albania, set up in December 2017, that brings together"
                " all who prevent and counter violent extremism."
            ),
            STRATEGY,
            ("p-cve",),
        ),
        Term(
            "referral-mechanism",
            _("referral mechanism"),
            _(
                "An agreed way in which services pass on, to one another and with care, a person who needs support."
                " Albania has such ways for domestic violence, for children at risk and against trafficking."
            ),
            MECHANISMS,
            ("reintegration",),
        ),
        Term(
            "sub-grant",
            _("sub-grant"),
            _(
                "Money from a grant that its holder passes on to a smaller organisation. The same money is in both"
                " records, so a total counts it once."
            ),
            COOPERATION,
        ),
        Term(
            "mapping-round",
            _("mapping round"),
            _(
                "One survey of who does what in a country, by one method: questionnaires, interviews, documents. The"
                " next round starts from the answers of the last."
            ),
            METHOD,
            ("baseline",),
        ),
        Term(
            "baseline",
            _("baseline"),
            _("What was measured before the work began. Without it nobody can tell what the work has changed."),
            CHALLENGES,
        ),
        Term(
            "push-and-pull-factors",
            _("push and pull factors"),
            _(
                "Push factors drive people away from society, such as exclusion, poverty or injustice. Pull factors"
                " draw them to a violent group: belonging, meaning, money, status."
            ),
            ARTICLE,
            ("violent-extremism",),
        ),
        Term(
            "community-policing",
            _("community policing"),
            _(
                "Police work in which officers and residents know one another and look for the causes of trouble"
                " together, before it becomes a case."
            ),
            COOPERATION,
            ("security-council",),
        ),
        Term(
            "foreign-terrorist-fighter",
            _("foreign terrorist fighter"),
            _(
                "The term of international law for someone who travels to another country to take part in terrorism or"
                " train for it. Family members who came along, children above all, are not fighters."
            ),
            FIGHTERS,
            ("reintegration",),
        ),
    )
}

# Which word explains a kind of activity.
TERM_OF_KIND: dict[str, str] = {
    SpecificKind.PREVENTION: "p-cve",
    SpecificKind.RESILIENCE_TO_VE: "community-resilience",
    **{kind: kind for kind in ("deradicalisation", "disengagement", "reintegration", "counter-narrative")},
    **dict.fromkeys(RelevantKind.values, "p-cve-relevant"),
    "community-resilience": "community-resilience",
}
