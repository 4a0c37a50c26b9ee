# SPDX-License-Identifier: Apache-2.0
"""Breaks that take a volume type its encryption, and give it back."""

import pytest

from sovran.lab.breaks import service_states
from sovran.lab.breaks.encryption_states import EncryptionState, SetEncryption
from sovran.lab.seeds.volume_types import LUKS
from sovran.model.errors import SovranError
from tests.lab.recorder import RecordingApi

TYPES = ("cinder", "/v3/types?is_public=None")
ENCRYPTION = ("cinder", "/v3/types/1/encryption")
LISTED = {TYPES: {"volume_types": [{"name": "luks", "id": "1"}]}}


def test_encryption_is_taken_away_and_given_back() -> None:
    api = RecordingApi({**LISTED, ENCRYPTION: {"encryption_id": "e"}})
    before, after = service_states.resolve(api, SetEncryption(volume_type="luks", encrypts=False))
    assert (before, after) == (EncryptionState(id="1", encrypts=True), EncryptionState(id="1", encrypts=False))
    service_states.put(api, before)
    assert api.sent == []
    service_states.put(api, after)
    assert api.sent == [("DELETE", "/v3/types/1/encryption/e", None)]
    bare = RecordingApi({**LISTED, ENCRYPTION: {}})
    service_states.put(bare, after)
    service_states.put(bare, before)
    assert bare.sent == [("POST", "/v3/types/1/encryption", {"encryption": LUKS})]


def test_a_type_that_is_not_there_is_told() -> None:
    with pytest.raises(SovranError, match="no volume type luks to break"):
        service_states.resolve(
            RecordingApi({TYPES: {"volume_types": []}}), SetEncryption(volume_type="luks", encrypts=False)
        )
