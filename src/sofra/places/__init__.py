"""Countries, counties, municipalities and units, as they are and were, with their names in every form.

It never holds a score or a rank of a place.
"""
