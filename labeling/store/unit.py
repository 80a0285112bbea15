"""A unit of work on the project file: its nouns, bound to one connection in one transaction."""

from __future__ import annotations

import sqlite3
from functools import cached_property

from labeling.schema import Schema
from labeling.store.activity import Activity
from labeling.store.agreement_counts import AgreementCounts
from labeling.store.annotations import Annotations
from labeling.store.articles import Articles
from labeling.store.assignments import Assignments
from labeling.store.audit_log import AuditLog
from labeling.store.counted_facts import CountedFacts
from labeling.store.decisions import Decisions
from labeling.store.hidden_gold import HiddenGold
from labeling.store.imports import Imports
from labeling.store.jobs import JobLog
from labeling.store.label_sets import LabelSets
from labeling.store.made_work import MadeWorks
from labeling.store.op_log import OpCache, OpLog
from labeling.store.predictions import Predictions
from labeling.store.proof import Proof
from labeling.store.queue import Queue
from labeling.store.registries import Registries
from labeling.store.registry_log import RegistryLog
from labeling.store.removals import Removals
from labeling.store.returns import Returns
from labeling.store.search import Search
from labeling.store.split_placements import SplitPlacements
from labeling.store.stories import Stories
from labeling.store.suggestions import ProjectSuggestions
from labeling.store.team import Team


class UnitOfWork:
    """A unit of work: queries and, if it writes, changes of a project; see `contract.Project`."""

    def __init__(self, connection: sqlite3.Connection, known: dict[int, Schema], cache: OpCache) -> None:
        self._connection = connection
        self._known = known
        self._cache = cache

    @cached_property
    def articles(self) -> Articles:
        return Articles(self._connection)

    @cached_property
    def annotations(self) -> Annotations:
        return Annotations(self._connection)

    @cached_property
    def ops(self) -> OpLog:
        return OpLog(self._connection, self.label_sets, self.registries, self._cache)

    @cached_property
    def made_work(self) -> MadeWorks:
        return MadeWorks(self._connection, self.label_sets, self.registries, self.ops)

    @cached_property
    def imports(self) -> Imports:
        return Imports(self._connection)

    @cached_property
    def queue(self) -> Queue:
        return Queue(self._connection, self.label_sets)

    @cached_property
    def search(self) -> Search:
        return Search(self._connection)

    @cached_property
    def activity(self) -> Activity:
        return Activity(self._connection)

    @cached_property
    def returns(self) -> Returns:
        return Returns(self._connection)

    @cached_property
    def audit(self) -> AuditLog:
        return AuditLog(self._connection)

    @cached_property
    def removals(self) -> Removals:
        return Removals(self._connection)

    @cached_property
    def registries(self) -> Registries:
        return Registries(self._connection)

    @cached_property
    def registry_log(self) -> RegistryLog:
        return RegistryLog(self._connection, self.registries)

    @cached_property
    def label_sets(self) -> LabelSets:
        return LabelSets(self._connection, self._known)

    @cached_property
    def team(self) -> Team:
        return Team(self._connection)

    @cached_property
    def assignments(self) -> Assignments:
        return Assignments(self._connection)

    @cached_property
    def hidden_gold(self) -> HiddenGold:
        return HiddenGold(self._connection)

    @cached_property
    def decisions(self) -> Decisions:
        return Decisions(self._connection)

    @cached_property
    def predictions(self) -> Predictions:
        return Predictions(self._connection)

    @cached_property
    def suggestions(self) -> ProjectSuggestions:
        return ProjectSuggestions(self._connection)

    @cached_property
    def splits(self) -> SplitPlacements:
        return SplitPlacements(self._connection)

    @cached_property
    def stories(self) -> Stories:
        return Stories(self._connection)

    @cached_property
    def jobs(self) -> JobLog:
        return JobLog(self._connection)

    @cached_property
    def agreement(self) -> AgreementCounts:
        return AgreementCounts(self._connection)

    @cached_property
    def facts(self) -> CountedFacts:
        return CountedFacts(self._connection)

    @cached_property
    def proof(self) -> Proof:
        return Proof(self._connection)
