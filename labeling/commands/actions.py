"""The action (see `permissions`) of each command. A group of commands checks that people at the command line may do it."""

from __future__ import annotations

import click

from labeling.permissions import Action, Person, Role

#: The action of each command, by its words. One that does several is named after the one that fewest may do.
ACTIONS = {
    "new": Action.CREATE_PROJECT,
    "serve": Action.SERVE,
    "import": Action.IMPORT_WORK,
    "fetch": Action.FETCH_ARTICLES,
    "article": Action.DESCRIBE_ARTICLES,
    "agreement": Action.READ_AGREEMENT,
    "check": Action.REPAIR,
    "schema": Action.READ_LABEL_SET,
    "date": Action.READ_DATES,
    "find": Action.READ_OWN_WORK,
    "ops": Action.READ_OWN_WORK,
    "save": Action.CHANGE_OWN_WORK,
    "token": Action.ISSUE_TOKENS,
    "stats": Action.READ_STATISTICS,
    "datasette-metadata": Action.EXPORT,
    "export": Action.EXPORT,
    "hydrate": Action.EXPORT,
    "assign team": Action.SET_ROLES,
    "assign imports": Action.SET_ROLES,
    "assign show": Action.READ_TEAM,
    "assign plan": Action.ASSIGN,
    "assign move": Action.ASSIGN,
    "assign drop": Action.ASSIGN,
    "assign order": Action.ASSIGN,
    "assign gold": Action.HIDE_GOLD,
    "assign quality": Action.SEE_HIDDEN_GOLD,
    "remove article": Action.REMOVE,
    "remove person": Action.REMOVE,
    "remove entry": Action.REMOVE,
    "remove list": Action.REMOVE,
    "remove allow": Action.REMOVE,
    "remove sweep": Action.REPAIR,
    "audit": Action.READ_AUDIT,
    "backup": Action.BACK_UP,
    "restore": Action.RESTORE,
    "label-set show": Action.READ_LABEL_SET,
    "label-set diff": Action.READ_LABEL_SET,
    "label-set migrate": Action.CHANGE_LABEL_SET,
    "review list": Action.REVIEW,
    "review show": Action.REVIEW,
    "review take": Action.RESOLVE,
    "review undo": Action.RESOLVE,
    "review policy": Action.RESOLVE,
    "review patterns": Action.REVIEW,
    "splits": Action.CHANGE_SPLITS,
    "suggest": Action.LEARN_SUGGESTIONS,
    "learn": Action.LEARN_SUGGESTIONS,
    "evaluate": Action.LEARN_SUGGESTIONS,
    "bulk suggest": Action.LEARN_SUGGESTIONS,
    "bulk duplicates": Action.LEARN_SUGGESTIONS,
    "suggestions curve": Action.LEARN_SUGGESTIONS,
    "suggestions report": Action.LEARN_SUGGESTIONS,
    "suggestions plant": Action.ASSIGN,
    "suggestions withhold": Action.ASSIGN,
    "stories propose": Action.CHANGE_STORIES,
    "stories list": Action.READ_STORIES,
    "stories show": Action.READ_STORIES,
    "stories export": Action.EXPORT,
    "stories clusters": Action.EXPORT,
    "stories merge": Action.CHANGE_STORIES,
    "stories split": Action.CHANGE_STORIES,
    "stories name": Action.CHANGE_STORIES,
    "stories undo": Action.CHANGE_STORIES,
    **{f"entries {name}": Action.READ_ENTRIES for name in ("list", "show", "candidates", "history")},
    **{
        f"entries {name}": Action.CHANGE_ENTRIES
        for name in ("rename", "alias", "identify", "merge", "split", "apart", "import", "undo")
    },
    "entries export": Action.EXPORT,
    "accounts add": Action.MANAGE_ACCOUNTS,
    "accounts list": Action.MANAGE_ACCOUNTS,
    "accounts link": Action.MANAGE_ACCOUNTS,
    "accounts remove": Action.MANAGE_ACCOUNTS,
    "accounts deactivate": Action.MANAGE_ACCOUNTS,
    "accounts activate": Action.MANAGE_ACCOUNTS,
    "accounts token": Action.ISSUE_TOKENS,
    "accounts disable": Action.MANAGE_ACCOUNTS,
    "accounts log": Action.MANAGE_ACCOUNTS,
}


class GuardedGroup(click.Group):
    """A group of commands that asks for the action of the one that is run.

    Whoever runs commands can open the project file, whatever their role in the project: `--as` and `--by` say in whose
    name something is done, and prove nothing.
    """

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command to run; raises NotAllowedError if its action isn't allowed."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not isinstance(command, click.Group):
            words = [str(name)]
            while ctx.parent is not None:
                words.insert(0, str(ctx.info_name))
                ctx = ctx.parent
            Person("", frozenset({Role.OPERATOR})).require(ACTIONS[" ".join(words)])
        return name, command, rest
