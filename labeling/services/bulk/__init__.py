"""Work on millions of articles in shards, outside a project: on one machine or on a cluster."""
