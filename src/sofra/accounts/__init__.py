"""People who sign in, what they may do, and how they are invited.

It never holds anything about a person who does not sign in.
"""
