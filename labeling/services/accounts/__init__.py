"""Accounts: inviting people, signing in and out, passwords, tokens for scripts, and who may manage whom."""

from labeling.services.accounts.administration import Administration, require_accounts
from labeling.services.accounts.provider_sign_in import ProviderSignIn
from labeling.services.accounts.sign_in import SignIn

__all__ = ["Administration", "ProviderSignIn", "SignIn", "require_accounts"]
