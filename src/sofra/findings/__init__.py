"""What was found out and on what it stands: sources, quotes, figures, findings with their evidence, round tables.

A finding is a statement with its evidence and its history of being proposed, confirmed, contested or refused; nothing
here weighs or ranks organisations or places. A person's name in a source stays with the researcher who recorded it.
"""
