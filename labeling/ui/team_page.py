"""The page for who leads: the team, who has which articles, and hidden gold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from labeling.assignment import AssignmentPlan, AssignmentPolicy, Member, StoryRule
from labeling.errors import AssignmentError, SayWhenError
from labeling.quantities import many
from labeling.services.suggestions.next_articles import IMPORTED, ORDERS, RANDOM, TEACHING, reorder
from labeling.ui.pages import column, plain
from labeling.web.location import below
from labeling.web.server import open_store

#: The rules for the articles of a story, as the page names them.
_STORIES: dict[StoryRule, str] = {
    "ignore": "Like other articles",
    "together": "To the same people",
    "apart": "To different people",
}


def team_page() -> None:
    """People and their loads; assigning, reassigning and dropping articles; hidden gold."""
    with column():
        st.title("Assignment")
        message = st.session_state.pop("team_message", None)
        if message:
            st.success(message)
        with open_store().reading() as project:
            policy = project.team.policy()
        if policy is None:
            st.write(
                "Nothing is assigned yet: every article is in everyone's queue. Choose the annotators, then assign "
                "articles to them."
            )
        else:
            st.write(_in_words(policy))
        _people()
        _assignment(policy)
        if policy is not None:
            _hand_over()
            _order()
        _hidden_gold()


def _in_words(policy: AssignmentPolicy) -> str:
    rule = {
        "ignore": "",
        "together": " The articles of a story go to the same people, one after the other.",
        "apart": " The articles of a story go to different people.",
    }[policy.stories]
    if policy.each == 1:
        return f"Each article has one annotator.{rule}"
    if policy.share == 1:
        return f"Each article has {policy.each} annotators.{rule}"
    return f"{policy.share:.0%} of the articles have {policy.each} annotators; the rest have one.{rule}"


def _people() -> None:
    store = open_store()
    with store.reading() as project:
        people = project.team.people()
    st.header("People")
    table = pd.DataFrame(people).rename(columns=str.capitalize)
    figures = ["Articles", "New", "Open", "Submitted", "Skipped", "Hidden"]
    edited = st.data_editor(
        table,
        key=_key(people),
        hide_index=True,
        disabled=["Name", *figures],
        column_config={
            "Annotates": st.column_config.CheckboxColumn(help="Gets articles to annotate."),
            "Reviews": st.column_config.CheckboxColumn(help="Reviews other people's annotations."),
            "Leads": st.column_config.CheckboxColumn(help="Sees everyone's work, exports and assigns."),
            "Hidden": st.column_config.NumberColumn("Gold", help="How many of the articles are hidden gold."),
        },
    )
    wanted = [
        Member(row["Name"], *map(bool, (row["Annotates"], row["Reviews"], row["Leads"])))
        for _, row in edited.iterrows()
    ]
    now = [Member(one["name"], one["annotates"], one["reviews"], one["leads"]) for one in people]
    changed = [one for one, old in zip(wanted, now, strict=True) if one != old]
    if changed and st.button("Save roles", type="primary"):
        by = st.session_state["annotator"]
        if not any(member.leads for member in wanted):
            # No one shuts themselves out.
            changed = [one for one in changed if one.name != by]
            mine = next(one for one in wanted if one.name == by)
            changed.append(Member(by, mine.annotates, mine.reviews, leads=True))
        with store.writing() as project:
            project.team.set_members(changed, by)
        _done(
            "Saved. A project needs a lead, so you are now a lead."
            if changed[-1].name == by and changed[-1].leads
            else "Saved."
        )
    with st.form("newcomer", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Add a person", placeholder="Name", width=320)
        if st.form_submit_button("Add") and name:
            _try(lambda: store.sign_in(name), "Added.")


def _key(people: Sequence[Mapping[str, object]]) -> str:
    """Return what stands for who does what: ticks not kept yet go when that changes, lest they undo it."""
    return f"people {[tuple(one[what] for what in ('name', 'annotates', 'reviews', 'leads')) for one in people]}"


def _assignment(policy: AssignmentPolicy | None) -> None:
    store = open_store()
    st.header("Assign articles")
    with store.reading() as project:
        annotators = sum(member.annotates for member in project.team.members())
    if not annotators:
        st.write("First choose annotators: check *Annotates* in the table above.")
        return
    before = policy or AssignmentPolicy()
    with st.form("plan", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        each = st.number_input("Annotators per article", 1, annotators, min(before.each, annotators), width=200)
        percent = st.number_input(
            "For this share of the articles (%)", 0, 100, round(before.share * 100), step=5, width=240,
            help="The rest get one annotator.",
        )  # fmt: skip
        rule = st.selectbox(
            "Articles of a story", list(_STORIES), index=list(_STORIES).index(before.stories),
            format_func=_STORIES.__getitem__, width=240,
            help="To the same people: the articles of a story are annotated one after another. To different people: no one sees two versions.",
        )  # fmt: skip
        if st.form_submit_button("Preview"):
            st.session_state["wanted"] = AssignmentPolicy(int(each), percent / 100, rule)
    wanted = st.session_state.get("wanted")
    if wanted is None:
        return
    try:
        with store.reading() as project:
            found = project.assignments.propose(wanted)
    except AssignmentError as fault:
        st.error(plain(str(fault)))
        return
    if not (found.given or found.taken or wanted != policy):
        st.write(
            "All articles are assigned like this. After an import, assign the new articles here; articles in "
            "progress stay where they are."
        )
        return
    _preview(found)
    if st.button("Assign", type="primary"):
        by = st.session_state["annotator"]

        def assign_articles() -> None:
            with store.reading() as project:
                leads = project.team.members()
            mine = next((member for member in leads if member.name == by), Member(by))
            if not any(member.leads for member in leads):
                with store.writing() as project:
                    project.team.set_members([Member(by, mine.annotates, mine.reviews, leads=True)], by)
            with store.writing() as project:
                project.assignments.carry_out(wanted, found, by)
            del st.session_state["wanted"]

        _try(assign_articles, "The articles are assigned.")


def _preview(found: AssignmentPlan) -> None:
    loads = found.loads()
    new, gone = (dict.fromkeys(loads, 0) for _ in range(2))
    for counts, pairs in ((new, found.given), (gone, found.taken)):
        for _, name in pairs:
            counts[name] = counts.get(name, 0) + 1
    overlap = ", ".join(f"{articles:,} with {number}" for number, articles in sorted(found.overlap().items()))
    st.write(f"Articles by number of annotators: {overlap}. Articles in progress stay with their annotators.")
    st.dataframe(
        pd.DataFrame(
            {"Name": name, "Total": loads[name], "Added": new.get(name, 0), "Removed": gone.get(name, 0)}
            for name in sorted({*loads, *gone})
        ),
        hide_index=True,
    )


def _order() -> None:
    st.header("Order articles")
    st.write(
        "“Most informative first” begins with articles in which suggestions are uncertain or suggesters disagree, that have "
        "new words, or whose story no one has labeled. Articles in progress keep their places."
    )
    titles = {IMPORTED: "As imported", TEACHING: "Most informative first"}
    with st.form("order", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.selectbox("Order", ORDERS, format_func=titles.__getitem__, width=240)
        percent = st.number_input(
            "Drawn at random (%)", 0, 100, round(RANDOM * 100), step=5, width=200,
            help="Some articles are drawn at random, so that figures stay representative.",
        )  # fmt: skip
        chosen = st.form_submit_button("Reorder")
    if chosen:
        with st.spinner("Computing …"):
            moved = reorder(open_store(), wanted, percent / 100)
        _done(f"{many(moved, 'unstarted article was', 'unstarted articles were')} moved in someone's queue.")


def _hand_over() -> None:
    store = open_store()
    with store.reading() as project:
        people = [one["name"] for one in project.team.people() if one["articles"]]
    if not people:
        return
    st.header("Reassign or remove articles")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.selectbox("From", people, index=None, placeholder="Choose a person", width=240)
        targets = st.multiselect(
            "To", [name for name in store.annotators() if name != source], placeholder="No one: remove", width=360
        )
        in_progress = st.toggle(
            "Include articles in progress", help="Existing work is kept; the next annotator starts afresh."
        )
    if source is None:
        return
    with store.reading() as project:
        given, left = project.assignments.propose_move(source, targets, None, in_progress=in_progress)
    taken = [(article, source) for article in (left if not targets else [article for article, _ in given])]
    where = f"be reassigned to {', '.join(targets)}" if targets else "be removed from the queue"
    st.write(plain(f"{many(len(taken), 'unsubmitted article')} of {source} would {where}."))
    if targets and left:
        st.write(f"{len(left):,} stay, because all the people you chose already have them.")
    if taken and st.button("Reassign" if targets else "Remove"):
        by = st.session_state["annotator"]

        def reassign_articles() -> None:
            with store.writing() as project:
                project.assignments.reassign(given, taken, by, in_progress=in_progress)

        _try(reassign_articles, f"{many(len(taken), 'article')} {'reassigned' if targets else 'removed'}.")


def _hidden_gold() -> None:
    with open_store().reading() as project:
        known = project.team.hidden()
    st.header("Hidden gold")
    found = f"{many(len(known), 'article is', 'articles are')} hidden gold; only leads see which. " if known else ""
    st.markdown(
        f"{found}Choose hidden gold, and compare people's work with it, on the [Quality]({below('/quality')}) page."
    )


def _try(action: Callable[[], object], words: str) -> None:
    """Do something and show the page again with what was done, or say why not."""
    try:
        action()
    except SayWhenError as fault:
        st.error(plain(str(fault)))
    else:
        _done(words)


def _done(words: str) -> None:
    st.session_state["team_message"] = words
    st.rerun()
