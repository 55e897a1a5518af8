"""What can happen in this room, in one place: `verb_noun(*, …, by)`, one transaction, one audit line each."""

from .coding import add_code, agreement, code_answer, edit_code, finish_coding
from .deciding import (
    add_evidence,
    amend,
    confirm,
    contest,
    edit_finding,
    look_again,
    propose,
    record_finding,
    refresh_coverage,
    refresh_evidence,
    refuse,
    remove_evidence,
    reopen,
)
from .inviting import send_invitations, write_invitations
from .recording import (
    Outdated,
    add_file,
    add_quote,
    attach_filling,
    edit_figure,
    edit_quote,
    edit_source,
    record_figure,
    record_source,
    remove_file,
    remove_quote,
    withdraw_consent,
)
from .tables import (
    begin_table,
    close_table,
    edit_table,
    mark_attendance,
    move_on_agenda,
    plan_table,
    put_on_agenda,
    remove_seat,
    save_minutes,
    seat_bodies,
    take_off_agenda,
)

__all__ = [
    "Outdated", "add_code", "add_evidence", "add_file", "add_quote", "agreement", "amend", "attach_filling",
    "begin_table", "close_table", "code_answer", "confirm", "contest", "edit_code", "edit_figure", "edit_finding",
    "edit_quote", "edit_source", "edit_table", "finish_coding", "look_again", "mark_attendance", "move_on_agenda",
    "plan_table", "propose", "put_on_agenda", "record_figure", "record_finding", "record_source", "refresh_coverage",
    "refresh_evidence", "refuse", "remove_evidence", "remove_file", "remove_quote", "remove_seat", "reopen",
    "save_minutes", "seat_bodies", "send_invitations", "take_off_agenda", "withdraw_consent", "write_invitations",
]  # fmt: skip
