"""The lead's overview of a project: progress by person and week, what waits, the forecast, and whom to remind."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pandas as pd
import streamlit as st

from labeling.quantities import many
from labeling.services import agreement_cache
from labeling.services.overview import LATELY, Overview, PersonProgress, flag_titles, overview, reminder
from labeling.services.scheduled_backup import backup_status
from labeling.ui.jobs import list_jobs
from labeling.ui.pages import column, plain
from labeling.web.backups import schedule
from labeling.web.location import below
from labeling.web.server import open_accounts, open_store

#: So many articles are counted for agreement while the page is drawn; more are left to the Agreement page.
_COUNTED = 200


def overview_page() -> None:
    """Show how far the project is, when it will be done, what waits for someone, and how far annotators agree."""
    store, now = open_store(), datetime.now(UTC)
    found = overview(store, now)
    with column():
        st.title("Overview")
        _backups(now)
        if not found.people:
            st.write(
                f"No one annotates yet. Choose annotators and assign articles on the [Assignment]({below('/team')}) page."
            )
            list_jobs()
            return
        _figures(found)
        _forecast(found, now)
        _people(found, now)
        _waiting(found)
        _reminders(found, now)
        _agreement()
        list_jobs()


def _backups(now: datetime) -> None:
    """Say when the last backup was made, if the server makes any, and what is wrong."""
    plan = schedule()
    found = backup_status(open_store(), plan, now)
    for problem in found.problems:
        st.warning(plain(problem))
    if plan and found.newest:
        copies = f"{many(found.kept, 'backup is', 'backups are')} kept"
        st.markdown(f":small[{plain(f'Last backup: {found.newest:%Y-%m-%d %H:%M} UTC. {copies} in {plan.folder}.')}]")


def _figures(found: Overview) -> None:
    total = sum(person.total for person in found.people)
    submitted = sum(person.submitted for person in found.people)
    left = sum(person.left for person in found.people)
    with st.container(horizontal=True):
        st.metric(
            "Submitted",
            f"{submitted:,}",
            help=f"Of {many(total, 'assignment')}: each article counts once for each annotator.",
        )
        st.metric("Left to annotate", f"{left:,}")
        st.metric("This week", f"{sum(person.weeks[-1] for person in found.people):,}", help="Submitted since Monday.")
        st.metric("Articles", f"{found.articles:,}")
    st.progress(submitted / total if total else 0.0)


def _forecast(found: Overview, now: datetime) -> None:
    ends, without = found.forecast(now)
    if not any(person.left for person in found.people):
        st.write("All assigned articles are done.")
        return
    if ends is None:
        st.write(f"No one has submitted anything in the last {LATELY.days} days, so there is no forecast.")
        return
    st.write(
        plain(
            f"At the pace of the last {LATELY.days} days, the last person finishes on {_day(ends)}."
            + (f" Not counting {_listed(without)}, who submitted nothing in that time." if without else "")
        )
    )


def _people(found: Overview, now: datetime) -> None:
    st.header("Progress")
    first = f"{found.mondays[0]:%Y-%m-%d}"
    st.dataframe(
        pd.DataFrame(
            {
                "Name": person.name,
                "Progress": 100 * person.submitted / person.total,
                "Submitted": person.submitted,
                "Left": person.left,
                "Skipped": person.skipped,
                "By week": list(person.weeks),
                "Per day": round(person.pace, 1),
                "Minutes": "–" if person.minutes is None else f"{person.minutes:.1f}",
                "Done by": _done_by(person, now),
                "Last active": "–" if person.last is None else f"{person.last:%Y-%m-%d}",
            }
            for person in found.people
        ),
        hide_index=True,
        column_config={
            "Progress": st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0),
            "By week": st.column_config.BarChartColumn(help=f"Articles submitted in each week since {first}.", y_min=0),
            "Per day": st.column_config.NumberColumn(
                help=f"Articles submitted per day in the last {LATELY.days} days."
            ),
            "Minutes": st.column_config.TextColumn(
                help="Minutes per article: the median of the last hundred, without pauses of five minutes or more."
            ),
            "Done by": st.column_config.TextColumn(help="When they will finish at this pace."),
        },
    )


def _done_by(person: PersonProgress, now: datetime) -> str:
    if not person.left:
        return "done"
    ends = person.done_on(now)
    return f"{ends:%Y-%m-%d}" if ends else "–"


def _waiting(found: Overview) -> None:
    st.header("Waiting")
    titles = {key: flag.title for key, flag in open_store().schema.flags.items()}
    lines = [
        f"{many(count, 'article')} {words}"
        for count, words in (
            (found.unassigned, "not assigned to anyone: assign them on the Assignment page"),
            (found.unreviewed, "submitted by several people and without a reviewer's decision"),
            *((count, f"with a comment “{title}”") for title, count in flag_titles(found.flagged, titles)),
        )
        if count
    ]
    if not lines:
        st.write("Nothing is waiting for you.")
        return
    st.markdown("\n".join(f"- {plain(line)}" for line in lines))
    if found.remarks:
        st.dataframe(
            pd.DataFrame(
                {
                    "Flag": titles.get(each.flag, each.flag),
                    "By": each.annotator,
                    "Comment": each.text,
                    "Article": each.title,
                }
                for each in found.remarks
            ),
            hide_index=True,
        )


def _reminders(found: Overview, now: datetime) -> None:
    silent = found.silent(now)
    if not silent:
        return
    st.header("Reminders")
    st.write("These people have articles left and have been inactive for three days or more.")
    emails = _emails()
    title = open_store().schema.title
    for person in silent:
        words = reminder(person, title)
        with st.expander(plain(f"{person.name}: {person.left:,} left, {_since(person)}")):
            st.code(words, language=None)
            if email := emails.get(person.name):
                subject = quote(f"Your articles in “{title}”")
                st.link_button(
                    "Write an e-mail", f"mailto:{quote(email, safe='@')}?subject={subject}&body={quote(words)}"
                )


def _since(person: PersonProgress) -> str:
    return f"last active on {person.last:%Y-%m-%d}" if person.last else "not started"


def _emails() -> dict[str, str]:
    """Return the e-mails of the project's people by the names under which their work is stored."""
    accounts = open_accounts()
    if accounts is None:
        return {}
    from labeling.services.accounts import Administration

    return {
        annotator: account.email
        for account, annotator in Administration(accounts, open_store()).people()
        if account.email and account.active
    }


def _agreement() -> None:
    st.header("Agreement")
    store = open_store()
    waiting = agreement_cache.uncounted(store)
    if waiting > _COUNTED:
        st.write(
            f"{many(waiting, 'article has', 'articles have')} yet to be compared. Open the Agreement page to do that."
        )
        return
    articles, exact, overlap = agreement_cache.span_agreement(store)
    if not articles:
        st.write("No article has been submitted by two annotators yet.")
        return
    if exact is None or overlap is None:
        st.write("Nothing has been labeled in the articles that several annotators have submitted.")
        return
    st.write(
        f"In the {many(articles, 'article')} submitted by two or more annotators, the F1 of spans is {exact:.2f} for exact "
        f"matches and {overlap:.2f} for overlapping spans. See the Agreement page for more."
    )


def _day(at: datetime) -> str:
    return f"{at:%B} {at.day}, {at.year}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
