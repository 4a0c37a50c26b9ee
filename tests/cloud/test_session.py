# SPDX-License-Identifier: Apache-2.0
"""A session authenticates over a pool as wide as the run, counts its requests, and tells each bad day in a sentence."""

import logging
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sovran import __version__
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.session import (
    AuthenticationNotAllowed,
    AuthenticationRejected,
    Connection,
    CredentialsRefused,
    IdentityUnreachable,
    NotAnIdentityApi,
    connect,
)
from sovran.model.errors import ExitCode, SovranError, UsageError
from tests.cloud.conftest import Clouds
from tests.cloud.identity_stub import PASSWORD, Handler, IdentityStub

Connected = Callable[..., Connection]


def test_access_says_who_and_where(connected: Connected) -> None:
    access = connected().access
    assert (access.username, access.project_name, access.user_domain_name) == ("u", "p", "D")
    assert access.role_names == ["member", "reader"]
    assert access.service_catalog.url_for(service_type="compute") == "http://127.0.0.1:1/v2.1"


def test_connecting_sends_nothing_and_a_password_takes_two_requests(
    connected: Connected, identity: IdentityStub
) -> None:
    connection = connected()
    assert (connection.requests_sent, identity.requests) == (0, [])
    for _ in range(3):
        assert connection.access.project_id == "p1"
    assert connection.requests_sent == 2
    assert [(method, path) for method, path, _, _ in identity.requests] == [("GET", "/v3"), ("POST", "/v3/auth/tokens")]
    connection.session.get(f"{identity.url.removesuffix('/v3')}/ok", authenticated=True)
    assert connection.requests_sent == 3


def test_an_application_credential_takes_one_request(clouds: Clouds, identity: IdentityStub) -> None:
    options = {"application_credential_id": "a", "application_credential_secret": "s"}
    clouds.entry({"auth_type": "v3applicationcredential", "auth": {"auth_url": identity.url, **options}})
    with connect(read_cloud(), concurrency=1, timeout=5) as connection:
        assert connection.access.project_id == "p1"
        assert connection.requests_sent == 1


def test_every_request_says_that_it_is_sovran(connected: Connected, identity: IdentityStub) -> None:
    assert connected().access
    agents = {headers["User-Agent"].split()[0] for _, _, headers, _ in identity.requests}
    assert agents == {f"sovran/{__version__}"}


def test_the_pool_is_as_wide_as_the_run(
    connected: Connected, identity: IdentityStub, caplog: pytest.LogCaptureFixture
) -> None:
    width = 24
    connection = connected(concurrency=width)
    assert connection.access
    before = identity.connections
    url = f"{identity.url.removesuffix('/v3')}/ok"
    with ThreadPoolExecutor(width) as pool:
        answers = list(pool.map(lambda _: connection.session.get(url).status_code, range(width * 8)))
    assert answers == [200] * (width * 8)
    # requests' default of 10 would have thrown connections away and opened new ones
    assert identity.connections - before <= width
    assert not [record for record in caplog.records if "pool is full" in record.getMessage()]


def test_many_hosts_keep_their_connections(connected: Connected, identity: IdentityStub) -> None:
    connection = connected()
    base = identity.url.removesuffix("/v3")
    port = base.rsplit(":", 1)[1]
    hosts = [f"127.0.1.{number}" for number in range(1, 13)]
    adapter: Any = connection.session.session.get_adapter(base)
    pools = [adapter.poolmanager.connection_from_url(f"http://{host}:{port}/") for host in hosts]
    again = [adapter.poolmanager.connection_from_url(f"http://{host}:{port}/") for host in hosts]
    assert [id(pool) for pool in pools] == [id(pool) for pool in again]


def test_the_identity_clock_is_that_of_the_token_answer(connected: Connected, identity: IdentityStub) -> None:
    identity.clock_offset = 100
    connection = connected()
    before = connection.identity_clock
    assert before is None
    assert connection.access
    identity.clock_offset = -5000
    connection.session.get(f"{identity.url.removesuffix('/v3')}/ok")
    clock = connection.identity_clock
    assert clock is not None
    assert 97 < clock.skew < 102


def test_redirects_of_the_token_request_are_followed_and_counted(connected: Connected, identity: IdentityStub) -> None:
    def elsewhere(handler: Handler) -> None:
        handler.send(307, b"", {"Location": f"{identity.url}/auth/tokens2"})

    def token(handler: Handler) -> None:
        handler.reply(201, {"token": identity.token}, {"X-Subject-Token": "t"})

    identity.tokens(elsewhere)
    identity.answers["POST", "/v3/auth/tokens2"] = token
    connection = connected()
    assert connection.access.project_name == "p"
    assert connection.requests_sent == 3


def html(status: int) -> Callable[[Handler], None]:
    return lambda handler: handler.send(status, b"<html><h1>It works!</h1></html>", {"Content-Type": "text/html"})


def fault(status: int, message: str = "no") -> Callable[[Handler], None]:
    return lambda handler: handler.reply(status, {"error": {"code": status, "message": message, "title": "x"}})


def raw(body: bytes, length: int | None = None) -> Callable[[Handler], None]:
    headers = {"Content-Type": "application/json", "X-Subject-Token": "t"}
    return lambda handler: handler.send(201, body, headers, length)


def loop(handler: Handler) -> None:
    handler.send(302, b"", {"Location": handler.identity.url + "/auth/tokens"})


def silent_close(handler: Handler) -> None:
    handler.close_connection = True


BAD_DAYS: dict[str, tuple[Callable[[Handler], None], type[SovranError], str]] = {
    "401": (fault(401), CredentialsRefused, r"refused the credentials of user 'u' \(401\): check .*clouds.yaml"),
    "401 as HTML": (html(401), CredentialsRefused, "refused the credentials"),
    "403": (fault(403, "IP not allowed"), AuthenticationNotAllowed, r"\(403\): IP not allowed; ask who runs the cloud"),
    "400": (fault(400, "Expecting to find domain"), AuthenticationRejected, r"\(400\): Expecting to find domain;"),
    "413": (fault(413), AuthenticationRejected, r"\(413\)"),
    "404": (fault(404), NotAnIdentityApi, r"\(it answers 404\): check auth_url"),
    "404 as HTML": (html(404), NotAnIdentityApi, r"it answers 404 and no JSON"),
    "a web page": (html(200), NotAnIdentityApi, "its answer holds no token"),
    "500": (fault(500), IdentityUnreachable, r"fails \(500\): try again later"),
    "502 of a proxy": (html(502), IdentityUnreachable, r"fails \(502\)"),
    "503": (fault(503), IdentityUnreachable, r"fails \(503\)"),
    "429": (fault(429), IdentityUnreachable, r"asks to slow down \(429\)"),
    "a redirect in a circle": (loop, NotAnIdentityApi, "no token"),
    "truncated JSON": (raw(b'{"token": {"user": '), NotAnIdentityApi, "its answer holds no token"),
    "a body cut short": (raw(b'{"token": {', 4000), IdentityUnreachable, "broke off in the middle of its answer"),
    "an empty body": (raw(b""), NotAnIdentityApi, "its answer holds no token"),
    "a list": (raw(b"[1]"), NotAnIdentityApi, "its answer holds no token"),
    "a token that is a word": (raw(b'{"token": "x"}'), NotAnIdentityApi, "its answer holds no token"),
    "a token without dates": (raw(b'{"token": {"user": {}}}'), NotAnIdentityApi, "its answer holds no token"),
    "a token with a bad date": (
        raw(b'{"token": {"expires_at": "soon", "issued_at": "x"}}'), NotAnIdentityApi, "its answer holds no token",
    ),
    "not UTF-8": (raw(b"\xff\xfe\x00{"), NotAnIdentityApi, "its answer holds no token"),
    "silence": (Handler.hang, IdentityUnreachable, "did not answer in time"),
    "a reset": (Handler.reset, IdentityUnreachable, "reset the connection|closed the connection"),
    "a hangup": (silent_close, IdentityUnreachable, "closed the connection without an answer"),
}  # fmt: skip


@pytest.mark.parametrize("where", ["token request", "both requests"])
@pytest.mark.parametrize(("answer", "kind", "sentence"), BAD_DAYS.values(), ids=BAD_DAYS.keys())
def test_a_bad_day_is_one_sentence(
    connected: Connected,
    identity: IdentityStub,
    answer: Callable[[Handler], None],
    kind: type[SovranError],
    sentence: str,
    where: str,
) -> None:
    if where == "both requests" and kind is CredentialsRefused:
        sentence, kind = "its version document asks for a token: 401", NotAnIdentityApi
    (identity.tokens if where == "token request" else identity.everything)(answer)
    with pytest.raises(SovranError) as caught:
        _ = connected(timeout=0.3).access
    text = str(caught.value)
    assert type(caught.value) is kind
    assert re.search(sentence, text)
    assert "Cloud 'c'" in text
    assert identity.url in text
    assert "\n" not in text
    assert text.endswith(".")
    assert caught.value.code == (ExitCode.FAILED if kind is IdentityUnreachable else ExitCode.USAGE)
    assert PASSWORD not in text


def test_a_dead_host_is_asked_once(connected: Connected, identity: IdentityStub) -> None:
    identity.everything(Handler.hang)
    connection = connected(timeout=0.2)
    with pytest.raises(IdentityUnreachable):
        _ = connection.access
    assert connection.requests_sent == 1


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://keystone.invalid:5000/v3", "host name that does not resolve"),
        ("http://127.0.0.1:1/v3", "refuses connections"),
        ("http://192.0.2.1/v3", "network is unreachable"),
        ("http://192.0.2.1", "network is unreachable"),
    ],
)
def test_an_unreachable_identity(connected: Connected, url: str, sentence: str) -> None:
    with pytest.raises(IdentityUnreachable, match=sentence):
        _ = connected(auth={"auth_url": url}).access


def test_http_where_tls_was_asked_for(connected: Connected, identity: IdentityStub) -> None:
    with pytest.raises(IdentityUnreachable, match="does not speak TLS as it should: check http or https"):
        _ = connected(auth={"auth_url": identity.url.replace("http:", "https:")}).access


def test_a_cacert_that_holds_no_certificate(connected: Connected, clouds: Clouds, identity: IdentityStub) -> None:
    bundle = clouds.write("ca.pem", "nothing")
    url = identity.url.replace("http:", "https:")
    with pytest.raises(UsageError, match=r"cacert .*ca.pem.* holds no certificate"):
        _ = connected(auth={"auth_url": url}, cacert=str(bundle)).access


def test_a_plugin_that_asks_no_identity_service(clouds: Clouds) -> None:
    clouds.entry({"auth_type": "none", "auth": {"endpoint": "http://127.0.0.1:1"}})
    with (
        connect(read_cloud(), concurrency=1, timeout=1) as connection,
        pytest.raises(UsageError, match="asks no identity service"),
    ):
        _ = connection.access


@pytest.mark.parametrize("status", [400, 403])
def test_secrets_that_the_service_quotes_are_taken_out(
    connected: Connected, identity: IdentityStub, status: int
) -> None:
    identity.tokens(fault(status, f"Invalid input {PASSWORD!r} at http://u:{PASSWORD}@127.0.0.1/"))
    with pytest.raises(UsageError, match=r"Invalid input '\*\*\*'") as caught:
        _ = connected().access
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("bad", [False, True])
def test_no_secret_is_logged_or_shown(
    connected: Connected, identity: IdentityStub, caplog: pytest.LogCaptureFixture, bad: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    if bad:
        identity.tokens(fault(401, PASSWORD))
    connection = connected()
    if bad:
        with pytest.raises(CredentialsRefused) as caught:
            _ = connection.access
        assert PASSWORD not in str(caught.value)
    else:
        assert connection.access
        connection.session.get(f"{identity.url.removesuffix('/v3')}/ok")
    shown = caplog.text + repr(connection) + repr(connection.config) + repr(vars(connection.config)["name"])
    assert caplog.records
    assert PASSWORD not in shown
    assert "the-token" not in shown


def test_libraries_print_nothing_beside_the_sentence(clouds: Clouds, identity: IdentityStub) -> None:
    identity.answers["GET", "/v3"] = fault(500)
    identity.tokens(fault(500))
    clouds.entry({"auth": identity.auth, "verify": False})
    program = """
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.session import connect, IdentityUnreachable
try:
    connect(read_cloud(), concurrency=1, timeout=5).access
except IdentityUnreachable as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


def test_no_openstacksdk_and_no_scan_of_entry_points(clouds: Clouds, identity: IdentityStub) -> None:
    clouds.entry({"auth": identity.auth})
    program = """
import sys
from stevedore import DriverManager
def scan(*args, **kwargs): raise SystemExit("scanned")
DriverManager.__init__ = scan
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.session import connect
from sovran.cloud.preflight import preflight
preflight(connect(read_cloud(), concurrency=1, timeout=5), allow_admin=False)
print(sorted(name for name in sys.modules if name.split(".")[0] in ("openstack", "dogpile", "typer", "rich")))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("[]\n", "", 0)
