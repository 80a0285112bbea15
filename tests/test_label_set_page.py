"""The Label set page: errors beside the text, the label bar, what a change does, and saving it as a new version."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TEXT, add, op
from streamlit.testing.v1 import AppTest

from labeling.annotation import article
from labeling.schema import Schema
from labeling.store.project import Store
from labeling.ui.label_set_page import next_version
from labeling.web import location, server


@pytest.fixture
def store(tmp_path: Path, news: Schema, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A project with a submitted quote and cue, which is the one that pages open."""
    store = Store.create(tmp_path / "project.db", news)
    made = article.make(TEXT)
    list(store.add_articles([made]))
    store.sign_in("ana")
    store.append("ana", made.id, "client-ana-1", 0, [add(1, "c", "cue", "said"), op(2, "submit")])
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(store.path))
    server.forget()
    return store


def opened() -> AppTest:
    script = """
from labeling.ui.label_set_page import label_set_page
label_set_page()
"""
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception
    return app


def edited(app: AppTest, text: str) -> AppTest:
    app = app.text_area[0].set_value(text).run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return " ".join(str(each.value) for each in (*app.markdown, *app.success, *app.error, *app.warning)).replace(
        "\\", ""
    )


def test_the_text_has_the_next_version_and_nothing_to_save_until_it_is_edited(store: Store) -> None:
    app = opened()
    assert app.text_area[0].value == next_version(store.schema)
    assert "version: 2" in app.text_area[0].value
    assert [button.label for button in app.button] == ["Check"]
    [bar] = app.get("html")
    assert "Quote <kbd" in bar.proto.body


def test_every_error_is_beside_the_text_with_its_line(store: Store) -> None:
    text = next_version(store.schema).replace("hotkey: q", "hotkey: zzz").replace("line: dotted", "line: sketchy")
    app = edited(opened(), text)
    assert "2 errors" in words(app)
    assert "**Line 15**: “hotkey” cannot be “zzz”" in words(app)
    assert "“line” cannot be “sketchy”" in words(app)
    assert [button.label for button in app.button] == ["Check"]
    app = edited(app, "labels: [")
    assert "is not YAML" in words(app)


def test_a_label_that_is_gone_needs_a_word_on_what_became_of_it_and_the_change_is_previewed_and_saved(
    store: Store,
) -> None:
    renamed = next_version(store.schema).replace("  cue:\n", "  marker:\n").replace("to: cue,", "to: marker,")
    app = edited(opened(), renamed)
    assert "label “cue” of version 1 is gone" in words(app)
    app = edited(app, f"{renamed}changes: {{from: 1, labels: {{cue: marker}}}}\n")
    assert "1 of 1 annotations change" in words(app)
    assert store.schema.version == 1
    [save] = [button for button in app.button if button.label == "Save as version 2"]
    app = save.click().run()
    assert not app.exception
    assert "The label set is now version 2." in words(app)
    assert store.schema.version == 2
    assert "version: 3" in app.text_area[0].value


def test_a_guideline_is_changed_without_touching_anyones_work(store: Store) -> None:
    text = next_version(store.schema).replace("hotkey: c\n", "hotkey: c\n", 1)
    label = store.schema.labels["cue"].guideline.splitlines()[0]
    app = edited(opened(), text.replace(label, "Mark the verb that introduces the quote."))
    assert "0 of 1 annotations change" in words(app)
    [save] = [button for button in app.button if button.label == "Save as version 2"]
    save.click().run()
    assert store.schema.labels["cue"].guideline.startswith("Mark the verb that introduces the quote.")


def test_what_of_an_earlier_label_set_has_no_effect_is_reported(store: Store) -> None:
    earlier = store.schema.source.replace("hotkey: q", "hotkey: z")
    store.connection().execute("UPDATE label_set SET yaml = ?", (earlier,))
    server.forget()
    assert "The command jump (jump to a visible word" in words(opened())


def test_a_file_is_checked_previewed_and_saved_like_the_text(store: Store) -> None:
    def uploaded(content: bytes) -> str:
        app.file_uploader[0].set_value(("two.yaml", content, "application/yaml")).run()
        assert not app.exception
        return words(app)

    app = opened()
    new = next_version(store.schema).replace("  cue:\n", "  marker:\n").replace("to: cue,", "to: marker,")
    assert "label “cue” of version 1 is gone" in uploaded(new.encode())
    assert "is not UTF-8" in uploaded(new.encode("utf-16"))
    assert [button.label for button in app.button] == []
    assert "1 of 1 annotations change" in uploaded(f"{new}changes: {{from: 1, labels: {{cue: marker}}}}\n".encode())
    [save] = [button for button in app.button if button.label == "Save as version 2"]
    app = save.click().run()
    assert "The label set is now version 2." in words(app)
    assert store.schema.version == 2 and "version: 3" in app.text_area[0].value
