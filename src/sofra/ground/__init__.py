"""What every room stands on: the audit chain, privacy levels, folded text.

It never holds anything of the field itself, and is no drawer for leftovers.
"""
