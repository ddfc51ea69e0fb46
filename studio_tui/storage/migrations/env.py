"""What Alembic runs: the program hands in its open connection, a developer names a database.

A new revision, made by comparing a scratch database with the tables of `schema`:
`alembic -x url=sqlite:////tmp/scratch.db upgrade head`, then the same with
`revision --autogenerate --rev-id 0002 -m "say what changes"`; `HEAD` in `migrating` follows.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from studio_tui.storage import partial_indexes  # noqa: F401 - adds them to the metadata
from studio_tui.storage.engine import make_engine, writing
from studio_tui.storage.schema import metadata


def run(db: Connection) -> None:
    """Bring the database to the wished revision, in the transaction that is open."""
    context.configure(
        connection=db,
        target_metadata=metadata,
        render_as_batch=True,  # SQLite alters a table by copying it
        transactional_ddl=True,  # on SQLite too, since the engine begins its transactions itself
    )
    context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    with writing(make_engine(context.get_x_argument(as_dictionary=True)["url"])) as db:
        run(db)
