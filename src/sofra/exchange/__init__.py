"""Tables and open data in and out: the importer, downloads, the public API.

It never writes to a room's tables itself: rows go in through the room's own services.
"""
