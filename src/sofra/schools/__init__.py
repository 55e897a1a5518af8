"""Schools, their education offices, and the sessions that organisations ask them for; one calendar, one limit a term.

It never holds a pupil: only classes by their name, and the number that a session became as an activity.
"""
