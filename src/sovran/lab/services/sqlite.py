# SPDX-License-Identifier: Apache-2.0
"""Parallel writers on SQLite without "database is locked"."""

import types
from typing import Any


def begin_writers_immediately() -> None:
    """Make every writer transaction of oslo.db take SQLite's write lock at its BEGIN.

    oslo.db opens SQLite transactions with a deferred BEGIN. One that reads first and writes later fails at once,
    without waiting, when another connection wrote in between: its snapshot is stale. With BEGIN IMMEDIATE it waits for
    its turn (the `timeout` of the connection URL) instead. Readers stay deferred: they may be nested inside a writer.
    """
    from oslo_db.sqlalchemy import enginefacade
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    factory = enginefacade._TransactionFactory
    create_session = factory._create_session

    def create(self: Any, mode: Any, bind: Any = None) -> Any:
        if bind is None and mode is enginefacade._WRITER:
            if not self._started:
                self._start()
            bind = self._writer_engine.execution_options(lab_writer=True)
        return create_session(self, mode, bind)

    factory._create_session = create

    @event.listens_for(Engine, "before_cursor_execute", retval=True)
    def begin(conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> tuple[str, Any]:
        if statement == "BEGIN" and conn.get_execution_options().get("lab_writer"):
            statement = "BEGIN IMMEDIATE"
        return statement, parameters


def begin_all_immediately() -> None:
    """Make every transaction of this process take SQLite's write lock at its BEGIN.

    For a service whose sessions do not say whether they are going to write; its readers wait for each other then.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "before_cursor_execute", retval=True)
    def begin(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> tuple[str, Any]:
        return "BEGIN IMMEDIATE" if statement == "BEGIN" else statement, parameters


def keep_connections() -> None:
    """Let the engines of this process keep their connections to files, instead of opening one per transaction.

    Each new connection reads the whole schema (2 ms for Neutron's), which OVN's driver, with hundreds of transactions
    for one router, makes felt.
    """
    from oslo_db.sqlalchemy import engines
    from sqlalchemy import pool

    create_engine = engines.sqlalchemy.create_engine

    def create(url: Any, **arguments: Any) -> Any:
        if arguments.get("poolclass") is pool.NullPool:
            connect = {**arguments.get("connect_args", {}), "check_same_thread": False}
            arguments |= {"poolclass": pool.QueuePool, "max_overflow": -1, "connect_args": connect}
        return create_engine(url, **arguments)

    engines.sqlalchemy = types.SimpleNamespace(**{**vars(engines.sqlalchemy), "create_engine": create})
