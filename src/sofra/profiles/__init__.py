"""The municipality's page: what the other rooms know of a place, brought together, and as a two-page profile.

It keeps nothing of its own.
"""
