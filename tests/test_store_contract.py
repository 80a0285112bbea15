"""The store keeps its contract: the nouns and their methods, and what a unit of work promises."""

from __future__ import annotations

import inspect
import sqlite3
import threading
from typing import Any, get_type_hints

import pytest

from labeling.annotation import article
from labeling.errors import EngineError, StoreBusyError
from labeling.store import contract
from labeling.store import project as sqlite
from labeling.store.project import Store
from labeling.store.unit import UnitOfWork

NOUNS = [name for name, each in vars(contract.Project).items() if isinstance(each, property)]


def methods(kind: type) -> dict[str, Any]:
    return {name: each for name, each in vars(kind).items() if not name.startswith("_") and inspect.isfunction(each)}


def noun(name: str) -> tuple[type, type]:
    """Return what the contract calls a noun, and its class here."""
    wanted = get_type_hints(getattr(contract.Project, name).fget)["return"]
    return wanted, get_type_hints(vars(UnitOfWork)[name].func)["return"]


@pytest.mark.parametrize("name", NOUNS)
def test_a_noun_has_every_method_of_the_contract_with_its_signature(name: str) -> None:
    wanted, here = noun(name)
    assert methods(wanted)
    for method, each in methods(wanted).items():
        assert inspect.signature(methods(here)[method]) == inspect.signature(each), f"{name}.{method}"


def test_the_store_has_every_method_of_the_contract() -> None:
    assert methods(contract.Store).keys() <= methods(sqlite.Store).keys()


@pytest.mark.parametrize("name", NOUNS)
def test_no_method_of_the_contract_names_the_engine(name: str) -> None:
    wanted, _ = noun(name)
    assert not [method for method, each in methods(wanted).items() if "sqlite" in str(inspect.signature(each)).lower()]


def test_a_unit_that_reads_sees_one_state_while_others_write(store: Store) -> None:
    with store.reading() as unit:
        before = unit.articles.count()
        other = threading.Thread(target=lambda: list(store.add_articles([article.make("One more text.")])))
        other.start()
        other.join()
        assert unit.articles.count() == before
    assert store.count() == before + 1


def test_a_unit_that_writes_is_undone_if_it_raises_and_its_fault_goes_on(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing() as unit:
        unit.team.newcomer("cleo")
        assert "cleo" in unit.team.annotators()
        raise ZeroDivisionError
    assert "cleo" not in store.annotators()


def test_reading_inside_of_a_unit_that_writes_sees_what_it_has_written(store: Store) -> None:
    with store.writing() as unit:
        unit.team.newcomer("cleo")
        with store.reading() as inner:
            assert "cleo" in inner.team.annotators()
        assert "cleo" in store.annotators()
    assert "cleo" in store.annotators()


def test_while_another_writes_a_unit_raises_that_the_store_is_busy_and_can_be_tried_again(store: Store) -> None:
    hasty = Store.open(store.path, patience=0)
    busy = pytest.raises(StoreBusyError, match="another program is writing to it; try again")
    with store.writing(), busy, hasty.writing():
        pass
    with hasty.writing() as unit:
        unit.team.newcomer("cleo")


def test_a_fault_of_the_engine_is_one_of_ours_with_a_remedy(store: Store) -> None:
    wrong = pytest.raises(EngineError, match=r"can't read or write the project file \(no such table: nowhere\); check")
    with wrong as raised, store.reading():
        store.connection().execute("SELECT * FROM nowhere")
    assert isinstance(raised.value.__cause__, sqlite3.Error)
