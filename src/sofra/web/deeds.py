"""The audit's lines in the reader's words: what was done, and by whom."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

DEEDS = {
    "activities.binned": gettext_lazy("activities were put in the bin"),
    "activities.copied": gettext_lazy("activities were copied a year on"),
    "activities.pasted": gettext_lazy("a table of activities was pasted"),
    "activities.published": gettext_lazy("activities were published"),
    "activities.undone": gettext_lazy("an act on many activities was taken back"),
    "activities.withdrawn": gettext_lazy("activities were made drafts again"),
    "activity.added": gettext_lazy("an activity was added"),
    "activity.binned": gettext_lazy("an activity was put in the bin"),
    "activity.edited": gettext_lazy("an activity was changed"),
    "activity.published": gettext_lazy("an activity was published"),
    "activity.restored": gettext_lazy("an activity was taken out of the bin"),
    "activity.undone": gettext_lazy("a change of an activity was taken back"),
    "activity.withdrawn": gettext_lazy("an activity was made a draft again"),
    "asking.ended": gettext_lazy("an asking about a place was taken back"),
    "asking.recorded": gettext_lazy("a place was asked about"),
    "change.undone": gettext_lazy("a change was taken back"),
    "demo.people_made": gettext_lazy("the people of the demo were made"),
    "demo.schools_made": gettext_lazy("the invented schools of the demo were made"),
    "duplicates.looked_for": gettext_lazy("duplicates were looked for"),
    "editor.ended": gettext_lazy("a person no longer speaks for it"),
    "editor.named": gettext_lazy("a person may speak for it"),
    "feed.made": gettext_lazy("a private calendar address was made"),
    "feed.revoked": gettext_lazy("a private calendar address was closed"),
    "hub.backed_up": gettext_lazy("a backup was made"),
    "hub.restored": gettext_lazy("a backup was taken back"),
    "import.discarded": gettext_lazy("a list was thrown away"),
    "import.done": gettext_lazy("a list was imported"),
    "import.undone": gettext_lazy("an import was taken back"),
    "import.uploaded": gettext_lazy("a list was uploaded"),
    "invitation.withdrawn": gettext_lazy("an invitation was withdrawn"),
    "office.limit_set": gettext_lazy("an education office changed its limit of sessions"),
    "office.registered": gettext_lazy("an organisation became an education office"),
    "organisation.class_hidden": gettext_lazy("the label of the class was hidden from the public"),
    "organisation.class_shown": gettext_lazy("the label of the class was shown to the public"),
    "organisation.confirmed": gettext_lazy("the record was confirmed"),
    "organisation.edited": gettext_lazy("the record was changed"),
    "organisation.registered": gettext_lazy("an organisation was registered"),
    "organisations.judged_different": gettext_lazy("judged: two different bodies"),
    "organisations.judged_same": gettext_lazy("judged: the same body"),
    "organisations.judged_unsure": gettext_lazy("judged: not sure whether the same body"),
    "organisations.judgement_revoked": gettext_lazy("a judgement was taken back"),
    "person.address_changed": gettext_lazy("a person changed the e-mail address"),
    "person.changed": gettext_lazy("a person changed the name or the language"),
    "person.closed": gettext_lazy("a person closed the account"),
    "person.invited": gettext_lazy("a person was invited"),
    "person.joined": gettext_lazy("a person accepted the invitation"),
    "person.signed_out_elsewhere": gettext_lazy("a person signed out everywhere else"),
    "place.reading_confirmed": gettext_lazy("a person confirmed which place a text means"),
    "places.boundaries_loaded": gettext_lazy("boundaries of places were loaded"),
    "places.loaded": gettext_lazy("places were loaded"),
    "priority.declared": gettext_lazy("a place was declared a priority"),
    "priority.ended": gettext_lazy("a place is no longer a priority"),
    "proposal.accepted": gettext_lazy("a proposal was accepted"),
    "proposal.made": gettext_lazy("a proposal was sent"),
    "proposal.returned": gettext_lazy("a proposal was returned with a reason"),
    "proposal.withdrawn": gettext_lazy("a proposal was withdrawn"),
    "role.ended": gettext_lazy("a role was ended"),
    "role.given": gettext_lazy("a role was given"),
    "school.changed": gettext_lazy("a school's office, place or limit was changed"),
    "school.limit_set": gettext_lazy("a school's limit of sessions was changed"),
    "school.registered": gettext_lazy("a school was registered for sessions"),
    "schools.enrolled": gettext_lazy("a list of schools was registered"),
    "session.accepted": gettext_lazy("a school accepted a session"),
    "session.agreed": gettext_lazy("an organisation accepted the proposed date of a session"),
    "session.asked": gettext_lazy("a school was asked for a session"),
    "session.cancelled": gettext_lazy("a session was cancelled"),
    "session.declined": gettext_lazy("the proposed date of a session was declined"),
    "session.moved": gettext_lazy("a session was moved to another date"),
    "session.proposed": gettext_lazy("another date of a session was proposed"),
    "session.refused": gettext_lazy("a request for a session was refused"),
    "session.withdrawn": gettext_lazy("a request for a session was withdrawn"),
}


def told(what: str) -> str:
    """The deed in words; the code itself for one of a later version."""
    return str(DEEDS.get(what, what))


def told_by(by: str) -> str:
    """ "account 7" or "hub" in words. Never a name: the chain holds no personal data."""
    number = by.removeprefix("account ")
    return _("account %(number)s") % {"number": number} if number != by else _("the hub itself")
