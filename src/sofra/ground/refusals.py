"""What a service refused, said where the person looks: beside the field it speaks of."""

from django.core.exceptions import ValidationError
from django.forms import BaseForm


def put(form: BaseForm, problem: ValidationError) -> None:
    """The sentences of a service beside their fields; those of fields that the form has not stand above it."""
    if not hasattr(problem, "error_dict"):
        form.add_error(None, problem)
        return
    for name, sentences in problem.message_dict.items():
        form.add_error(name if name in form.fields else None, sentences)
