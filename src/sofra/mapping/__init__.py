"""Mapping rounds: whom a country asks, by which questionnaire, who answered, and what the answers change.

It keeps rounds, invitations, the letters that went out and the proposals that came of answers. What was found out
stands in `findings`, the report in `reports`. It keeps addresses to write to, and nothing else about a person.
"""
