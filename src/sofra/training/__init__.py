"""Training: curricula, sessions, attendance as counts, assessments, trainers' chains, mentoring.

A session is an activity with something added. Totals never need a name: names, where a host wants them for
certificates, live apart, with consent and a day on which they are deleted.
"""
