"""Strategies and plans, their measures with owners and money, and indicators with baselines, targets and readings.

A number here says who read it, when and of how many; a measure says what it needs. It keeps no judgement of a place or
a body, and no person but the accounts that wrote.
"""
