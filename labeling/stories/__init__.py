"""Stories: articles on one event, other versions of an utterance, and the claims of an event's date."""
