"""The lead's overview of a project: progress, pace, what waits, and when it will be done if everyone goes on like that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from statistics import median

from labeling.quantities import many
from labeling.store.contract import Store
from labeling.store.values import FlaggedComment

#: The time that a pace is taken from.
LATELY = timedelta(days=14)
#: A pause this long is no work on an article.
PAUSE = timedelta(minutes=5)
#: So many of a person's latest articles say how long one takes, and so many at least.
_SAMPLE, _ENOUGH = 100, 3
#: How many weeks are shown, and how many comments.
WEEKS, _REMARKS = 12, 50
#: After so long without a step, someone with articles left is on the list of reminders.
SILENT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class PersonProgress:
    """How far a person is: articles in their queue by status, and how fast they go. Times are UTC."""

    name: str
    total: int
    submitted: int
    open: int
    new: int
    skipped: int
    #: Articles submitted in each of the last weeks, the latest last.
    weeks: tuple[int, ...]
    #: Articles submitted a day, over LATELY or since the first one, if that was later.
    pace: float
    #: Minutes that an article takes; None for too few articles.
    minutes: float | None
    last: datetime | None

    @property
    def left(self) -> int:
        """How many articles they have yet to submit or skip."""
        return self.open + self.new

    def done_on(self, now: datetime) -> datetime | None:
        """Return when they will have finished at their pace; None if they have none."""
        if not self.left:
            return now
        return now + timedelta(days=ceil(self.left / self.pace)) if self.pace else None


@dataclass(frozen=True, slots=True)
class Overview:
    """A project as its lead wants to see it first."""

    articles: int
    people: list[PersonProgress]
    unassigned: int
    unreviewed: int
    #: How many articles have a comment with each flag.
    flagged: dict[str, int]
    remarks: list[FlaggedComment]
    #: The Monday on which each of the last weeks began, the latest last.
    mondays: list[datetime] = field(default_factory=list)

    def forecast(self, now: datetime) -> tuple[datetime | None, list[str]]:
        """Return when the last person will have finished, and those with articles left who have no pace to go by.

        The date is None if no one has a pace.
        """
        going = [person for person in self.people if person.left]
        dates = [date for person in going if (date := person.done_on(now))]
        return max(dates, default=None if going else now), [each.name for each in going if not each.pace]

    def silent(self, now: datetime) -> list[PersonProgress]:
        """Return the people who have articles left and have done nothing for a while, or nothing yet."""
        return [person for person in self.people if person.left and (person.last is None or now - person.last > SILENT)]


def overview(store: Store, now: datetime | None = None) -> Overview:
    """Return the overview of a project."""
    now = now or datetime.now(UTC)
    with store.reading() as project:
        activity = project.activity
        submissions: dict[str, list[datetime]] = {}
        for name, at in activity.submissions():
            submissions.setdefault(name, []).append(datetime.fromisoformat(at))
        last = {name: datetime.fromisoformat(at) for name, at in activity.last_steps().items()}
        assigned = project.team.policy() is not None
        people = []
        for row in project.team.people():
            name = row["name"]
            # Where nothing is assigned, everyone has every article: who has done nothing and has no task isn't expected to.
            if not row["articles"] or not (assigned or row["annotates"] or name in last):
                continue
            times = submissions.get(name, [])
            steps = [(datetime.fromisoformat(at), key) for at, key in activity.steps(name, _SAMPLE)]
            people.append(
                PersonProgress(
                    name, row["articles"], row["submitted"], row["open"], row["new"], row["skipped"],
                    by_week(times, now), pace(times, now), minutes_an_article(steps), last.get(name),
                )
            )  # fmt: skip
        monday = _monday(now)
        return Overview(
            project.articles.count(),
            people,
            activity.unassigned(),
            activity.unreviewed(),
            activity.flagged(),
            activity.remarks(_REMARKS),
            [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))],
        )


def by_week(times: Iterable[datetime], now: datetime) -> tuple[int, ...]:
    """Return how many of the times are in each of the last WEEKS weeks (from Monday, UTC), the latest last."""
    monday = _monday(now)
    counts = Counter((monday - _monday(at)).days // 7 for at in times)
    return tuple(counts[back] for back in reversed(range(WEEKS)))


def pace(times: Sequence[datetime], now: datetime) -> float:
    """Return how many articles a day were submitted over LATELY, or since the first one, if that was later; 0 for none."""
    lately = [at for at in times if now - LATELY <= at <= now]
    if not lately:
        return 0.0
    # Less than a day is counted as one: who did six articles this morning hasn't a pace of fifty a day.
    days = max((now - max(min(times), now - LATELY)) / timedelta(days=1), 1.0)
    return len(lately) / days


def minutes_an_article(steps: Sequence[tuple[datetime, int]]) -> float | None:
    """Return the median of the minutes that someone worked on each article; None for too few.

    `steps` are (time, article), in order of time. The time between two steps counts for the article of the later one, since
    it was read before it was marked; a pause counts for none.
    """
    spent: dict[int, timedelta] = {}
    before: datetime | None = None
    for at, article in steps:
        gap = at - before if before is not None else timedelta()
        spent[article] = spent.get(article, timedelta()) + (gap if gap < PAUSE else timedelta())
        before = at
    minutes = [time / timedelta(minutes=1) for time in spent.values()]
    return median(minutes) if len(minutes) >= _ENOUGH else None


def reminder(person: PersonProgress, project: str) -> str:
    """Return the words to remind someone with."""
    left = many(person.left, "article")
    since = f" You last worked on them on {person.last:%B} {person.last.day}." if person.last else ""
    return (
        f"Hello {person.name},\n\nyou have {left} left to annotate in “{project}”.{since} If something is holding you "
        "up, please let me know.\n"
    )


def flag_titles(found: Mapping[str, int], titles: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return (title, articles) of flags, the most frequent first."""
    return sorted(((titles.get(flag, flag), count) for flag, count in found.items()), key=lambda each: -each[1])


def _monday(at: datetime) -> datetime:
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
