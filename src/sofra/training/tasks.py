"""What is due in this room: names and photos whose day has come, check-ins whose time is over."""

from . import checking_in, listing


def do_what_is_due() -> int:
    """How many rows went and how many codes were ended. Safe to run as often as one likes, and twice at once."""
    return listing.delete_due() + checking_in.end_due()
