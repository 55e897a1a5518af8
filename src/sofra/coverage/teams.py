"""Who does activities: sets of a lead, a project and partners, each once, with a number.

Records that were joined are read as the one that stands for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .columns import Column, Lists, Ragged
from .sets import MOST_KEYS, subsets

Array = npt.NDArray[Any]
Team = tuple[int, int, tuple[int, ...]]  # owner, project, partners; 0 where not known
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Teams:
    """By the number of a team: `who` are the organisations, `keys` these and the project.

    Two activities that share a key are no overlap. `shares` are the subsets of the keys with their sign, none of them
    for a `large` team. `lead` is who it counts as in a crowd; 0 where neither a lead nor a project is known, negative
    (of the project) where only the lead is not. `veiled`: its class is not told to the public.
    """

    who: Ragged
    keys: Ragged
    shares: Ragged
    lead: Array
    visible_to: Array
    veiled: Array
    known: Array
    large: Array


class TeamLists:
    """What follows from teams, worked out as they come. Where it would have to be said anew of old ones, `took` is
    False, and the lists must be made again."""

    def __init__(self, stands: Array, visible_to: Array, hidden: Array, leads: Array) -> None:
        self._stands, self._sees, self._hidden, self._leads = stands, visible_to, hidden, leads
        self._who, self._keys, self._shares = Lists(), Lists(), Lists()
        self._lead, self._visible_to, self._veiled = Column(np.int64), Column(np.int8), Column(bool)
        self._known, self._large = Column(bool), Column(bool)
        self._common: dict[int, frozenset[int]] = {}
        self._subset: dict[tuple[int, ...], int] = {}
        self._done = 0

    def now(self) -> Teams:
        return Teams(
            self._who.now, self._keys.now, self._shares.now, self._lead.now, self._visible_to.now, self._veiled.now,
            self._known.now, self._large.now,
        )  # fmt: skip

    def take(self, teams: Mapping[Team, int]) -> None:
        new = list(teams)[self._done :]
        whos = [self._standing(team) for team in new]
        for (_owner, project, _partners), who in zip(new, whos, strict=True):
            if project:
                self._common[project] = self._common.get(project, who) & who
        self._add(new, whos)
        self._done = len(teams)

    def took(self, teams: Mapping[Team, int]) -> bool:
        """Take what is new. A project that one organisation does alone needs no key of its own: whoever shares the
        project shares that organisation. When somebody joins in, it needs one, in the old lists too."""
        if self._done == len(teams):
            return True
        for team in list(teams)[self._done :]:
            common = self._common.get(team[1])
            if common and not common & self._standing(team):
                return False
        self.take(teams)
        return True

    def _standing(self, team: Team) -> frozenset[int]:
        return frozenset(int(self._stands[number]) for number in (team[0], *team[2]) if number)

    def _add(self, new: list[Team], whos: list[frozenset[int]]) -> None:
        for (owner, project, _partners), who in zip(new, whos, strict=True):
            keys = sorted(who)
            if project and not self._common[project]:
                keys.append(self._number((-project,)))
            large = len(keys) > MOST_KEYS
            self._who.add(sorted(who))
            self._keys.add(keys)
            self._shares.add([] if large else [self._number(some) << 1 | len(some) % 2 for some in subsets(keys)])
            leads = int(self._leads[project]) if project else NOBODY
            self._lead.append(int(self._stands[leads or owner]) or -project)
            self._visible_to.append(int(self._sees[owner]) if owner else 0)
            self._veiled.append(bool(owner) and bool(self._hidden[owner]))
            self._known.append(bool(who))
            self._large.append(large)

    def _number(self, keys: tuple[int, ...]) -> int:
        """Of an organisation its own number; of a project or a subset of several one beyond those."""
        if len(keys) == 1 and keys[0] > 0:
            return keys[0]
        if keys not in self._subset:
            self._subset[keys] = len(self._stands) + len(self._subset)
        return self._subset[keys]
