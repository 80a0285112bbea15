"""Files, folders and uploads: which reader gets which file, and what is passed over."""

import io
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats import KINDS, Fault, read_articles, read_bytes

#: Every kind of file, holding one article “A.”; a page needs more words than that.
ONE_ARTICLE = {
    "txt": b"A.",
    "jsonl": b'{"text": "A."}',
    "ndjson": b'{"text": "A."}',
    "json": b'[{"text": "A."}]',
    "csv": b"text\nA.\n",
    "tsv": b"title\ttext\n\tA.\n",
    "html": b"<html><body><p>" + b"A. " * 200,
    "htm": b"<html><body><p>" + b"A. " * 200,
}
READ = ".txt, .jsonl, .ndjson, .json, .csv, .tsv, .html, .htm"


def lay(folder: Path, **files: bytes) -> Path:
    """Write files, named with __ for / and _ for a dot, into a folder."""
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def sources(path: Path, kind: str | None = None) -> list[str]:
    """Return what is read of a path: names of articles, and errors with their path."""
    return [row.source if isinstance(row, Article) else str(row) for row in read_articles([path], kind=kind)]


def test_every_kind_has_a_file_here() -> None:
    assert set(ONE_ARTICLE) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("upper", [False, True])
def test_a_file_is_read_by_its_suffix_alike_from_disk_and_from_an_upload(
    tmp_path: Path, kind: str, upper: bool
) -> None:
    name = f"a.{kind.upper() if upper else kind}"
    path = tmp_path / name
    path.write_bytes(ONE_ARTICLE[kind])
    [found] = read_articles([path])
    assert isinstance(found, Article)
    assert found.text.startswith("A.")
    assert [found] == list(read_bytes(name, ONE_ARTICLE[kind]))


def test_a_kind_overrides_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "a.data"
    path.write_bytes(ONE_ARTICLE["jsonl"])
    [found] = read_articles([path], kind="jsonl")
    assert isinstance(found, Article)
    assert found.text == "A."
    [raw] = read_articles([path], kind="txt")
    assert isinstance(raw, Article)
    assert raw.text == '{"text": "A."}'


def test_an_unknown_kind_is_refused_before_anything_is_read() -> None:
    with pytest.raises(ArticleError, match="unknown kind “xml”; use one of txt, jsonl"):
        read_articles([], kind="xml")
    with pytest.raises(ArticleError, match="unknown kind “”"):
        read_bytes("a.txt", b"A", kind="")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a.docx", f"files ending in .docx can't be imported; convert it to one of {READ}"),
        ("a", f"files ending in nothing can't be imported; convert it to one of {READ}"),
        (".txt", f"files ending in nothing can't be imported; convert it to one of {READ}"),
        ("a.txt.gz", f"files ending in .gz can't be imported; convert it to one of {READ}"),
    ],
)
def test_a_file_of_an_unknown_suffix_is_a_fault(tmp_path: Path, name: str, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"A.")
    assert list(read_articles([path])) == [Fault(str(path), None, reason)]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("absent.txt", "No such file or directory"),
        ("a" * 300 + ".txt", "File name too long"),
        ("a\0.txt", "embedded null byte"),
    ],
)
def test_a_file_that_cannot_be_opened_is_a_fault_and_the_next_one_is_read(tmp_path: Path, name: str, why: str) -> None:
    good = tmp_path / "good.txt"
    good.write_bytes(b"A.")
    fault, article = read_articles([tmp_path / name, good])
    assert isinstance(fault, Fault)
    assert fault.reason == f"can't open it ({why}); check the name and your permissions"
    assert isinstance(article, Article)


def test_a_folder_is_read_with_its_folders_in_the_order_of_their_names(tmp_path: Path) -> None:
    lay(tmp_path, b_txt=b"B", a_jsonl=b'{"text": "1"}\n{"text": 2}\n', c__x_txt=b"X", c__a__y_txt=b"Y", a__z_txt=b"Z")
    assert sources(tmp_path) == [
        "a.jsonl:1",
        f"{tmp_path}/a.jsonl:2: “text” must be a string, not a number; put it in quotation marks",
        "b.txt",
        "a/z.txt",
        "c/x.txt",
        "c/a/y.txt",
    ]


def test_hidden_files_and_what_no_article_is_kept_in_are_passed_over(tmp_path: Path) -> None:
    lay(
        tmp_path,
        good_txt=b"A",
        _hidden_txt=b"H",
        _git__config_txt=b"G",
        picture_PNG=b"P",
        style_css=b"S",
        README_txt=b"R",
    )
    lay(tmp_path, LICENSE=b"L", Thumbs_db=b"D", schema_yaml=b"Y")
    for name in ("project.db-wal", "project.db-shm"):
        (tmp_path / name).write_bytes(b"W")
    assert sources(tmp_path) == ["good.txt"]


def test_the_parts_of_a_saved_page_are_passed_over_but_not_other_folders_named_so(tmp_path: Path) -> None:
    page = ONE_ARTICLE["html"]
    for name in ("story.html", "story_files/frame.html", "other_files/page.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(page)
    assert sources(tmp_path) == ["story.html", "other_files/page.html"]


def test_a_file_in_a_folder_that_may_be_an_article_and_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    lay(tmp_path, story_pdf=b"%PDF", story_md=b"# A", story=b"A", good_txt=b"A")
    assert sources(tmp_path) == [
        "good.txt",
        f"{tmp_path}/story: files ending in nothing can't be imported; convert it to one of {READ}",
        f"{tmp_path}/story.md: files ending in .md can't be imported; convert it to one of {READ}",
        f"{tmp_path}/story.pdf: files ending in .pdf can't be imported; convert it to one of {READ}",
    ]


def test_links_out_of_a_folder_are_passed_over_and_links_within_it_are_read(tmp_path: Path) -> None:
    inside = lay(tmp_path / "inside", _store__a_txt=b"A")
    lay(tmp_path / "outside", secret_txt=b"S", deep__s_txt=b"S")
    (inside / "within.txt").symlink_to(inside / ".store" / "a.txt")
    (inside / "out.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (inside / "up").symlink_to(tmp_path)
    (inside / "relative.txt").symlink_to("../outside/secret.txt")
    (inside / "loop.txt").symlink_to("loop.txt")
    assert sources(inside) == [
        f"{inside}/loop.txt: can't open it (Too many levels of symbolic links); check the name and your permissions",
        "within.txt",
    ]


def test_a_link_that_is_named_itself_is_followed(tmp_path: Path) -> None:
    lay(tmp_path, corpus__a_txt=b"A")
    (tmp_path / "link").symlink_to(tmp_path / "corpus")
    assert sources(tmp_path / "link") == ["a.txt"]


@pytest.mark.parametrize("name", ["empty", "pictures"])
def test_a_folder_without_articles_is_a_fault(tmp_path: Path, name: str) -> None:
    lay(tmp_path, pictures__a_png=b"P", empty__x__y__z_css=b"Z")
    folder = tmp_path / name
    assert sources(folder) == [f"{folder}: the folder has no articles (files ending in {READ})"]


def test_a_pipe_in_a_folder_is_a_fault_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert sources(tmp_path) == [f"{tmp_path}/pipe.txt: this is a device or a pipe; name the file itself"]


def test_a_folder_that_cannot_be_listed_is_a_fault_and_the_others_are_read(tmp_path: Path) -> None:
    lay(tmp_path, a_txt=b"A", gone__b_txt=b"B", stays__c_txt=b"C")
    rows = read_articles([tmp_path])
    first = next(rows)
    shutil.rmtree(tmp_path / "gone")
    assert [first, *rows] == [
        *read_bytes("a.txt", b"A"),
        *read_bytes("stays/c.txt", b"C"),
        Fault(
            f"{tmp_path}/gone",
            None,
            "can't open it (No such file or directory); check the name and your permissions",
        ),
    ]


def test_a_file_name_that_is_no_text_can_still_be_shown_and_stored(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    for name in (b"caf\xe9.txt", b"line\nbreak.txt"):
        with open(folder + b"/" + name, "wb") as file:
            file.write(b"A.")
    found = sources(tmp_path)
    assert found == ["caf\ufffd.txt", "line\ufffdbreak.txt"]
    assert next(read_bytes("a\ud800\n.md", b"A")) == Fault(
        "a\ufffd\ufffd.md", None, f"files ending in .md can't be imported; convert it to one of {READ}"
    )


UPLOADS = {
    "in memory": io.BytesIO,
    "spooled in memory": lambda: tempfile.SpooledTemporaryFile(max_size=1 << 20),  # noqa: SIM115
    "spooled to disk": lambda: tempfile.SpooledTemporaryFile(max_size=1),  # noqa: SIM115
    "a file": tempfile.TemporaryFile,
}


@pytest.mark.parametrize("upload", UPLOADS.values(), ids=UPLOADS)
def test_an_upload_is_read_from_its_start_stays_open_and_can_be_read_again(upload) -> None:
    with upload() as stream:
        stream.write(b'{"text": "A."}\n{"text": 1}\n{"text": "B."}')
        for _ in range(2):
            found = [row.text if isinstance(row, Article) else row.line for row in read_bytes("a.jsonl", stream)]
            assert found == ["A.", 2, "B."]
            assert not stream.closed


def test_an_upload_that_is_left_half_read_stays_open() -> None:
    stream = io.BytesIO(b'{"text": "A."}\n' * 1000)
    rows = read_bytes("a.jsonl", stream)
    next(rows)
    del rows
    assert not stream.closed


def test_rows_are_read_one_at_a_time() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:
            row = b'{"text": "A."}\n'
            buffer[: len(row)] = row
            return len(row)

    rows = read_bytes("a.jsonl", Endless())
    assert [next(rows) for _ in range(3)] == list(read_bytes("a.jsonl", b'{"text": "A."}\n' * 3))


def test_a_file_that_breaks_off_with_an_error_keeps_its_rows_and_gives_a_fault() -> None:
    class Broken(io.RawIOBase):
        rows = 1

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:
            if not self.rows:
                raise OSError(5, "Input/output error")
            self.rows -= 1
            buffer[:15] = b'{"text": "A."}\n'
            return 15

    article, fault = read_bytes("a.jsonl", Broken())
    assert isinstance(article, Article)
    assert fault == Fault("a.jsonl", None, "the file can't be read to its end (Input/output error); copy it again")


def test_a_fault_prints_as_place_and_reason() -> None:
    assert str(Fault("a.csv", 3, "why; what to do")) == "a.csv:3: why; what to do"
    assert str(Fault("a.csv", None, "why; what to do")) == "a.csv: why; what to do"
