"""The actions of the control API, one module per subject. A new module is discovered."""
