"""Security councils and the mechanisms of a municipality: seats, meetings, minutes, decisions that come back until
done; what exists in a place, its drivers and duties.

Facts of meetings held and decisions done, never a ranking of councils; drivers are sourced statements on a place, never
on a person or a group.
"""
