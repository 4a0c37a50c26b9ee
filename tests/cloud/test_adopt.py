# SPDX-License-Identifier: Apache-2.0
"""A connection over a session that another program opened: its token serves, and its requests are ours to count."""

from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.session import adopt, connect
from tests.cloud.conftest import Clouds
from tests.cloud.identity_stub import IdentityStub


def test_the_token_that_is_there_is_used(clouds: Clouds, identity: IdentityStub) -> None:
    clouds.entry({"auth": identity.auth})
    config = read_cloud()
    with connect(config, concurrency=1, timeout=5) as theirs:
        assert theirs.access.project_name == "p"
        connection = adopt(theirs.session, config, concurrency=7, timeout=3)
        assert connection.access.project_name == "p"
        assert [path for _, path, _, _ in identity.requests].count("/v3/auth/tokens") == 1
        before = connection.requests_sent
        connection.session.get(f"{identity.url.removesuffix('/v3')}/ok", authenticated=True)
        assert connection.requests_sent == before + 1
        assert (connection.session.timeout, theirs.requests_sent) == (3, 2)
