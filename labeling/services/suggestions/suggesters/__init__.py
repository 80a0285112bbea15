"""Other suggesters: spaCy pipelines, language models, files of predictions, and suggesters from other packages."""
