"""The admin API: a module for each resource, and a function under `@route` for each route."""
