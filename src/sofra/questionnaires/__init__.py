"""Questionnaires: XLSForm in and out, filled on the web, on a phone, on paper or from an export, and counted.

It knows forms, what was filled in and the files that came with it. Whom a round invites, and what an answer changes in
the registry, is other rooms' business. It never keeps who somebody is beyond what the form itself asks.
"""
