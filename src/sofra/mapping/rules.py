"""When the hub may write to whom, and what a rate counts. A lawyer can read it."""

from datetime import date, datetime, timedelta

from sofra.ground.models import Visibility

BEFORE_THE_END = timedelta(days=3)  # a second reminder goes out so long before the last day to answer
MOST_LETTERS = 5  # to one address in one round, the reminders of the hub among them: nobody is pestered
BETWEEN = timedelta(days=2)  # from one letter to the next that the hub sends by itself
REASON = 500  # letters of a reason


def reminders_due(*, invited_at: datetime, remind_after: int | None, answers_by: date | None, today: date) -> list[str]:
    """The names of the reminders whose time has come: "first" some days after the invitation, "last" before the end.

    None once the last day has passed: whoever reads the letter could not answer any more.
    """
    if remind_after is None or (answers_by and today > answers_by):
        return []
    due = []
    if today >= invited_at.date() + timedelta(days=remind_after):
        due.append("first")
    if answers_by and answers_by - BEFORE_THE_END <= today and invited_at.date() < answers_by - BEFORE_THE_END:
        due.append("last")
    return due


def percent(part: int, base: int) -> int | None:
    """A share in whole percent; None where nobody is counted."""
    return round(100 * part / base) if base else None


FEW = 5  # bodies: of fewer it could be told who they are


def is_hidden(base: int, level: int) -> bool:
    """Are the answers to a question hidden from readers of this level? The one rule for pages, reports and files.

    In public the answers of fewer than FEW bodies to one question are not told, neither how many gave which nor how
    many they were. Members of the hub, who know who takes part, read them. A small part of a larger base is told: it
    does not say whose it is.
    """
    return level < Visibility.MEMBERS and 0 < base < FEW
