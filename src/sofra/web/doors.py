"""Every door of the hub: which address opens by which method, and to whom.

The permission page is printed from this table, `OnlyDeclaredMethods` refuses every method that it does not name, and
tests/test_doors.py knocks at every door with every method in every role and compares. A route that is not declared
here fails that test. What a door leads to may still refuse a single object (404), a form its content.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PUBLIC = "public"
SIGNED_IN = "signed-in"
EDITOR = "editor"
MEMBER = "member"
SEATED = "seated"
SECRETARY = "secretary"
MAPPER = "mapper"
COORDINATOR = "coordinator"
KEEPER = "keeper"
TECHNICAL = "technical"

WHO: dict[str, Promise] = {
    PUBLIC: _("Everyone"),
    SIGNED_IN: _("Whoever has signed in"),
    EDITOR: _("Editors of that organisation, mappers and coordinators"),
    MEMBER: _("Member editors, mappers and coordinators"),
    SEATED: _("Members of that council"),
    SECRETARY: _("Secretaries of that council"),
    MAPPER: _("Mappers and coordinators"),
    COORDINATOR: _("Coordinators"),
    KEEPER: _("Coordinators and the technical administrator"),
    TECHNICAL: _("The technical administrator"),
}

_READ = {"GET": PUBLIC}
_EDITORS = {"GET": EDITOR, "POST": EDITOR}
_FORM = {"GET": PUBLIC, "POST": PUBLIC}
_OWN = {"GET": SIGNED_IN}
_OWN_FORM = {"GET": SIGNED_IN, "POST": SIGNED_IN}

# Route name -> method -> who. HEAD is open where GET is. The order is that of the page.
DOORS: dict[str, dict[str, str]] = {
    # web
    "home": _READ,
    "search": _READ,
    "glossary": _READ,
    "permissions": _READ,
    "about": _READ,
    "accessibility": _READ,
    "components": _READ,
    "audit": {"GET": KEEPER},
    "healthz": _READ,
    # organisations
    "organisations": _READ,
    "organisation": _READ,
    "my_organisations": _OWN,
    "organisation_new": {"GET": MAPPER, "POST": MAPPER},
    "organisation_edit": {"GET": EDITOR},
    "organisation_field": {"GET": EDITOR, "POST": EDITOR},
    "organisation_confirm": {"POST": EDITOR},
    "organisation_reading": {"POST": MAPPER},
    "organisation_class": {"POST": EDITOR},
    "organisation_contest": {"GET": EDITOR, "POST": EDITOR},
    "organisation_history": {"GET": MEMBER},
    "change_undo": {"POST": MAPPER},
    "proposals": _OWN,
    "proposal": {"GET": EDITOR, "POST": EDITOR},
    "duplicates": {"GET": MAPPER, "POST": MAPPER},
    "duplicate_pair": {"GET": MAPPER, "POST": MAPPER},
    "judgement_revoke": {"POST": MAPPER},
    # activities and projects, as they are read; projects, as they are written
    "activities": _READ,
    "activity": _READ,
    "activity_history": {"GET": EDITOR},
    "activity_undo": {"POST": EDITOR},
    "projects": _READ,
    "project": _READ,
    "project_new": {"GET": MEMBER, "POST": MEMBER},
    "project_edit": {"GET": EDITOR, "POST": EDITOR},
    "project_move": {"POST": EDITOR},
    "project_undo": {"POST": EDITOR},
    "project_history": {"GET": EDITOR},
    # mapping rounds
    "rounds": _READ,
    "round_new": {"GET": MAPPER, "POST": MAPPER},
    "round": _READ,
    "round_edit": {"GET": MAPPER, "POST": MAPPER},
    "round_move": {"POST": MAPPER},
    "round_next": {"GET": MAPPER, "POST": MAPPER},
    "round_invite": {"GET": MAPPER, "POST": MAPPER},
    "round_responses": {"GET": MAPPER, "POST": MAPPER},
    "round_invitation": {"GET": MAPPER, "POST": MAPPER},
    "round_arrival": {"POST": MAPPER},
    "round_letters": {"GET": MAPPER},
    "round_letter": {"GET": MAPPER, "POST": MAPPER},
    "round_suggestions": {"GET": MAPPER, "POST": MAPPER},
    "round_changes": {"GET": MAPPER},
    "round_methodology": _READ,
    "methodologies": {"GET": MAPPER, "POST": MAPPER},
    "methodology": {"GET": MAPPER, "POST": MAPPER},
    "version_compare": {"GET": MAPPER},
    "invitation_refuse": _FORM,
    "responses_download": {"GET": MAPPER},
    "changes_download": {"GET": MAPPER},
    # councils, their meetings and decisions
    "councils": _READ,
    "council_new": {"GET": MAPPER, "POST": MAPPER},
    "council_shared": _READ,
    "council": _READ,
    "council_edit": {"GET": EDITOR, "POST": EDITOR},
    "council_seats": {"GET": EDITOR, "POST": EDITOR},
    "council_document": _READ,
    "meeting_new": {"GET": SECRETARY, "POST": SECRETARY},
    "meeting": {"GET": PUBLIC, "POST": SECRETARY},
    "meeting_edit": {"GET": SECRETARY, "POST": SECRETARY},
    "meeting_attendance": {"GET": SECRETARY, "POST": SECRETARY},
    "meeting_minutes": {"GET": SECRETARY, "POST": SECRETARY},
    "meeting_ics": {"GET": SEATED},
    "meeting_file": _READ,
    "decision_new": {"GET": SECRETARY, "POST": SECRETARY},
    "decisions": _READ,
    "decision": {"GET": PUBLIC, "POST": SEATED},
    "decision_edit": {"GET": SECRETARY, "POST": SECRETARY},
    "decision_evidence": _READ,
    "councils_download": _READ,
    "decisions_download": _READ,
    # training
    "programmes": _READ,
    "programme_new": {"GET": MEMBER, "POST": MEMBER},
    "programme": _READ,
    "programme_edit": {"GET": EDITOR, "POST": EDITOR},
    "programme_stated": {"GET": EDITOR, "POST": EDITOR},
    "training_join": {"GET": EDITOR, "POST": EDITOR},
    "curricula": _READ,
    "curriculum_new": {"GET": MEMBER, "POST": MEMBER},
    "curriculum": _READ,
    "curriculum_edition": {"GET": EDITOR, "POST": EDITOR},
    "curriculum_edit": {"GET": EDITOR, "POST": EDITOR},
    "curriculum_material": {"GET": EDITOR, "POST": EDITOR},
    "material_file": _READ,
    "training_session_new": {"GET": MEMBER, "POST": MEMBER},
    "training_session": _READ,
    "training_session_edit": {"GET": EDITOR, "POST": EDITOR},
    "training_count": {"GET": EDITOR, "POST": EDITOR},
    "training_history": {"GET": EDITOR},
    "training_sessions_download": _READ,
    "training_counts_download": _READ,
    "training_list": {"GET": EDITOR, "POST": EDITOR},
    "training_scan_add": {"POST": EDITOR},
    "training_scan": {"GET": EDITOR},
    "training_participants": {"GET": EDITOR, "POST": EDITOR},
    "training_certificates": {"GET": EDITOR},
    "training_check_in": {"GET": EDITOR, "POST": EDITOR},
    "session_surveys": {"GET": PUBLIC, "POST": EDITOR},
    "programme_surveys": {"GET": PUBLIC, "POST": EDITOR},
    "training_in": _FORM,
    "training_ask": _FORM,
    "curriculum_requirement": {"GET": EDITOR, "POST": EDITOR},
    "trainers": _READ,
    "trainer_new": {"GET": MEMBER, "POST": MEMBER},
    "cohort_new": {"GET": MEMBER, "POST": MEMBER},
    "cohort_edit": {"GET": EDITOR, "POST": EDITOR},
    "trainer": {"GET": EDITOR, "POST": EDITOR},
    "mentorings": {"GET": MEMBER},
    "mentoring_new": {"GET": MEMBER, "POST": MEMBER},
    "mentoring": {"GET": EDITOR, "POST": EDITOR},
    # mechanisms, drivers and duties of municipalities
    "mechanisms": _READ,
    "place_mechanisms": _READ,
    "mechanism": _READ,
    "mechanism_edit": {"GET": EDITOR, "POST": EDITOR},
    "mechanism_confirm": {"POST": EDITOR},
    "mechanism_decide": {"POST": MAPPER},
    "consultation": {"GET": PUBLIC, "POST": EDITOR},
    "consultation_edit": {"GET": EDITOR, "POST": EDITOR},
    "consultation_new": {"GET": EDITOR, "POST": EDITOR},
    "place_drivers": _READ,
    "driver_new": {"GET": EDITOR, "POST": EDITOR},
    "driver_end": {"POST": MAPPER},
    "duties": _READ,
    "place_profile": _READ,
    "duty": {"GET": PUBLIC, "POST": MAPPER},
    "duty_untaught": {"POST": MAPPER},
    "place_duties": {"GET": PUBLIC, "POST": EDITOR},
    "mechanisms_download": _READ,
    "consultations_download": _READ,
    "drivers_download": _READ,
    "duties_download": _READ,
    # schools
    "schools": _READ,
    "school_new": {"GET": MAPPER, "POST": MAPPER},
    "school": _READ,
    "session_ask": {"GET": MEMBER, "POST": MEMBER},
    "school_edit": {"GET": EDITOR, "POST": EDITOR},
    "school_calendar": {"GET": EDITOR},
    "office": {"GET": EDITOR, "POST": EDITOR},
    "office_calendar": {"GET": EDITOR},
    "sessions": _OWN,
    "feeds": _OWN_FORM,
    "session": {"GET": EDITOR, "POST": EDITOR},
    "session_ics": {"GET": EDITOR},
    "calendar_feed": _READ,
    # an organisation's own activities
    "own_activities": {"GET": EDITOR, "POST": EDITOR},
    "own_activity_new": {"GET": EDITOR, "POST": EDITOR},
    "own_autosave": {"POST": EDITOR},
    "own_bulk": {"POST": EDITOR},
    "own_copy": {"GET": EDITOR, "POST": EDITOR},
    "own_undo": {"POST": EDITOR},
    "own_paste": {"GET": EDITOR, "POST": EDITOR},
    "own_paste_check": {"GET": EDITOR, "POST": EDITOR},
    "own_row": {"POST": EDITOR},
    "activity_edit": {"GET": EDITOR, "POST": EDITOR},
    "activity_autosave": {"POST": EDITOR},
    "activity_check": {"GET": EDITOR, "POST": EDITOR},
    "activity_move": {"POST": EDITOR},
    "own_activities_download": {"GET": EDITOR},
    # questionnaires: the key in the address lets in whoever holds the link; what is open can be read by everyone
    "filling": _FORM,
    "filling_tasks": _READ,
    "filling_part": _FORM,
    "filling_keep": {"POST": PUBLIC},
    "filling_check": _READ,
    "filling_send": {"POST": PUBLIC},
    "filling_sent": _READ,
    "filling_copy": _READ,
    "filling_file": _READ,
    "questionnaires": _READ,
    "questionnaire_new": {"GET": MAPPER, "POST": MAPPER},
    "questionnaire": _READ,
    "version_new": {"GET": MAPPER, "POST": MAPPER},
    "version": {"GET": PUBLIC, "POST": MAPPER},
    "version_state": {"POST": MAPPER},
    "version_sheet": _READ,
    "version_xform": _READ,
    "version_media": _READ,
    "version_print": _READ,
    "version_pdf": _READ,
    "version_preview": {"GET": MAPPER, "POST": MAPPER},
    "fillings": {"GET": MAPPER},
    "filling_new": {"POST": MAPPER},
    "answers_download": {"GET": MAPPER},
    "filling_record": {"GET": MAPPER},
    "filling_upload": {"GET": MAPPER},
    "filling_link": {"POST": MAPPER},
    "filling_withdraw": {"POST": MAPPER},
    # phones that collect: the key in the address opens, to fetch and to send
    "collect": _READ,
    **{f"collect_{name}": _READ for name in ("forms", "form", "manifest", "media")},
    "collect_submission": {"HEAD": PUBLIC, "POST": PUBLIC},
    "collectors": {"GET": MAPPER},
    "collector_new": {"GET": MAPPER, "POST": MAPPER},
    "collector": {"GET": MAPPER, "POST": MAPPER},
    "collector_end": {"POST": MAPPER},
    # exchange
    "imports": {"GET": MAPPER},
    "import_new": {"GET": MAPPER, "POST": MAPPER},
    "import": {"GET": MAPPER},
    "import_columns": {"GET": MAPPER, "POST": MAPPER},
    "import_progress": {"GET": MAPPER},
    "import_rows": {"GET": MAPPER, "POST": MAPPER},
    "import_row": {"GET": MAPPER, "POST": MAPPER},
    "import_start": {"POST": MAPPER},
    "import_report": {"GET": MAPPER},
    "import_problems": {"GET": MAPPER},
    "import_undo": {"GET": MAPPER, "POST": MAPPER},
    "import_discard": {"POST": MAPPER},
    # coverage
    "plan": _READ,
    "plan_save": {"POST": MEMBER},
    "coverage": _READ,
    "coverage_rules": _READ,
    "coverage_money": _READ,
    "coverage_crowded": _READ,
    "coverage_gaps": _READ,
    "coverage_overlaps": _READ,
    "coverage_cell": _READ,
    "askings": {"GET": PUBLIC, "POST": MAPPER},
    "asking_end": {"POST": MAPPER},
    "priorities": {"GET": MEMBER, "POST": MAPPER},
    "priority_end": {"POST": MAPPER},
    # strategies, plans, indicators, lessons
    **dict.fromkeys(("plans", "plan_tree", "plan_view", "plan_file", "measure", "indicators", "indicator"), _READ),
    **dict.fromkeys(("plan_edit", "objective_new", "objective_edit", "measure_new", "measure_edit"), _EDITORS),
    **dict.fromkeys(("indicator_new", "indicator_edit", "indicator_target"), _EDITORS),
    **dict.fromkeys(("reading_new", "readings_import", "plan_periods"), _EDITORS),
    "plan_new": {"GET": MEMBER, "POST": MEMBER},
    "measure_act": {"POST": EDITOR},
    "reading_decide": {"POST": EDITOR},
    "readings_waiting": _EDITORS,
    "lessons": _READ,
    "assessment": _READ,
    "assessment_new": {"GET": MEMBER, "POST": MEMBER},
    "assessment_edit": {"GET": EDITOR, "POST": EDITOR},
    **{f"{name}_download": _READ for name in "plans plan_table indicators lessons".split()},
    # downloads, each as CSV and XLSX
    **{f"{name}_download": _READ for name in "plan coverage overlaps crowded gaps cell money askings".split()},
    "priorities_download": {"GET": MEMBER},
    "organisations_download": _READ,
    "facts_download": _READ,
    "municipalities_download": _READ,
    "activities_download": _READ,
    "reached_download": _READ,
    "projects_download": _READ,
    "places_download": _READ,
    "place_download": _READ,
    "findings_download": _READ,
    "sources_download": _READ,
    "codings_download": {"GET": MAPPER},
    "glossary_download": _READ,
    "history_download": {"GET": MEMBER},
    "proposals_download": _OWN,
    "duplicates_download": {"GET": MAPPER},
    "judgements_download": {"GET": MAPPER},
    "audit_download": {"GET": KEEPER},
    "open_data": _READ,
    # the API, which reads only what is public
    "api:api-root": _READ,
    "api:openapi-json": _READ,
    "api:list_organisations": _READ,
    "api:get_organisation": _READ,
    "api:list_activities": _READ,
    "api:get_activity": _READ,
    "api:list_projects": _READ,
    "api:get_project": _READ,
    "api:list_overlaps": _READ,
    "api:list_crowds": _READ,
    "api:list_gaps": _READ,
    "api:ask_before": _READ,
    "api:list_councils": _READ,
    "api:list_decisions": _READ,
    "api:list_findings": _READ,
    "api:get_finding": _READ,
    "api:list_mechanisms": _READ,
    "api:list_plans": _READ,
    "api:get_plan": _READ,
    "api:list_measures": _READ,
    "api:list_indicators": _READ,
    "api:list_readings": _READ,
    "api:list_places": _READ,
    "api:get_place": _READ,
    "api:list_terms": _READ,
    "api:list_words": _READ,
    # sources, figures, findings, round tables, coding
    "sources": _READ,
    "source_new": {"GET": MAPPER, "POST": MAPPER},
    "source": _READ,
    "source_edit": {"GET": MAPPER, "POST": MAPPER},
    "source_quotes": {"POST": MAPPER},
    "source_files": {"POST": MAPPER},
    "source_file": {"GET": MEMBER, "POST": MAPPER},
    "source_answers": {"GET": MAPPER, "POST": MAPPER},
    "source_withdraw": {"GET": MAPPER, "POST": MAPPER},
    "figure_new": {"GET": MAPPER, "POST": MAPPER},
    "figure": _READ,
    "figure_edit": {"GET": MAPPER, "POST": MAPPER},
    "findings": _READ,
    "finding_new": {"GET": MAPPER, "POST": MAPPER},
    "finding": _READ,
    "finding_edit": {"GET": MAPPER, "POST": MAPPER},
    "finding_decide": {"POST": MAPPER},
    "finding_contest": {"GET": EDITOR, "POST": EDITOR},
    "finding_evidence": {"GET": MAPPER, "POST": MAPPER},
    "evidence_act": {"POST": MAPPER},
    "round_tables": _READ,
    "round_table_new": {"GET": MAPPER, "POST": MAPPER},
    "round_table": _READ,
    "round_table_edit": {"GET": MAPPER, "POST": MAPPER},
    "round_table_agenda": {"POST": MAPPER},
    "round_table_seats": {"GET": MAPPER, "POST": MAPPER},
    "round_table_sitting": {"GET": MAPPER, "POST": MAPPER},
    "round_table_minutes": {"GET": MAPPER, "POST": MAPPER},
    "minutes_file": _READ,
    "coding": {"GET": MAPPER, "POST": MAPPER},
    "coding_units": {"GET": MAPPER, "POST": MAPPER},
    "coding_compare": {"GET": MAPPER},
    # reports of mapping rounds
    "reports": _READ,
    "report": _READ,
    "edition": _READ,
    "edition_changes": _READ,
    "edition_file": _READ,
    "report_new": {"GET": MAPPER, "POST": MAPPER},
    "report_edit": {"GET": MAPPER, "POST": MAPPER},
    "report_outline": {"GET": MAPPER, "POST": MAPPER},
    "report_block": {"GET": MAPPER, "POST": MAPPER},
    "report_draft": {"GET": MAPPER},
    "report_draft_file": {"GET": MAPPER},
    "report_publish": {"GET": MAPPER, "POST": MAPPER},
    "edition_withdraw": {"GET": MAPPER, "POST": MAPPER},
    # places
    "places": _READ,
    "place": _READ,
    # accounts
    "people": {"GET": KEEPER},
    "people_invite": {"GET": KEEPER, "POST": KEEPER},
    "invitation_withdraw": {"POST": KEEPER},
    "person": {"GET": KEEPER, "POST": KEEPER},
    "role_end": {"POST": KEEPER},
    "invitation": _FORM,
    "account": _OWN_FORM,
    "account_address": _OWN_FORM,
    "account_address_confirm": _OWN_FORM,
    "account_sessions_end": {"POST": SIGNED_IN},
    "account_close": _OWN_FORM,
    "account_login": _FORM,
    "account_logout": _FORM,
    "account_inactive": _READ,
    "account_reauthenticate": _OWN_FORM,
    "account_change_password": _OWN_FORM,
    "account_set_password": _OWN_FORM,
    "account_reset_password": _FORM,
    "account_reset_password_done": _READ,
    "account_reset_password_from_key": _FORM,
    "account_reset_password_from_key_done": _READ,
    "mfa_index": _OWN,
    "mfa_authenticate": _FORM,
    "mfa_reauthenticate": _OWN_FORM,
    "mfa_activate_totp": _OWN_FORM,
    "mfa_deactivate_totp": _OWN_FORM,
    "mfa_view_recovery_codes": _OWN,
    "mfa_generate_recovery_codes": _OWN_FORM,
    "mfa_download_recovery_codes": _OWN,
    "mfa_list_webauthn": _OWN,
    "mfa_add_webauthn": _OWN_FORM,
    "mfa_reauthenticate_webauthn": _OWN_FORM,
    "mfa_remove_webauthn": _OWN_FORM,
    "mfa_edit_webauthn": _OWN_FORM,
    "mfa_login_webauthn": _FORM,
}


@dataclass(frozen=True)
class Door:
    """One row of the permission page: an address, a method, and the sentence of who may."""

    name: str
    address: str
    method: str
    who: str

    @property
    def sentence(self) -> Promise:
        return WHO[self.who]


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, before: str = "", space: str = ""
) -> Iterator[tuple[str, str]]:
    """(name, address) of every route that the project really has; the name is empty where a route has none."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = space + (f"{pattern.namespace}:" if pattern.namespace else "")
            yield from routes(pattern.url_patterns, address, inner)
        else:
            yield space + (pattern.name or ""), address


def declared(name: str) -> dict[str, str] | None:
    """Who may do what at a route; None where the route is not in the table."""
    return DOORS.get(name)


def table() -> list[Door]:
    """The rows of the permission page, in the order of DOORS, with the addresses that the project really has."""
    addresses: dict[str, str] = {}
    for name, address in routes():
        addresses.setdefault(name, address)
    return [
        Door(name, "/" + addresses[name].lstrip("^").rstrip("$"), method, who)
        for name, methods in DOORS.items()
        if name in addresses
        for method, who in methods.items()
    ]


class OnlyDeclaredMethods:
    """Middleware: a declared route answers 405 to every method that the table does not name for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[object], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        match = request.resolver_match
        methods = declared(match.view_name) if match else None
        if match is None or methods is None:
            return None
        of_the_api = "ninja" in match.app_names
        allowed = [*methods, "HEAD"] if "GET" in methods else [*methods]
        if request.method in allowed:
            if request.method == "HEAD" and of_the_api:
                request.method = "GET"  # ninja knows no HEAD; the server leaves the body out
            return None
        if of_the_api:
            refusal: HttpResponse = JsonResponse({"detail": f"Allowed here: {', '.join(allowed)}."}, status=405)
            refusal["Allow"] = ", ".join(allowed)
            return refusal
        return HttpResponseNotAllowed(allowed, render_to_string("405.html", {"allowed": allowed}, request))
