"""The resources of the REST API, one module each. A new module is discovered."""
