"""What the worker does for round tables: letters that wait for the post. Safe to run twice at once."""

from django.utils import translation
from django_tasks import task

from sofra.mapping.services import Sent

from . import inviting


@task()
def post(language: str) -> None:
    """A batch of the waiting letters; the rest as a new piece of work, so that others of the queue have their turn."""
    with translation.override(language):
        done = inviting.post_waiting()
    if done.waiting and (done.sent or done.failed):
        post.enqueue(language)


def send_due_letters() -> Sent:
    """Letters that no worker took up."""
    return inviting.post_waiting(most=1000)
