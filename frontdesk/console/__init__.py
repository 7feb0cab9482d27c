"""The staff console: where the clinic's people read conversations, take them over, and answer in person.

Server-rendered pages that work without JavaScript; htmx and server-sent events only keep them up to date.
"""
