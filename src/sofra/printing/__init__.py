"""Documents on paper: PDF by typst, Word, charts as vectors, from one plain description of what stands in them.

It knows headings, paragraphs, tables and figures, and nothing of organisations or findings. No text that a person
wrote is ever pasted into a program's source: it goes through data.
"""
