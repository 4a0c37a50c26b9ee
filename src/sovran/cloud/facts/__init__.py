# SPDX-License-Identifier: Apache-2.0
"""Facts: one module per thing that can be read from a cloud, with its typed view and the provider that fetches it."""

from collections.abc import Callable
from typing import Any

from sovran.cloud.facts.catalog import Catalog, read_catalog
from sovran.cloud.facts.default_rules import DefaultRules, read_default_rules
from sovran.cloud.facts.flavors import Flavors, read_flavors
from sovran.cloud.facts.images import HiddenImages, Images, read_hidden_images, read_images
from sovran.cloud.facts.now import Now, read_now
from sovran.cloud.facts.s3 import S3Answer, read_s3_answer
from sovran.cloud.outcome import Outcome
from sovran.cloud.recording import Reader

PROVIDERS: dict[type, Callable[[Reader], Outcome[Any]]] = {
    Catalog: read_catalog,
    DefaultRules: read_default_rules,
    Flavors: read_flavors,
    HiddenImages: read_hidden_images,
    Images: read_images,
    Now: read_now,
    S3Answer: read_s3_answer,
}
"""Fact type to the function that reads it; a rule asks for a fact by naming its type."""
