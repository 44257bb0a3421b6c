"""The peers: the same job, written as in the tutorials of other frameworks."""
