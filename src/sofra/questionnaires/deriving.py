"""Rows of answers, derived from a filling's document, and what a new document no longer says."""

import re
from collections import Counter

from .instance import Instance
from .models import Answer, Filling
from .xform import Question

MOST_WORDS = 1_000  # choices of one answer


def turn_of(path: str) -> str:
    """/data/people[2]/jobs[1]/title → 2.1"""
    return ".".join(re.findall(r"\[(\d+)\]", path))


def derive(filling: Filling, instance: Instance) -> None:
    """Write the answers anew. What nobody was asked (metadata of the phone, the instance's number) is left out."""
    Answer.every.filter(filling=filling).delete()
    root = f"/{instance.form.root}/"
    rows = []
    for path, question, node in instance.answered():
        if question.kind == "meta" or len(question.path) - len(root) > 200:
            continue
        name, turn = question.path.removeprefix(root), turn_of(path)[:40]
        several = question.kind in ("select_multiple", "rank")
        for word in list(dict.fromkeys(node.text.split()))[:MOST_WORDS] if several else [node.text]:
            text = word if len(word) > 200 or question.kind == "text" else ""
            rows.append(
                Answer(
                    filling=filling, question=name, turn=turn, value=word[:200], text=text,
                    sealed=question.path in instance.form.sealed,
                )
            )  # fmt: skip
    Answer.every.bulk_create(rows, batch_size=500)


def lost(old: Instance, new: Instance, *, final: bool) -> bool:
    """Is something that somebody answered in the old document not in the new one any more?

    `final`: the new one is written without what is not asked.
    """
    before = Counter((path, node.text) for path, question, node in old.answered() if asked(question))
    kept = new.answered(off=not final)
    after = Counter((path, node.text) for path, question, node in kept if asked(question))
    return bool(before - after)


def asked(question: Question) -> bool:
    return question.asked and question.kind != "note"
