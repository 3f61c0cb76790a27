"""How finely the client's side may read where shoppers have been before the scorecards are released.

A count of few branches tells of each of them, and so does the difference of two counts. So the branches of a wave
are put together by region until a group has enough of them, once for the whole client and every reader; a count is
told where it is that of whole groups, whatever region or filter it was asked for by.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from audit.insights.coverage import Progress

LEAST = 5  # branches with visits, and with visits that are not over, where there are any
Group = frozenset[int]  # of regions


def groups_of(own: Mapping[int, Progress], parents: Mapping[int, int | None]) -> list[Group]:
    """The smallest groups of regions that may be told; none where all together are too few.

    `own` has every region's visits without those below it, `parents` every region of the client.
    """
    children: dict[int | None, list[int]] = defaultdict(list)
    for region_id, parent in parents.items():
        children[parent].append(region_id)
    return _Tree(own, children).groups()


class _Tree:
    def __init__(self, own: Mapping[int, Progress], children: Mapping[int | None, Sequence[int]]) -> None:
        self._own, self._children = own, children

    def groups(self) -> list[Group]:
        return self._split(None) if self._enough(self._below(None)) else []

    def _split(self, top: int | None) -> list[Group]:
        """A region that may be told: its parts that may be too, and the rest as one; no rest is too small."""
        parts = {child: self._below(child) for child in self._children.get(top, ())}
        told = sorted(
            (child for child, part in parts.items() if self._enough(part)),
            key=lambda child: self._branches(parts[child]),
        )
        rest = self._below(top) - frozenset[int]().union(*(parts[child] for child in told))
        while self._branches(rest) and not self._enough(rest):
            rest |= parts[told.pop(0)]
        found = [group for child in told for group in self._split(child)]
        return [rest, *found] if self._branches(rest) else found

    def _below(self, top: int | None) -> Group:
        own = frozenset[int]() if top is None else frozenset({top})
        return own.union(*(self._below(child) for child in self._children.get(top, ())))

    def _branches(self, regions: Collection[int]) -> int:
        return sum(self._own[one].branches for one in regions if one in self._own)

    def _enough(self, regions: Collection[int]) -> bool:
        waiting = sum(self._own[one].waiting for one in regions if one in self._own)
        return self._branches(regions) >= LEAST and (not waiting or waiting >= LEAST)


def may_tell(asked: Mapping[int, Progress], whole: Mapping[int, Progress], groups: Collection[Group]) -> bool:
    """Whether what is asked for, by region, is some of the groups, each with all its branches."""
    known = {region for group in groups for region in group}
    if any(one.branches and region not in known for region, one in asked.items()):
        return False
    return all(
        not any(_at(asked, region) for region in group)
        or all(_at(asked, region) == _at(whole, region) for region in group)
        for group in groups
    )


def _at(counts: Mapping[int, Progress], region: int) -> int:
    return counts[region].branches if region in counts else 0
