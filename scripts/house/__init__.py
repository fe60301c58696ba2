"""The developer's house: fetches Odoo, its Python and its database, and runs them.

Started by the files beside this package (``scripts/odoo``, ``scripts/newdb``, ...)
with any Python from 3.10 on; nothing but the standard library is needed.
"""
