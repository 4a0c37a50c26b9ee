# SPDX-License-Identifier: Apache-2.0
"""A standard, as data: its documents, its requirements and the official testcases on it."""

import datetime

import msgspec

from sovran.model.claim import Claim


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of a standard's text."""

    id: str
    """E.g. `scs-0103-v1`."""
    status: str
    """Draft, Stable, Deprecated, Rejected, or Supplement."""
    stabilized_at: datetime.date | None = None
    deprecated_at: datetime.date | None = None
    note: str = ""


class Standard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one standard demands and how the official suite tests it."""

    id: str
    """E.g. `scs-0103`."""
    title: str
    body: str
    """Who publishes it, e.g. `scs`."""
    documents: tuple[Document, ...]
    requirements: tuple[Claim, ...]
    testcases: tuple[Claim, ...]
    url: str = ""
