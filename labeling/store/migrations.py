"""The project file's tables, as migrations: appended, never edited.

`op` is append-only and the truth; `span`, `fragment`, `attribute` and `relation` hold the state that its replay ends in,
as ordinary rows for SQL, pandas and Datasette. All offsets are half-open Unicode code points of `article.text`,
which is what SQLite's `substr` counts too. Each migration ends by counting `user_version` up, which is how a file gives
its version without this module, whose library takes half a second to load.
"""

from __future__ import annotations

import secrets

from sqlite_utils import Database, Migrations

from labeling.store.state_rows import APPLICATION_ID

migrations = Migrations("saywhen")


@migrations()
def m001_project(db: Database) -> None:
    """The first version of the file."""
    for statement in (
        f"PRAGMA application_id = {APPLICATION_ID}",
        "PRAGMA user_version = 1",
        """CREATE TABLE project (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE label_set (
            version INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            yaml TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE article (
            position INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            text TEXT NOT NULL,
            title TEXT,
            outlet TEXT,
            url TEXT,
            language TEXT,
            published TEXT,
            published_basis TEXT,
            source TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE annotator (
            name TEXT PRIMARY KEY,
            at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE annotation (
            id INTEGER PRIMARY KEY,
            article TEXT NOT NULL REFERENCES article(id),
            annotator TEXT NOT NULL REFERENCES annotator(name),
            position INTEGER NOT NULL,
            status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'open', 'submitted', 'skipped')),
            revision INTEGER NOT NULL DEFAULT 0,
            published TEXT,
            published_basis TEXT,
            UNIQUE (article, annotator)
        ) STRICT""",
        "CREATE UNIQUE INDEX annotation_queue ON annotation(annotator, position)",
        "CREATE INDEX annotation_todo ON annotation(annotator, position) WHERE status IN ('new', 'open')",
        "CREATE INDEX annotation_status ON annotation(annotator, status)",
        """CREATE TABLE op (
            annotation INTEGER NOT NULL REFERENCES annotation(id),
            revision INTEGER NOT NULL,
            client TEXT NOT NULL,
            number INTEGER NOT NULL,
            body TEXT NOT NULL,
            refused TEXT,
            at TEXT NOT NULL,
            PRIMARY KEY (annotation, revision),
            UNIQUE (client, number)
        ) STRICT, WITHOUT ROWID""",
        *(
            f"""CREATE TRIGGER op_no_{verb} BEFORE {verb} ON op
            BEGIN SELECT RAISE(ABORT, 'op is append-only'); END"""
            for verb in ("update", "delete")
        ),
        """CREATE TABLE span (
            annotation INTEGER NOT NULL REFERENCES annotation(id),
            id TEXT NOT NULL,
            label TEXT NOT NULL,
            PRIMARY KEY (annotation, id)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE fragment (
            annotation INTEGER NOT NULL,
            span TEXT NOT NULL,
            start INTEGER NOT NULL,
            end INTEGER NOT NULL CHECK (end > start),
            PRIMARY KEY (annotation, span, start),
            FOREIGN KEY (annotation, span) REFERENCES span(annotation, id) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE attribute (
            annotation INTEGER NOT NULL,
            span TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL CHECK (json_valid(value)),
            PRIMARY KEY (annotation, span, name),
            FOREIGN KEY (annotation, span) REFERENCES span(annotation, id) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE relation (
            annotation INTEGER NOT NULL,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            source TEXT NOT NULL,
            target TEXT NOT NULL,
            PRIMARY KEY (annotation, id),
            FOREIGN KEY (annotation, source) REFERENCES span(annotation, id) DEFERRABLE INITIALLY DEFERRED,
            FOREIGN KEY (annotation, target) REFERENCES span(annotation, id) DEFERRABLE INITIALLY DEFERRED
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX relation_source ON relation(annotation, source)",
        "CREATE INDEX relation_target ON relation(annotation, target)",
        """CREATE TABLE entry (
            registry TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            folded TEXT NOT NULL,
            PRIMARY KEY (registry, id)
        ) STRICT, WITHOUT ROWID""",
        """CREATE VIEW span_text AS
            SELECT annotation.article, annotation.annotator, span.id AS span, span.label,
                min(fragment.start) AS start, max(fragment.end) AS end, count(*) AS fragments,
                group_concat(substr(article.text, fragment.start + 1, fragment.end - fragment.start), ' … ') AS text
            FROM span
            JOIN annotation ON annotation.id = span.annotation
            JOIN article ON article.id = annotation.article
            JOIN fragment ON fragment.annotation = span.annotation AND fragment.span = span.id
            GROUP BY span.annotation, span.id""",
    ):
        db.execute(statement)


@migrations()
def m002_remarks(db: Database) -> None:
    """Waivers of requirements; comments."""
    for statement in (
        "PRAGMA user_version = 2",
        """CREATE TABLE waiver (
            annotation INTEGER NOT NULL,
            span TEXT NOT NULL,
            name TEXT NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (annotation, span, name),
            FOREIGN KEY (annotation, span) REFERENCES span(annotation, id) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE comment (
            annotation INTEGER NOT NULL REFERENCES annotation(id),
            id TEXT NOT NULL,
            span TEXT,
            flag TEXT,
            text TEXT NOT NULL,
            PRIMARY KEY (annotation, id),
            FOREIGN KEY (annotation, span) REFERENCES span(annotation, id) DEFERRABLE INITIALLY DEFERRED
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX comment_span ON comment(annotation, span)",
        "CREATE INDEX comment_flag ON comment(flag, annotation) WHERE flag IS NOT NULL",
    ):
        db.execute(statement)


@migrations()
def m003_skip_reason(db: Database) -> None:
    """Why an article was skipped, where that was said."""
    for statement in (
        "PRAGMA user_version = 3",
        "ALTER TABLE annotation ADD COLUMN skip_reason TEXT",
        """UPDATE annotation SET skip_reason = (
            SELECT nullif(json_extract(body, '$.reason'), '') FROM op
            WHERE op.annotation = annotation.id AND refused IS NULL AND json_extract(body, '$.kind') = 'skip'
            ORDER BY revision DESC LIMIT 1
        ) WHERE status = 'skipped'""",
    ):
        db.execute(statement)


@migrations()
def m004_search(db: Database) -> None:
    """The index of words, empty: the first search fills it (see `search`)."""
    for statement in (
        "PRAGMA user_version = 4",
        """CREATE VIRTUAL TABLE article_search USING fts5(
            title, text, content='', tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co S*'"
        )""",
    ):
        db.execute(statement)


@migrations()
def m005_snapshot(db: Database) -> None:
    """The state of an annotation as one JSON value, beside its rows: for who reads it whole."""
    for statement in (
        "PRAGMA user_version = 5",
        """CREATE TABLE snapshot (
            annotation INTEGER PRIMARY KEY REFERENCES annotation(id),
            state TEXT NOT NULL CHECK (json_valid(state))
        ) STRICT""",
        """INSERT INTO snapshot SELECT id, json_object(
            'status', status,
            'skip_reason', skip_reason,
            'published', CASE WHEN published_basis IS NOT NULL
                THEN json_object('value', published, 'basis', published_basis) END,
            'spans', (SELECT json_group_array(json(one)) FROM (
                SELECT json_patch(
                    json_object('id', span.id, 'label', span.label, 'fragments', json(bounds.all_of), 'attributes', json((
                        SELECT json_group_object(name, json(value)) FROM attribute
                        WHERE attribute.annotation = span.annotation AND attribute.span = span.id
                    ))),
                    (SELECT iif(count(*), json_object('waivers', json(json_group_object(name, reason))), '{}') FROM waiver
                        WHERE waiver.annotation = span.annotation AND waiver.span = span.id)
                ) AS one
                FROM span JOIN (
                    SELECT span, min(start) AS start, max(end) AS end, json_group_array(json_array(start, end)) AS all_of
                    FROM fragment WHERE fragment.annotation = annotation.id GROUP BY span
                ) AS bounds ON bounds.span = span.id
                WHERE span.annotation = annotation.id ORDER BY bounds.start, bounds.end DESC, span.id
            )),
            'relations', (
                SELECT json_group_array(json_object('id', id, 'type', type, 'from', source, 'to', target))
                FROM relation WHERE relation.annotation = annotation.id
            ),
            'comments', (
                SELECT json_group_array(json_object('id', id, 'span', span, 'flag', flag, 'text', text))
                FROM comment WHERE comment.annotation = annotation.id
            )
        ) FROM annotation WHERE status <> 'new' OR revision > 0""",
    ):
        db.execute(statement)


@migrations()
def m006_assignment(db: Database) -> None:
    """The team, who has which article, hidden gold; an article's place in someone's queue, which may be none."""
    for statement in (
        "PRAGMA user_version = 6",
        """CREATE TABLE member (
            name TEXT PRIMARY KEY REFERENCES annotator(name),
            annotates INTEGER NOT NULL,
            reviews INTEGER NOT NULL,
            leads INTEGER NOT NULL,
            by TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE assignment (
            id INTEGER PRIMARY KEY,
            article TEXT NOT NULL REFERENCES article(id),
            annotator TEXT NOT NULL REFERENCES annotator(name),
            verb TEXT NOT NULL CHECK (verb IN ('assign', 'drop')),
            by TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX assignment_pair ON assignment(article, annotator, id)",
        *(
            f"""CREATE TRIGGER assignment_no_{verb} BEFORE {verb} ON assignment
            BEGIN SELECT RAISE(ABORT, 'assignment is append-only'); END"""
            for verb in ("update", "delete")
        ),
        """CREATE TABLE reference (
            article TEXT PRIMARY KEY REFERENCES article(id),
            annotator TEXT NOT NULL REFERENCES annotator(name),
            by TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        "ALTER TABLE annotation ADD COLUMN place INTEGER",
        "UPDATE annotation SET place = position",
        "DROP INDEX annotation_todo",
        "DROP INDEX annotation_status",
        "CREATE INDEX annotation_place ON annotation(annotator, place) WHERE place IS NOT NULL",
        """CREATE INDEX annotation_todo ON annotation(annotator, place)
            WHERE place IS NOT NULL AND status IN ('new', 'open')""",
        "CREATE INDEX annotation_status ON annotation(annotator, status) WHERE place IS NOT NULL",
    ):
        db.execute(statement)


@migrations()
def m007_review(db: Database) -> None:
    """Steps of reviewers; gold is computed from them and from the annotations, and never stored."""
    for statement in (
        "PRAGMA user_version = 7",
        """CREATE TABLE review (
            revision INTEGER PRIMARY KEY,
            reviewer TEXT NOT NULL REFERENCES annotator(name),
            article TEXT REFERENCES article(id),
            client TEXT NOT NULL,
            number INTEGER NOT NULL,
            body TEXT NOT NULL CHECK (json_valid(body)),
            at TEXT NOT NULL,
            UNIQUE (client, number)
        ) STRICT""",
        "CREATE INDEX review_article ON review(article, revision)",
        *(
            f"""CREATE TRIGGER review_no_{verb} BEFORE {verb} ON review
            BEGIN SELECT RAISE(ABORT, 'review is append-only'); END"""
            for verb in ("update", "delete")
        ),
    ):
        db.execute(statement)


@migrations()
def m008_agreement(db: Database) -> None:
    """Cached contributions of articles to agreement figures (see `services.agreement_cache`); safe to delete."""
    for statement in (
        "PRAGMA user_version = 8",
        """CREATE TABLE agreement (
            article TEXT NOT NULL REFERENCES article(id),
            selection TEXT NOT NULL CHECK (selection IN ('submitted', 'all')),
            part TEXT NOT NULL CHECK (part IN ('pair', 'together', 'shuffled')),
            one TEXT NOT NULL,
            two TEXT NOT NULL,
            stamp TEXT NOT NULL,
            keys BLOB NOT NULL,
            amounts BLOB NOT NULL,
            PRIMARY KEY (article, selection, part, one, two)
        ) STRICT""",
        """CREATE TABLE agreement_key (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE
        ) STRICT""",
    ):
        db.execute(statement)


@migrations()
def m009_ready(db: Database) -> None:
    """Cached parts of articles' lines, one per submitted annotation (see `export_cache`); safe to delete."""
    for statement in (
        "PRAGMA user_version = 9",
        """CREATE TABLE ready (
            annotation INTEGER PRIMARY KEY REFERENCES annotation(id) ON DELETE CASCADE,
            revision INTEGER NOT NULL,
            stamp TEXT NOT NULL,
            part BLOB NOT NULL,
            used BLOB NOT NULL
        ) STRICT""",
    ):
        db.execute(statement)


@migrations()
def m010_splits(db: Database) -> None:
    """The split of each placed article; cached signatures of texts (see `services.splits`), which are safe to delete."""
    for statement in (
        "PRAGMA user_version = 10",
        """CREATE TABLE splitting (
            name TEXT PRIMARY KEY,
            recipe TEXT NOT NULL CHECK (json_valid(recipe)),
            by TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE placement (
            id INTEGER PRIMARY KEY,
            splitting TEXT NOT NULL REFERENCES splitting(name),
            article TEXT NOT NULL REFERENCES article(id),
            split TEXT,
            by TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX placement_article ON placement(splitting, article, id)",
        *(
            f"""CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
            for table in ("splitting", "placement")
            for verb in ("update", "delete")
        ),
        """CREATE TRIGGER placement_stays BEFORE INSERT ON placement
        WHEN EXISTS (SELECT 1 FROM placement AS earlier WHERE earlier.splitting = NEW.splitting
            AND earlier.article = NEW.article AND (earlier.split IS NULL OR earlier.split <> NEW.split))
        BEGIN SELECT RAISE(ABORT, 'an article that was placed never moves'); END""",
        """CREATE TABLE signature (
            article TEXT PRIMARY KEY REFERENCES article(id),
            version INTEGER NOT NULL,
            value BLOB NOT NULL
        ) STRICT""",
    ):
        db.execute(statement)


@migrations()
def m011_views(db: Database) -> None:
    """Views for analysis with SQL and Datasette, by annotator and with names instead of ids.

    They know the keys of the label sets that come with SayWhen; work under others is in `span_text`, `attribute`, `relation`.
    """
    by, within, cued = ("said_by", "source_of"), ("claimed_in",), ("cued_by", "cue_of")

    def value(name: str, of: str, path: str = "$") -> str:
        return f"""(SELECT json_extract(value, '{path}') FROM attribute
            WHERE attribute.annotation = {of}.annotation AND attribute.span = {of}.id AND attribute.name = '{name}')"""

    def entry(name: str, registry: str, of: str) -> str:
        return f"(SELECT entry.name FROM entry WHERE registry = '{registry}' AND entry.id = {value(name, of)})"

    def words(of: str) -> str:
        return f"""(SELECT group_concat(part, ' … ') FROM (
            SELECT substr(article.text, start + 1, end - start) AS part FROM fragment
            WHERE fragment.annotation = {of}.annotation AND fragment.span = {of}.id ORDER BY start))"""

    def linked(told: str, types: tuple[str, ...], of: str, far: str, between: str) -> str:
        kinds = ", ".join(f"'{each}'" for each in types)
        return f"""(SELECT group_concat(told, '{between}') FROM (
            SELECT {told} AS told FROM relation JOIN span AS {far}
                ON {far}.annotation = relation.annotation AND {far}.id = relation.target
            WHERE relation.annotation = {of}.annotation AND relation.source = {of}.id AND relation.type IN ({kinds})))"""

    def speaker(of: str) -> str:
        return f"coalesce({entry('who', 'source', of)}, {words(of)})"

    about = f"""annotation.annotator, annotation.status, article.id AS article, article.title, article.outlet,
        CASE WHEN annotation.published_basis IS NULL THEN article.published ELSE annotation.published END AS published,
        span.id AS span,
        (SELECT min(start) FROM fragment WHERE fragment.annotation = span.annotation AND fragment.span = span.id) AS start,
        (SELECT max(end) FROM fragment WHERE fragment.annotation = span.annotation AND fragment.span = span.id) AS end,
        {words("span")} AS text"""
    spans = (
        "FROM span JOIN annotation ON annotation.id = span.annotation JOIN article ON article.id = annotation.article"
    )
    for statement in (
        "PRAGMA user_version = 11",
        f"""CREATE VIEW quotes AS SELECT {about},
            {linked(speaker("speaker"), by, "span", "speaker", " and ")} AS speakers,
            {linked(words("cue"), cued, "span", "cue", " … ")} AS cues,
            {entry("utterance", "utterance", "span")} AS utterance
        {spans} WHERE span.label IN ('quote', 'content')""",
        f"""CREATE VIEW speakers AS SELECT {about}, {speaker("span")} AS speaker,
            {value("who", "span")} IS NOT NULL AS registered, coalesce({value("anonymous", "span")}, 0) AS unnamed,
            (SELECT count(*) FROM relation WHERE relation.annotation = span.annotation AND relation.target = span.id
                AND relation.type IN ('said_by', 'source_of')) AS quotes
        {spans} WHERE span.label IN ('speaker', 'source')""",
        f"""CREATE VIEW claimed_dates AS SELECT {about}, {value("value", "span", "$.edtf")} AS value,
            {value("value", "span", "$.timex3")} AS timex3, {value("value", "span", "$.mod")} AS mod,
            {entry("event", "event", "span")} AS event, {value("modality", "span")} AS modality,
            {linked(linked(speaker("speaker"), by, "quote", "speaker", " and "), within, "span", "quote", " and ")} AS claimed_by,
            {linked(words("quote"), within, "span", "quote", " … ")} AS quote
        {spans} WHERE span.label = 'claimed_date' AND {value("mention", "span")} IS NULL""",
        """CREATE VIEW event_dates AS SELECT annotator, event, value, claimed_by, count(*) AS claims,
            count(DISTINCT article) AS articles, group_concat(DISTINCT outlet) AS outlets
        FROM claimed_dates WHERE event IS NOT NULL GROUP BY annotator, event, value, claimed_by""",
        """CREATE VIEW progress AS SELECT annotator, count(*) AS articles, sum(status = 'new') AS new,
            sum(status = 'open') AS open, sum(status = 'submitted') AS submitted, sum(status = 'skipped') AS skipped
        FROM annotation WHERE place IS NOT NULL GROUP BY annotator""",
    ):
        db.execute(statement)


@migrations()
def m012_pseudonyms(db: Database) -> None:
    """The key under which annotators get other names in datasets; no one sees it but who has the project file."""
    db.execute("PRAGMA user_version = 12")
    db.execute("INSERT INTO project VALUES ('pseudonyms', ?)", (secrets.token_hex(32),))


@migrations()
def m013_invisible_characters(db: Database) -> None:
    """The index of words is emptied, and the next search fills it: words in it have no soft hyphens any more."""
    db.execute("PRAGMA user_version = 13")
    db.execute("INSERT INTO article_search (article_search) VALUES ('delete-all')")


@migrations()
def m014_predictions(db: Database) -> None:
    """What was predicted before each decision, and which option the decision came to."""
    for statement in (
        "PRAGMA user_version = 14",
        """CREATE TABLE prediction (
            id INTEGER PRIMARY KEY,
            article TEXT NOT NULL REFERENCES article(id),
            disagreement TEXT NOT NULL,
            suggested TEXT,
            lesson TEXT NOT NULL CHECK (json_valid(lesson)),
            at TEXT NOT NULL,
            UNIQUE (article, disagreement)
        ) STRICT""",
        """CREATE TABLE outcome (
            revision INTEGER PRIMARY KEY REFERENCES review(revision),
            prediction INTEGER NOT NULL REFERENCES prediction(id),
            met INTEGER
        ) STRICT""",
        "CREATE INDEX outcome_prediction ON outcome(prediction)",
        *(
            f"""CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
            for table in ("prediction", "outcome")
            for verb in ("update", "delete")
        ),
        """CREATE TRIGGER prediction_first BEFORE INSERT ON prediction
        WHEN EXISTS (SELECT 1 FROM review WHERE article = NEW.article AND json_extract(body, '$.kind') = 'decide'
            AND json_extract(body, '$.disagreement') = NEW.disagreement)
        BEGIN SELECT RAISE(ABORT, 'a prediction is made before its decision'); END""",
    ):
        db.execute(statement)


@migrations()
def m015_imports(db: Database) -> None:
    """What each import brought, so that it can be undone as a whole; only then do the logs let go of what it brought."""
    appended = ("import", "import_article", "import_work", "import_person", "import_undone")
    undoing = "SELECT 1 FROM undoing JOIN {} USING (import)"
    for statement in (
        "PRAGMA user_version = 15",
        """CREATE TABLE import (
            id INTEGER PRIMARY KEY,
            "by" TEXT NOT NULL,
            at TEXT NOT NULL,
            files TEXT NOT NULL CHECK (json_valid(files))
        ) STRICT""",
        """CREATE TABLE import_article (
            import INTEGER NOT NULL REFERENCES import(id),
            article TEXT NOT NULL,
            PRIMARY KEY (import, article)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE import_work (
            import INTEGER NOT NULL REFERENCES import(id),
            article TEXT NOT NULL,
            annotator TEXT NOT NULL,
            client TEXT NOT NULL,
            PRIMARY KEY (import, article, annotator)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX import_work_article ON import_work(article, annotator)",
        """CREATE TABLE import_person (
            import INTEGER NOT NULL REFERENCES import(id),
            name TEXT NOT NULL,
            PRIMARY KEY (import, name)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE import_undone (
            import INTEGER PRIMARY KEY REFERENCES import(id),
            "by" TEXT NOT NULL,
            at TEXT NOT NULL,
            entries TEXT NOT NULL CHECK (json_valid(entries))
        ) STRICT""",
        "CREATE TABLE undoing (import INTEGER PRIMARY KEY REFERENCES import(id)) STRICT",
        *(
            f"""CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
            for table in appended
            for verb in ("update", "delete")
        ),
        "DROP TRIGGER op_no_delete",
        f"""CREATE TRIGGER op_no_delete BEFORE delete ON op WHEN NOT EXISTS (
            {undoing.format("import_work")} JOIN annotation ON annotation.id = OLD.annotation
                AND annotation.article = import_work.article AND annotation.annotator = import_work.annotator
            WHERE OLD.client = import_work.client OR OLD.client GLOB 'label-set-*')
        BEGIN SELECT RAISE(ABORT, 'op is append-only'); END""",
        "DROP TRIGGER assignment_no_delete",
        f"""CREATE TRIGGER assignment_no_delete BEFORE delete ON assignment WHEN NOT EXISTS (
            {undoing.format("import_article")} WHERE import_article.article = OLD.article)
        BEGIN SELECT RAISE(ABORT, 'assignment is append-only'); END""",
    ):
        db.execute(statement)


@migrations()
def m016_facts(db: Database) -> None:
    """Cached facts that statistics count, one row per annotator's work on an article or its gold; safe to delete."""
    for statement in (
        "PRAGMA user_version = 16",
        """CREATE TABLE fact (
            article TEXT NOT NULL,
            annotator TEXT NOT NULL,
            stamp TEXT NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (article, annotator)
        ) STRICT""",
    ):
        db.execute(statement)


@migrations()
def m017_judgments(db: Database) -> None:
    """What became of suggestions, and which spans were made from them."""
    for statement in (
        "PRAGMA user_version = 17",
        """CREATE TABLE judgment (
            annotation INTEGER NOT NULL REFERENCES annotation(id),
            id TEXT NOT NULL,
            suggester TEXT NOT NULL,
            version TEXT NOT NULL,
            verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'corrected', 'rejected')),
            spans TEXT NOT NULL CHECK (json_valid(spans)),
            PRIMARY KEY (annotation, id)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX judgment_suggester ON judgment(suggester, version, verdict)",
    ):
        db.execute(statement)


@migrations()
def m018_suggestions(db: Database) -> None:
    """Suggestions that were computed beforehand, and the rankers that the project has learned."""
    for statement in (
        "PRAGMA user_version = 18",
        """CREATE TABLE suggested (
            article TEXT NOT NULL REFERENCES article(id),
            suggester TEXT NOT NULL,
            version TEXT NOT NULL,
            label_set INTEGER NOT NULL,
            body TEXT NOT NULL CHECK (json_valid(body)),
            at TEXT NOT NULL,
            PRIMARY KEY (article, suggester)
        ) STRICT""",
        """CREATE TABLE ranker (
            version INTEGER PRIMARY KEY AUTOINCREMENT,
            label_set INTEGER NOT NULL,
            used INTEGER NOT NULL CHECK (used IN (0, 1)),
            weights TEXT NOT NULL CHECK (json_valid(weights)),
            report TEXT NOT NULL CHECK (json_valid(report)),
            at TEXT NOT NULL,
            "by" TEXT NOT NULL
        ) STRICT""",
        "CREATE UNIQUE INDEX ranker_used ON ranker(used) WHERE used",
    ):
        db.execute(statement)


@migrations()
def m019_stories(db: Database) -> None:
    """The log of changes of stories."""
    for statement in (
        "PRAGMA user_version = 19",
        """CREATE TABLE story_change (
            revision INTEGER PRIMARY KEY,
            "by" TEXT NOT NULL,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL CHECK (json_valid(body))
        ) STRICT""",
        *(
            f"""CREATE TRIGGER story_change_no_{verb} BEFORE {verb} ON story_change
            BEGIN SELECT RAISE(ABORT, 'story_change is append-only'); END"""
            for verb in ("update", "delete")
        ),
    ):
        db.execute(statement)


@migrations()
def m020_article_change(db: Database) -> None:
    """The changes of articles' titles and publication dates."""
    for statement in (
        "PRAGMA user_version = 20",
        """CREATE TABLE article_change (
            id INTEGER PRIMARY KEY,
            article TEXT NOT NULL,
            title TEXT,
            published TEXT,
            published_basis TEXT,
            "by" TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        *(
            f"""CREATE TRIGGER article_change_no_{verb} BEFORE {verb} ON article_change
            BEGIN SELECT RAISE(ABORT, 'article_change is append-only'); END"""
            for verb in ("update", "delete")
        ),
    ):
        db.execute(statement)


@migrations()
def m021_entry_use(db: Database) -> None:
    """The registry entries that submitted work uses: what others' unsubmitted work alone uses is not offered to annotators."""
    used = """SELECT DISTINCT entry.id, attribute.annotation FROM attribute
        JOIN json_each(attribute.value) AS each ON each.type = 'text' JOIN entry ON entry.id = each.value
        WHERE json_type(attribute.value) IN ('text', 'array')"""
    for statement in (
        "PRAGMA user_version = 21",
        "CREATE INDEX entry_id ON entry(id)",
        """CREATE TABLE entry_use (
            entry TEXT NOT NULL,
            annotation INTEGER NOT NULL REFERENCES annotation(id) ON DELETE CASCADE,
            PRIMARY KEY (entry, annotation)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX entry_use_annotation ON entry_use(annotation)",
        f"""INSERT INTO entry_use {used}
            AND attribute.annotation IN (SELECT id FROM annotation WHERE status = 'submitted')""",
        f"""CREATE TRIGGER entry_use_submitted AFTER UPDATE OF status ON annotation
        WHEN NEW.status = 'submitted' AND OLD.status <> 'submitted'
        BEGIN INSERT OR IGNORE INTO entry_use {used} AND attribute.annotation = NEW.id; END""",
        """CREATE TRIGGER entry_use_reopened AFTER UPDATE OF status ON annotation
        WHEN OLD.status = 'submitted' AND NEW.status <> 'submitted'
        BEGIN DELETE FROM entry_use WHERE annotation = NEW.id; END""",
    ):
        db.execute(statement)


@migrations()
def m022_returns(db: Database) -> None:
    """Articles given back to their annotators, each with a note."""
    for statement in (
        "PRAGMA user_version = 22",
        """CREATE TABLE returned (
            id INTEGER PRIMARY KEY,
            article TEXT NOT NULL REFERENCES article(id),
            annotator TEXT NOT NULL REFERENCES annotator(name),
            note TEXT NOT NULL,
            "by" TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX returned_annotator ON returned(annotator, article)",
        *(
            f"""CREATE TRIGGER returned_no_{verb} BEFORE {verb} ON returned
            BEGIN SELECT RAISE(ABORT, 'returned is append-only'); END"""
            for verb in ("update", "delete")
        ),
    ):
        db.execute(statement)


@migrations()
def m023_started_work(db: Database) -> None:
    """Only work that was started or assigned, has a row: a new annotator takes one row, not one for each article."""
    shared = "NOT EXISTS (SELECT 1 FROM project WHERE key = 'assignment')"
    for statement in (
        "PRAGMA user_version = 23",
        f"""DELETE FROM annotation WHERE revision = 0 AND status = 'new' AND (place IS NULL OR {shared})
            AND NOT EXISTS (SELECT 1 FROM op WHERE op.annotation = annotation.id)
            AND NOT EXISTS (SELECT 1 FROM span WHERE span.annotation = annotation.id)""",
        # Counts of the rows at every 1,000 positions: so the next article is found without reading each row before it.
        """CREATE TABLE started (
            annotator TEXT NOT NULL,
            block INTEGER NOT NULL,
            rows INTEGER NOT NULL,
            PRIMARY KEY (annotator, block)
        ) STRICT, WITHOUT ROWID""",
        "INSERT INTO started SELECT annotator, position / 1000, count(*) FROM annotation GROUP BY 1, 2",
        """CREATE TRIGGER started_more AFTER INSERT ON annotation
        BEGIN INSERT INTO started VALUES (NEW.annotator, NEW.position / 1000, 1)
            ON CONFLICT (annotator, block) DO UPDATE SET rows = rows + 1; END""",
        """CREATE TRIGGER started_less AFTER DELETE ON annotation
        BEGIN UPDATE started SET rows = rows - 1 WHERE annotator = OLD.annotator AND block = OLD.position / 1000;
            DELETE FROM started WHERE annotator = OLD.annotator AND block = OLD.position / 1000 AND rows = 0; END""",
        "DROP VIEW progress",
        f"""CREATE VIEW progress AS SELECT annotator, articles,
            articles - open - submitted - skipped AS new, open, submitted, skipped
        FROM (SELECT name AS annotator,
            CASE WHEN {shared} THEN (SELECT count(*) FROM article) ELSE count(annotation.id) END AS articles,
            count(*) FILTER (WHERE status = 'open') AS open, count(*) FILTER (WHERE status = 'submitted') AS submitted,
            count(*) FILTER (WHERE status = 'skipped') AS skipped
            FROM annotator LEFT JOIN annotation ON annotation.annotator = name AND place IS NOT NULL GROUP BY name)
        WHERE articles > 0""",
    ):
        db.execute(statement)


@migrations()
def m024_removals(db: Database) -> None:
    """Tombstones of what was removed for good, and the audit log. While `removing` has a row, the logs let go; it lasts for one transaction."""
    logs = db.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND (name GLOB '*_no_update' OR name GLOB '*_no_delete')"
    ).fetchall()
    allowed = "NOT EXISTS (SELECT 1 FROM removing)"
    for statement in (
        "PRAGMA user_version = 24",
        """CREATE TABLE removal (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('article', 'person', 'entry')),
            subject TEXT NOT NULL,
            reason TEXT NOT NULL,
            "by" TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX removal_subject ON removal(kind, subject)",
        """CREATE TABLE removal_lifted (
            removal INTEGER PRIMARY KEY REFERENCES removal(id),
            "by" TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE entry_kept (
            registry TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (registry, id)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            "by" TEXT NOT NULL,
            address TEXT NOT NULL,
            event TEXT NOT NULL,
            about TEXT NOT NULL,
            detail TEXT NOT NULL CHECK (json_valid(detail))
        ) STRICT""",
        "CREATE TABLE removing (removal INTEGER PRIMARY KEY REFERENCES removal(id)) STRICT",
        *(
            f"""CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} WHEN {allowed if verb == "update" else "1"}
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
            for table in ("removal", "removal_lifted", "audit")
            for verb in ("update", "delete")
        ),
        # What a file from before held may still be in its unused space: the first removal rewrites it.
        "INSERT INTO project SELECT 'unswept', 'true' WHERE EXISTS (SELECT 1 FROM label_set)",
    ):
        db.execute(statement)
    for name, sql in logs:
        head, body = sql.split("BEGIN SELECT RAISE", 1)
        guard = head.replace(" WHEN ", f" WHEN {allowed} AND ", 1) if " WHEN " in head else f"{head} WHEN {allowed} "
        db.execute(f"DROP TRIGGER {name}")
        db.execute(f"{guard}BEGIN SELECT RAISE{body}")


@migrations()
def m025_jobs(db: Database) -> None:
    """The jobs: tasks that take long, with who started them and what they did."""
    for statement in (
        "PRAGMA user_version = 25",
        """CREATE TABLE job (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            title TEXT NOT NULL,
            "by" TEXT NOT NULL,
            at TEXT NOT NULL,
            ended TEXT,
            state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'stopped', 'interrupted')),
            report TEXT NOT NULL CHECK (json_valid(report))
        ) STRICT""",
    ):
        db.execute(statement)


@migrations()
def m026_registry_changes(db: Database) -> None:
    """The log of changes of registries, and what it makes of the entries.

    `registered` is the name that an entry's first op gives it, `merged` the id of the entry that it became ("" for none that
    counts), `folded` its names by line, as a search sees them. Ops of the project itself, by which merging changes work, go with
    an import that is undone.
    """
    undoing = "SELECT 1 FROM undoing JOIN import_work USING (import)"
    for statement in (
        "PRAGMA user_version = 26",
        """CREATE TABLE registry_change (
            revision INTEGER PRIMARY KEY,
            "by" TEXT NOT NULL,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL CHECK (json_valid(body))
        ) STRICT""",
        *(
            f"""CREATE TRIGGER registry_change_no_{verb} BEFORE {verb} ON registry_change WHEN NOT EXISTS (SELECT 1 FROM removing)
            BEGIN SELECT RAISE(ABORT, 'registry_change is append-only'); END"""
            for verb in ("update", "delete")
        ),
        "ALTER TABLE entry ADD COLUMN registered TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE entry ADD COLUMN aliases TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(aliases))",
        "ALTER TABLE entry ADD COLUMN wikidata TEXT",
        "ALTER TABLE entry ADD COLUMN merged TEXT",
        "ALTER TABLE entry ADD COLUMN listed INTEGER NOT NULL DEFAULT 0",
        "UPDATE entry SET registered = name",
        "CREATE INDEX entry_merged ON entry(id) WHERE merged IS NOT NULL",
        """CREATE INDEX attribute_entry ON attribute(value) WHERE value >= '"' AND value < '#'""",
        """CREATE INDEX attribute_entries ON attribute(annotation, span, name) WHERE value >= '[' AND value < '\\'""",
        "DROP TRIGGER op_no_delete",
        f"""CREATE TRIGGER op_no_delete BEFORE delete ON op WHEN NOT EXISTS (SELECT 1 FROM removing) AND NOT EXISTS (
            {undoing} JOIN annotation ON annotation.id = OLD.annotation
                AND annotation.article = import_work.article AND annotation.annotator = import_work.annotator
            WHERE OLD.client = import_work.client OR OLD.client GLOB 'label-set-*' OR OLD.client GLOB 'registry-*')
        BEGIN SELECT RAISE(ABORT, 'op is append-only'); END""",
    ):
        db.execute(statement)


@migrations()
def m027_withholding(db: Database) -> None:
    """From which share of the articles suggestions are withheld, and the key of the draw."""
    for statement in (
        "PRAGMA user_version = 27",
        """CREATE TABLE withholding (
            id INTEGER PRIMARY KEY,
            share REAL NOT NULL CHECK (share BETWEEN 0 AND 1),
            "by" TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        *(
            f"""CREATE TRIGGER withholding_no_{verb} BEFORE {verb} ON withholding WHEN NOT EXISTS (SELECT 1 FROM removing)
            BEGIN SELECT RAISE(ABORT, 'withholding is append-only'); END"""
            for verb in ("update", "delete")
        ),
    ):
        db.execute(statement)
    db.execute("INSERT OR IGNORE INTO project VALUES ('withholding', ?)", [secrets.token_hex(16)])
