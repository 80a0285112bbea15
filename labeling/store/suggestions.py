"""Suggestions that were computed beforehand, and the rankers that the project has learned."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

from labeling.store.team import GOLD, is_pseudonym
from labeling.store.timestamps import now
from labeling.store.values import LearnedRanker, StoredSuggestions
from labeling.store.work_session import IMPORTED
from labeling.suggestions import planting
from labeling.suggestions.planting import Planted
from labeling.suggestions.withholding import Arm, Withholding, arm_of, require_share

#: Under which key of the table `project` it is kept when a training starts by itself.
_TRAINING = "training"
#: The same for the share of articles with a planted suggestion.
_PLANTING = "planting"
#: Under which suggesters' names it is stored which suggestions are planted, each alone (see `planting.place`).
_PLANTED = f"{planting.NAME}:*"


class ProjectSuggestions:
    """Suggestions by article and suggester, each suggester's newest; and the rankers, of which one is in use at most."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def of(self, article: str) -> list[StoredSuggestions]:
        """Return what suggesters suggested for an article, by suggester."""
        found = self._connection.execute(
            "SELECT article, suggester, version, label_set, body FROM suggested WHERE article = ? AND suggester NOT GLOB ? "
            "ORDER BY suggester",
            (article, _PLANTED),
        )
        return [
            StoredSuggestions(article, suggester, version, label_set, orjson.loads(body))
            for article, suggester, version, label_set, body in found
        ]

    def missing(self, suggester: str, version: str, label_set: int) -> list[str]:
        """Return the articles that a version of a suggester has yet to do for a version of the label set, in queue order."""
        found = self._connection.execute(
            """SELECT id FROM article WHERE NOT EXISTS (SELECT 1 FROM suggested
                WHERE suggested.article = article.id AND suggester = ? AND version = ? AND label_set = ?)
            ORDER BY position""",
            (suggester, version, label_set),
        )
        return [article for (article,) in found]

    def put(self, made: Iterable[StoredSuggestions]) -> None:
        """Store suggestions in the place of what the same suggester suggested for the same article before."""
        at = now()
        self._connection.executemany(
            "INSERT OR REPLACE INTO suggested VALUES (?, ?, ?, ?, ?, ?)",
            [
                (each.article, each.suggester, each.version, each.label_set, orjson.dumps(each.body).decode(), at)
                for each in made
            ],
        )

    def heads(self, annotator: str, labels: Sequence[str]) -> list[tuple[str, str | None, str, int, str]]:
        """Return the spans with these labels in someone's own submitted work: (article, title, span, start, words).

        The words are all from the start of its first fragment to the end of its last one.
        """
        return self._connection.execute(
            """SELECT article.id, article.title, span.id, min(fragment.start),
                substr(article.text, min(fragment.start) + 1, max(fragment.end) - min(fragment.start))
            FROM annotation JOIN article ON article.id = annotation.article
            JOIN span ON span.annotation = annotation.id AND span.label IN (SELECT value FROM json_each(?2))
            JOIN fragment ON fragment.annotation = annotation.id AND fragment.span = span.id
            WHERE annotation.annotator = ?1 AND annotation.status = 'submitted'
            GROUP BY annotation.id, span.id ORDER BY article.position, min(fragment.start), span.id""",
            (annotator, orjson.dumps(labels).decode()),
        ).fetchall()

    def submitted_state(self, annotator: str) -> tuple[int, int]:
        """Return what changes with someone's submitted work: the number of articles, and of edits on them."""
        found: tuple[int, int] = self._connection.execute(
            "SELECT count(*), coalesce(sum(revision), 0) FROM annotation WHERE annotator = ? AND status = 'submitted'",
            (annotator,),
        ).fetchone()
        return found

    def training(self) -> int | None:
        """Return after how many submitted articles a training starts by itself; None if never."""
        found = self._training()
        return int(found["every"]) if found else None

    def set_training(self, every: int, by: str) -> None:
        """Start a training after every so many submitted articles, or with 0 never; `by` is who decided that."""
        if not every:
            self._connection.execute("DELETE FROM project WHERE key = ?", (_TRAINING,))
            return
        known = self._training()
        self._put_training({"every": every, "articles": known["articles"] if known else 0, "by": by, "at": now()})

    def claim_training(self, least: int) -> int | None:
        """Return after how many articles a training is due, once for those who ask at the same time; None if it isn't.

        It is due if so many articles, and `least` in all, have been submitted since the last one, hidden gold not counted.
        """
        known = self._training()
        if known is None:
            return None
        (submitted,) = self._connection.execute(
            """SELECT count(DISTINCT article) FROM annotation WHERE status = 'submitted' AND annotator <> ?
                AND article NOT IN (SELECT article FROM reference)""",
            (GOLD,),
        ).fetchone()
        (learned,) = self._connection.execute(
            "SELECT coalesce(max(json_extract(report, '$.articles')), 0) FROM ranker"
        ).fetchone()
        if submitted < max(least, known["every"] + max(known["articles"], learned)):
            return None
        self._put_training({**known, "articles": submitted})
        return int(known["every"])

    def _training(self) -> dict[str, Any] | None:
        row = self._connection.execute("SELECT value FROM project WHERE key = ?", (_TRAINING,)).fetchone()
        found: dict[str, Any] | None = orjson.loads(row[0]) if row else None
        return found

    def _put_training(self, values: dict[str, Any]) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO project VALUES (?, ?)", (_TRAINING, orjson.dumps(values).decode())
        )

    def rankers(self) -> list[LearnedRanker]:
        """Return the rankers that were learned, oldest first."""
        found = self._connection.execute(
            'SELECT version, label_set, used, weights, report, at, "by" FROM ranker ORDER BY version'
        )
        return [
            LearnedRanker(version, label_set, bool(used), orjson.loads(values), orjson.loads(report), at, by)
            for version, label_set, used, values, report, at, by in found
        ]

    def next_version(self) -> int:
        """Return the version of the next ranker; that of one that was removed isn't given again."""
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'ranker'").fetchone()
        return 1 + int(row[0] if row else 0)

    def in_use(self) -> int | None:
        """Return the version of the ranker that is in use; None for the one that ships."""
        row = self._connection.execute("SELECT version FROM ranker WHERE used").fetchone()
        return int(row[0]) if row else None

    def ranker(self, version: int) -> dict[str, Any] | None:
        """Return the values of a ranker, or None."""
        row = self._connection.execute("SELECT weights FROM ranker WHERE version = ?", (version,)).fetchone()
        found: dict[str, Any] | None = orjson.loads(row[0]) if row else None
        return found

    def add_ranker(self, label_set: int, values: dict[str, Any], report: dict[str, Any], by: str, *, used: bool) -> int:
        """Add a ranker that was learned, and return its version; one that is used takes the place of what was."""
        if used:
            self.use(None)
        row = self._connection.execute(
            'INSERT INTO ranker (label_set, used, weights, report, at, "by") VALUES (?, ?, ?, ?, ?, ?)',
            (label_set, used, orjson.dumps(values).decode(), orjson.dumps(report).decode(), now(), by),
        ).lastrowid
        assert row is not None
        return row

    def use(self, version: int | None) -> bool:
        """Use a version, or with None the ranker that ships; return whether there is such a version."""
        self._connection.execute("UPDATE ranker SET used = 0 WHERE used")
        if version is None:
            return True
        return self._connection.execute("UPDATE ranker SET used = 1 WHERE version = ?", (version,)).rowcount > 0

    def plant(self, share: float) -> None:
        """Plant a wrong suggestion in a share of each annotator's articles from now on; raises SuggestionError for another number."""
        require_share(share)
        if not share:
            self._connection.execute("DELETE FROM project WHERE key = ?", (_PLANTING,))
            return
        value = orjson.dumps({"share": share, "at": now()}).decode()
        self._connection.execute("INSERT OR REPLACE INTO project VALUES (?, ?)", (_PLANTING, value))

    def planting(self) -> float:
        """Return in which share of each annotator's articles a wrong suggestion is planted."""
        row = self._connection.execute("SELECT value FROM project WHERE key = ?", (_PLANTING,)).fetchone()
        return float(orjson.loads(row[0])["share"]) if row else 0.0

    def is_planted(self, annotator: str, article: str) -> bool:
        """Return whether an annotator gets a planted suggestion in an article; one at most, so none once one was taken back."""
        share = self.planting()
        if not share or not planting.is_planted(self.draw_key(), share, annotator, article):
            return False
        return not self.has_judged(planting.NAME, annotator, article)

    def planted(self, annotator: str, article: str) -> Planted | None:
        """Return the suggestion that is planted for an annotator in an article, judged or not; None if there is none."""
        row = self._connection.execute(
            "SELECT body FROM suggested WHERE article = ? AND suggester = ?",
            (article, planting.place(self.draw_key(), annotator, article)),
        ).fetchone()
        return Planted(*orjson.loads(row[0])[0]) if row else None

    def put_planted(self, annotator: str, article: str, planted: Planted, label_set: int) -> Planted:
        """Store which suggestion is planted for an annotator in an article, and return it: the one that was stored first stays."""
        name = planting.place(self.draw_key(), annotator, article)
        self._connection.execute(
            "INSERT OR IGNORE INTO suggested VALUES (?, ?, ?, ?, ?, ?)",
            (article, name, planting.VERSION, label_set, orjson.dumps([[*planted]]).decode(), now()),
        )
        return self.planted(annotator, article) or planted

    def rename_planted(self, name: str, other: str) -> None:
        """Keep which suggestions were planted for someone who gets another name."""
        key = self.draw_key()
        for (article,) in self._connection.execute(
            "SELECT DISTINCT article FROM suggested WHERE suggester GLOB ?", (_PLANTED,)
        ).fetchall():
            self._connection.execute(
                "UPDATE suggested SET suggester = ? WHERE article = ? AND suggester = ?",
                (planting.place(key, other, article), article, planting.place(key, name, article)),
            )

    def all_planted(self) -> Callable[[str, str], str | None]:
        """Return what finds the id of the suggestion that is planted for an annotator in an article."""
        rows = self._connection.execute(
            "SELECT article, suggester, json_extract(body, '$[0][0]') FROM suggested WHERE suggester GLOB ?",
            (_PLANTED,),
        )
        found = {(article, name): str(id) for article, name, id in rows}
        key = self.draw_key()
        return lambda annotator, article: (
            found.get((article, planting.place(key, annotator, article))) if found else None
        )

    def has_judged(self, suggester: str, annotator: str, article: str) -> bool:
        """Return whether an annotator has accepted, corrected or rejected a suggester's suggestion for an article."""
        return bool(
            self._connection.execute(
                """SELECT 1 FROM judgment JOIN annotation ON annotation.id = judgment.annotation
                WHERE article = ? AND annotator = ? AND suggester = ?""",
                (article, annotator, suggester),
            ).fetchone()
        )

    def withhold(self, share: float, by: str) -> None:
        """Withhold suggestions from a share of the articles from now on, but not from work in progress.

        Raises SuggestionError for something other than a share.
        """
        require_share(share)
        self._connection.execute('INSERT INTO withholding (share, "by", at) VALUES (?, ?, ?)', (share, by, now()))

    def withholding(self) -> list[Withholding]:
        """Return from which share of the articles suggestions are and were withheld, oldest first."""
        found = self._connection.execute("SELECT share, at FROM withholding ORDER BY id")
        return [Withholding(*row) for row in found]

    def is_withheld(self, annotator: str, article: str) -> bool:
        """Return whether an annotator gets no suggestions for an article."""
        settings = self.withholding()
        if not settings:
            return False
        row = self._connection.execute(
            """SELECT op.at FROM annotation JOIN op ON op.annotation = annotation.id AND op.revision = 1
            WHERE annotation.article = ? AND annotator = ? AND client NOT GLOB ?""",
            (article, annotator, f"{IMPORTED}*"),
        ).fetchone()
        arm = arm_of(settings, self.draw_key(), annotator, article, row[0] if row else now())
        return bool(arm and arm.withheld)

    def arms(self) -> dict[tuple[str, str], Arm]:
        """Return the arm of all work that people have started since suggestions were first withheld, by (annotator, article)."""
        settings = self.withholding()
        if not settings:
            return {}
        key = self.draw_key()
        begun = self._connection.execute(
            """SELECT annotator, article, op.at FROM annotation
            JOIN op ON op.annotation = annotation.id AND op.revision = 1 WHERE op.at >= ? AND client NOT GLOB ?""",
            (settings[0].at, f"{IMPORTED}*"),
        )
        # The draw depends on the name, which a removed person no longer has.
        return {
            (annotator, article): arm
            for annotator, article, at in begun
            if not is_pseudonym(annotator) and (arm := arm_of(settings, key, annotator, article, at)) is not None
        }

    def draw_key(self) -> str:
        """Return the secret key of the draws."""
        return str(self._connection.execute("SELECT value FROM project WHERE key = 'withholding'").fetchone()[0])
