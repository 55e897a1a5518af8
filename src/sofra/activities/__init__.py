"""Who does what, where, when, for whom, with whose money: projects, activities, and what of them counts for coverage.

It never holds a list of the people who were reached: only numbers, as they were counted.
"""
