"""Clusters across documents: what scorers for coreference read is what was marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.dataset.losses import Losses
from labeling.formats.coreference import ClusterMention, MentioningArticle, conll_2012, corefud

TEXT = "Kim said so. “We will go,” Kim told Zoë’s aide. “Soon.” He left."


def mention(cluster: int, *words: str, text: str = TEXT) -> ClusterMention:
    return ClusterMention(tuple((text.index(each), text.index(each) + len(each)) for each in words), cluster)


def marked(*mentions: ClusterMention, id: str = "a1", document: str = "s1", text: str = TEXT) -> MentioningArticle:
    return MentioningArticle(id, document, text, mentions)


def read_conll(lines: Iterable[str]) -> list[tuple[str, int, str]]:
    """Return (document, cluster, words) of every mention, as a reader with a stack for each cluster finds them."""
    found, document, words = [], "", []
    open_: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        if line.startswith("#begin document ("):
            document = line.removeprefix("#begin document (").partition(")")[0]
        elif line and not line.startswith("#"):
            columns = line.split("\t")
            words.append(columns[3])
            for part in columns[-1].split("|") if columns[-1] != "-" else ():
                cluster = int(part.strip("()"))
                if part.startswith("("):
                    open_[cluster].append(len(words) - 1)
                if part.endswith(")"):
                    found.append((document, cluster, " ".join(words[open_[cluster].pop() :])))
    assert not any(open_.values())
    return sorted(found)


def test_a_cluster_goes_through_the_articles_of_a_story_as_one_document() -> None:
    losses = Losses()
    articles = [
        marked(mention(1, "Kim"), mention(2, "“We will go,”"), mention(3, "Zoë’s aide"), mention(4, "Zoë")),
        marked(mention(1, "He"), id="a2"),
        marked(mention(1, "Kim"), id="a3", document="a3"),
    ]
    lines = list(conll_2012(articles, losses))
    assert read_conll(lines) == [
        ("a3", 1, "Kim"), ("s1", 1, "He"), ("s1", 1, "Kim"), ("s1", 2, "“ We will go , ”"), ("s1", 3, "Zoë ’s aide"),
        ("s1", 4, "Zoë"),
    ]  # fmt: skip
    assert [line for line in lines if line.startswith("#")] == [
        "#begin document (s1); part 000", "#end document", "#begin document (a3); part 000", "#end document",
    ]  # fmt: skip
    assert losses.as_values() == []


def test_what_a_bracket_cannot_say_is_counted() -> None:
    losses = Losses()
    crossing = [ClusterMention(((0, 8),), 1), ClusterMention(((4, 11),), 1)]
    list(conll_2012([marked(mention(2, "“We will go,”", "“Soon.”"), *crossing)], losses))
    assert [each["what"] for each in losses.as_values()] == [
        "mentions that cross another one of the same entry are lost",
        "the words between the fragments of a mention belong to it",
    ]


@given(st.lists(st.tuples(st.integers(0, 14), st.integers(1, 15), st.integers(1, 3)), max_size=12))
def test_every_mention_is_read_back_unless_it_crosses_one_of_its_own_cluster(drawn: list[tuple[int, int, int]]) -> None:
    words = " ".join(f"w{number}." if number % 4 == 3 else f"w{number}" for number in range(16))
    starts = [at for at in range(len(words)) if words[at] == "w"]
    ends = [at + len(words[at:].split(" ")[0].rstrip(".")) for at in starts]
    mentions = {
        ClusterMention(((starts[first], ends[min(15, first + more)]),), cluster) for first, more, cluster in drawn
    }
    losses = Losses()
    found = read_conll(conll_2012([marked(*mentions, text=words)], losses))
    lost = sum(loss["times"] for loss in losses.as_values())
    assert len(found) == len(mentions) - lost
    wanted = {(each.cluster, words[slice(*each.fragments[0])].replace(".", " .")) for each in mentions}
    assert {(cluster, text) for _, cluster, text in found} <= wanted


@pytest.mark.slow
def test_udapi_reads_the_clusters_of_a_corefud_file_across_its_documents(tmp_path: Path) -> None:
    import udapi

    articles = [
        marked(mention(1, "Kim"), mention(2, "“We will go,”", "“Soon.”"), mention(3, "Zoë’s aide"), mention(4, "Zoë")),
        marked(mention(1, "He"), mention(4, "Zoë"), id="a2"),
    ]
    file = tmp_path / "source.conllu"
    file.write_text("".join(f"{line}\n" for line in corefud(articles, "source", Losses())), encoding="utf-8")
    document = udapi.Document(str(file))
    found = {
        entity.eid: [" ".join(node.form for node in each.words) for each in entity.mentions]
        for entity in document.coref_entities
    }
    assert found == {
        "e1": ["Kim", "He"],
        "e2": ["“ We will go , ” “ Soon . ”"],
        "e3": ["Zoë ’s aide"],
        "e4": ["Zoë", "Zoë"],
    }
    assert {entity.etype for entity in document.coref_entities} == {"source"}
