"""Accounts: the rules for passwords, wrong attempts, lifetimes and the scopes of tokens, without input or output."""
