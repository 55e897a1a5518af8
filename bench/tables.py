"""What a measurement gives back."""

from dataclasses import dataclass, field


@dataclass
class Table:
    """One table of results. `rows` are texts and numbers as they shall stand; `says` is what to read from them."""

    title: str
    head: list[str]
    rows: list[list[object]] = field(default_factory=list)
    says: str = ""
