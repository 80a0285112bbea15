"""The accounts file: people, sessions, links, tokens and the audit log of a server, in one small SQLite database."""
