"""The page for who leads: choosing hidden gold, figures against it, going through someone's mistakes, and giving an article back."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from labeling.errors import SayWhenError
from labeling.quantities import many
from labeling.services.giving_back import MAX_NOTE, give_back
from labeling.services.mistakes import Difference, differences
from labeling.ui.pages import column, plain
from labeling.web.location import below
from labeling.web.server import open_store

#: So many articles are listed to choose from; more are found by words of their titles.
_LISTED = 200


def quality_page() -> None:
    """Show figures against hidden gold and choose it, go through the differences of someone's work from it, and give an article back with a note."""
    with column():
        st.title("Quality")
        if words := st.session_state.pop("quality_message", ""):
            st.success(plain(words))
        _hidden_gold()
        _choose_gold()
        _mistakes()
        _give_back()


def _hidden_gold() -> None:
    store = open_store()
    st.header("Hidden gold")
    with store.reading() as project:
        known = project.team.hidden()
    if not known:
        st.write("Hidden gold shows how well each annotator works. It comes in everyone's queue.")
        return
    with store.reading() as project:
        found = project.hidden_gold.quality(store.schema)
    st.write(
        f"{many(len(known), 'article is', 'articles are')} hidden gold; only leads see which. The figures are for submitted articles; "
        "with fewer than about twenty they are unreliable."
    )
    titles = {"exact": "Exact F1", "overlap": "Overlap F1", "precision": "Precision", "recall": "Recall"}
    st.dataframe(
        pd.DataFrame(
            {
                "Name": row["annotator"],
                "Submitted": f"{row['done']} of {row['of']}",
                **{title: "–" if row[key] is None else f"{row[key]:.2f}" for key, title in titles.items()},
            }
            for row in found
        ),
        hide_index=True,
    )


def _mistakes() -> None:
    store = open_store()
    st.header("Go through mistakes")
    with store.reading() as project:
        done = [row["annotator"] for row in project.hidden_gold.quality(store.schema) if row["done"]]
    if not done:
        st.write("Once someone has submitted an article with hidden gold, its differences from gold are listed here.")
        return
    name = st.selectbox("Annotator", done, key="mistakes_of", width=320)
    found = differences(store, str(name))
    if not found:
        st.write(plain(f"{name}'s submitted work doesn't differ from hidden gold."))
        return
    last = len(found) - 1
    at = min(st.session_state.get(f"mistake of {name}", 0), last)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Previous", disabled=at == 0):
            _turn(str(name), at - 1)
        if st.button("Next", disabled=at == last):
            _turn(str(name), at + 1)
        st.write(f"{at + 1:,} of {len(found):,}")
    _difference(found[at], str(name))


def _turn(name: str, at: int) -> None:
    st.session_state[f"mistake of {name}"] = at
    st.rerun()


def _difference(found: Difference, name: str) -> None:
    with st.container(border=True):
        st.caption(plain(f"{found.title or found.article}: {', '.join(found.kinds)}"))
        words = f"**{plain(found.words)}**" if found.words.strip() else ""
        st.markdown(f"{plain(found.before)}{words}{plain(found.after)}")
        left, right = st.columns(2)
        for side, title, lines in ((left, "Gold", found.gold), (right, name, found.work)):
            side.markdown(f"**{plain(title)}**")
            side.markdown("\n".join(f"- {plain(line)}" for line in lines) or "Nothing.")
        address = below(f"/?article={found.article}")
        st.markdown(f"[Open the article]({address}) (for {plain(name)}, on the Label page)")


def _give_back() -> None:
    store = open_store()
    st.header("Give an article back")
    st.write("The article is reopened and moves to the front of its annotator's queue, with your note.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("From", store.annotators(), index=None, placeholder="Choose an annotator", width=240)
        words = st.text_input("Words in the title", width=300, key="return_words")
    if name is None:
        return
    with store.reading() as project:
        titles = dict(project.returns.returnable(name))
    if not titles:
        st.write(plain(f"{name} hasn't submitted an article yet."))
        return
    with st.form("return", border=False):
        article = st.selectbox("Article", _matching(titles, words), format_func=lambda id: titles[id] or id)
        note = st.text_area("Note", max_chars=MAX_NOTE, placeholder="What to look at again")
        if not st.form_submit_button("Give back", type="primary") or article is None:
            return
    try:
        give_back(store, article, name, note, st.session_state["annotator"])
    except SayWhenError as fault:
        st.error(plain(str(fault)))
    else:
        _done(f"“{titles[article] or article}” was given back to {name}.")


def _choose_gold() -> None:
    store = open_store()
    st.subheader("Choose hidden gold")
    st.write(
        "Choose submitted articles whose annotation is correct, or add some with `saywhen assign gold gold.jsonl`. The next "
        "plan on the Assignment page assigns them to everyone else. Only leads see which articles these are."
    )
    with store.reading() as project:
        hidden = project.team.hidden()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Annotated by", store.annotators(), index=None, placeholder="Choose a person", width=240)
        words = st.text_input("Words in the title", width=300, key="gold_words")
    if name is None:
        return
    with store.reading() as project:
        titles = dict(project.hidden_gold.hidable(name))
    choices = [id for id in _matching(titles, words) if id not in hidden]
    if not choices:
        st.write(plain(f"There are no more submitted articles of {name} to choose from."))
        return
    with st.form("gold", border=False):
        chosen = st.multiselect("Articles", choices, format_func=lambda id: titles[id] or id)
        if not st.form_submit_button("Hide as gold", type="primary") or not chosen:
            return
    try:
        with store.writing() as project:
            project.hidden_gold.hide(chosen, name, st.session_state["annotator"])
    except SayWhenError as fault:
        st.error(plain(str(fault)))
    else:
        _done(f"{many(len(chosen), 'article is', 'articles are')} now hidden gold. Assign them on the Assignment page.")


def _matching(titles: dict[str, str | None], words: str) -> Sequence[str]:
    """Return the articles whose titles have all of the words, as many as are listed."""
    wanted = words.casefold().split()
    return [id for id, title in titles.items() if all(word in (title or "").casefold() for word in wanted)][:_LISTED]


def _done(words: str) -> None:
    st.session_state["quality_message"] = words
    st.rerun()
