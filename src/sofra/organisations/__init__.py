"""Every body that acts: what is said of it, by whom, and who may see it; and which records are the same body.

It never holds people at risk, nor a person's religion, ethnicity or opinions.
"""
