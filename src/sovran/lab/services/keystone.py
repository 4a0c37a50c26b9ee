# SPDX-License-Identifier: Apache-2.0
"""Keystone: the identity API."""

import os
import sys
import threading
from types import ModuleType
from typing import Any

from sovran.lab.services.place import Place
from sovran.lab.services.sqlite import begin_writers_immediately


def application(place: Place) -> Any:
    """Keystone's WSGI application."""
    _leave_out_saml()
    begin_writers_immediately()
    os.environ["OS_KEYSTONE_CONFIG_FILES"] = str(place.config("keystone", "keystone.conf"))
    from keystone.wsgi.api import application as upstream

    _keep_tokens_apart()

    return upstream


def _keep_tokens_apart() -> None:
    """Let requests that are served at the same time each have its own token.

    Keystone 30 keeps the token that it validates in its middleware, of which there is one for all threads: a request
    may be judged by the scope and roles of another. Clouds run Keystone with one thread per process; the lab has
    threads in one process.
    """
    from keystone.server.flask.request_processing.middleware.auth_context import AuthContextMiddleware

    kept = threading.local()

    def token(_: Any) -> Any:
        return getattr(kept, "token", None)

    def keep(_: Any, value: Any) -> None:
        kept.token = value

    AuthContextMiddleware.token = property(token, keep)


def _leave_out_saml() -> None:
    """Spare the XML schemas that pysaml2 compiles when Keystone imports it: a third of Keystone's start.

    The lab offers no federation; a SAML document would be refused.
    """
    schema = ModuleType("saml2.xml.schema")

    class XMLSchemaError(Exception):
        pass

    def validate(_document: Any, _validator: Any = None) -> None:
        raise XMLSchemaError("the lab does not validate SAML documents")

    vars(schema).update(XMLSchemaError=XMLSchemaError, validate=validate)
    sys.modules["saml2.xml.schema"] = schema
