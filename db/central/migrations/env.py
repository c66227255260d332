"""Alembic's entry: runs the versions on the connection that ``db.central.schema`` hands over.

There is no offline mode and no ini file: the schema is made by ``main.py central init`` only.
"""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="store", transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
