"""The report of a mapping round: an outline of text, findings, figures, charts, maps, tables and annexes.

It stays live until it is published; publishing freezes a numbered edition with all its evidence. It states nothing of
its own: every statement is a finding, every number a figure or a count that leads to its rows.
"""
