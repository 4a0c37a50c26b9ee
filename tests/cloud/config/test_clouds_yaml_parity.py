# SPDX-License-Identifier: Apache-2.0
"""Every form of clouds.yaml settles to the same plugin, options, region, interface and TLS as with openstacksdk."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sovran.model.errors import UsageError
from tests.cloud.config.openstacksdk_parity import Form, ours, theirs

URL = "http://127.0.0.1:5000/v3"
AUTH = {"auth_url": URL, "username": "u", "password": "pw", "project_name": "p", "user_domain_name": "D"}
FULL = AUTH | {"project_domain_name": "D"}


def one(entry: dict[str, Any], **more: Any) -> Form:
    """A clouds.yaml in the working directory with the one cloud `c`."""
    files = {"here/clouds.yaml": yaml.safe_dump({"clouds": {"c": entry}}, sort_keys=False)} | more.pop("files", {})
    return Form(files=files, **more)


def auth(auth_type: str, options: dict[str, Any]) -> Form:
    """The one cloud `c` of `auth_type` with `options`."""
    return one({"auth_type": auth_type, "auth": options})


OIDC = {
    "auth_url": URL,
    "identity_provider": "idp",
    "protocol": "openid",
    "client_id": "cid",
    "client_secret": "cs",
    "discovery_endpoint": "http://127.0.0.1/.well-known/openid-configuration",
    "project_id": "p1",
}
APPCRED = {"auth_url": URL, "application_credential_id": "a1", "application_credential_secret": "s1"}
ENV = {"OS_AUTH_URL": URL, "OS_USERNAME": "u", "OS_PASSWORD": "pw", "OS_PROJECT_NAME": "p"}
TWO = yaml.safe_dump({"clouds": {"a": {"auth": FULL}, "b": {"auth": FULL | {"username": "ub"}}}})
PUBLIC = yaml.safe_dump(
    {
        "public-clouds": {
            "acme": {
                "auth": {"auth_url": "http://{region_name}.acme.test/v3", "user_domain_name": "V"},
                "regions": ["r1", {"name": "r2", "values": {"interface": "internal"}}],
                "image_api_version": "2",
            },
            "single": {"auth": {"auth_url": URL}, "region_name": "only"},
        }
    }
)
PEM = {"ca.pem": "x", "client.pem": "x", "client.key": "x"}
NO_URL = {key: value for key, value in FULL.items() if key != "auth_url"}

FORMS: dict[str, Form] = {
    "password": one({"auth": FULL}),
    "password by ids": one({"auth": {"auth_url": URL, "user_id": "u1", "password": "pw", "project_id": "p1"}}),
    "password unscoped": one({"auth": {"auth_url": URL, "username": "u", "password": "pw", "user_domain_id": "d"}}),
    "password with braces": one({"auth": FULL | {"password": "a{b}c{"}}),
    "password of digits": one({"auth": FULL | {"password": 12345}}),
    "password with a default domain": one({"auth": AUTH | {"default_domain_name": "D"}}),
    "v3password": auth("v3password", FULL),
    "system scope": auth("v3password", {k: v for k, v in FULL.items() if "project" not in k} | {"system_scope": "all"}),
    "domain scope": one({"auth": {"auth_url": URL, "username": "u", "password": "pw", "domain_name": "D"}}),
    "domain scope beside auth": one({"domain_id": "d", "auth": {"auth_url": URL, "username": "u", "password": "pw"}}),
    "one domain for user and project": one(
        {"auth": {"auth_url": URL, "username": "u", "password": "pw", "project_name": "p", "domain_name": "D"}}
    ),
    "one domain id for both": one(
        {"auth": {"auth_url": URL, "username": "u", "password": "pw", "project_id": "p", "domain_id": "d"}}
    ),
    "tenant_name": one({"auth": {"auth_url": URL, "username": "u", "password": "pw", "tenant_name": "t"}}),
    "tenant_id beside auth": one({"tenant_id": "t", "auth": {"auth_url": URL, "username": "u", "password": "pw"}}),
    "tenant and project": one({"auth": FULL | {"tenant_name": "t"}}),
    "user_name": one({"auth": {"auth_url": URL, "user_name": "u", "password": "pw", "project_id": "p"}}),
    "dashes": one(
        {
            "auth": {
                "auth-url": URL,
                "username": "u",
                "password": "pw",
                "project-name": "p",
                "user-domain-name": "D",
                "project-domain-id": "d",
            },
            "region-name": "r",
            "identity-api-version": 3,
        }
    ),
    "os_ prefix is nobody's option": one({"auth": FULL, "os_region_name": "r", "os_interface": "internal"}),
    "all beside auth": one({**FULL, "region_name": "r"}),
    "beside auth wins for a project": one({"project_name": "beside", "auth": FULL}),
    "inside auth wins for a user": one({"username": "beside", "auth": FULL}),
    "empty value": one({"auth": FULL | {"project_id": ""}}),
    "token": auth("token", {"auth_url": URL, "token": "t", "project_id": "p"}),
    "auth_token": auth("token", {"auth_url": URL, "auth_token": "t", "project_id": "p"}),
    "v3token": auth("v3token", {"auth_url": URL, "token": "t", "project_id": "p"}),
    "application credential": auth("v3applicationcredential", APPCRED),
    "application credential by name": auth(
        "v3applicationcredential",
        {
            "auth_url": URL,
            "application_credential_name": "a",
            "application_credential_secret": "s",
            "username": "u",
            "user_domain_name": "D",
        },
    ),
    "oidc password": auth("v3oidcpassword", OIDC | {"username": "u", "password": "pw", "openid_scope": "openid x"}),
    "oidc client credentials": auth("v3oidcclientcredentials", OIDC),
    "oidc access token": auth(
        "v3oidcaccesstoken",
        {"auth_url": URL, "identity_provider": "i", "protocol": "o", "access_token": "at", "project_id": "p"},
    ),
    "oidc code": auth("v3oidcauthcode", OIDC | {"authorization_code": "c", "redirect_uri": "http://127.0.0.1/x"}),
    "oidc device": auth("v3oidcdeviceauthz", OIDC),
    "totp": auth("v3totp", {"auth_url": URL, "username": "u", "user_domain_id": "d", "passcode": 123456}),
    "oauth2": auth(
        "v3oauth2clientcredential",
        {"auth_url": URL, "oauth2_endpoint": URL, "oauth2_client_id": "i", "oauth2_client_secret": "s"},
    ),
    "websso": auth("v3websso", {"auth_url": URL, "identity_provider": "i", "protocol": "o", "project_id": "p"}),
    "tokenless": auth("v3tokenlessauth", {"auth_url": URL, "project_id": "p"}),
    "multifactor": one(
        {
            "auth_type": "v3multifactor",
            "auth_methods": ["v3password", "v3totp"],
            "auth": FULL | {"passcode": "123"},
        }
    ),
    "none": auth("none", {"endpoint": "http://127.0.0.1:6385"}),
    "null is none": one({"auth_type": None, "auth": {"endpoint": "http://127.0.0.1:6385"}}),
    "admin token": auth("admin_token", {"endpoint": "http://127.0.0.1:1", "token": "t"}),
    "token_endpoint": auth("token_endpoint", {"url": "http://127.0.0.1:1", "token": "t"}),
    "http basic": auth("http_basic", {"endpoint": "http://127.0.0.1:1", "username": "u", "password": "pw"}),
    "auth_plugin of old": one({"auth_plugin": "v3password", "auth": FULL}),
    "v2password": auth("v2password", {"auth_url": URL, "username": "u", "password": "p", "project_name": "t"}),
    "region": one({"auth": FULL, "region_name": "r"}),
    "regions, the first": one({"auth": FULL, "regions": ["r1", "r2"]}),
    "regions, the second": one({"auth": FULL, "regions": ["r1", "r2"]}, region="r2"),
    "regions of one list": one({"auth": FULL, "region_name": ["r1", "r2"]}),
    "regions by comma": one({"auth": FULL, "region_name": "r1,r2"}, region="r2"),
    "a region with values": one(
        {
            "auth": FULL,
            "regions": [
                {"name": "r1", "values": {"auth": {"auth_url": "http://r1.test/v3"}, "interface": "internal"}},
                {"name": "r2"},
            ],
        },
        region="r1",
    ),
    "no region, one asked for": one({"auth": FULL}, region="r9"),
    "a number for a region": one({"auth": FULL, "region_name": 7}),
    "no regions": one({"auth": FULL, "regions": []}),
    "interface": one({"auth": FULL, "interface": "internal"}),
    "interfaces": one({"auth": FULL, "interface": ["internal", "public"]}),
    "endpoint_type": one({"auth": FULL, "endpoint_type": "internalURL"}),
    "interface, then endpoint_type": one({"auth": FULL, "interface": "admin", "endpoint_type": "internal"}),
    "endpoint-type is nobody's option": one({"auth": FULL, "endpoint-type": "internal"}),
    "per service": one(
        {
            "auth": FULL,
            "region_name": "r",
            "compute_region_name": "rc",
            "image_interface": "admin",
            "volume_endpoint_type": "internal",
            "compute_endpoint_override": "http://127.0.0.1:8774/v2.1",
            "volumev3_endpoint_override": "http://127.0.0.1:8776/v3",
            "network-endpoint-override": "http://127.0.0.1:9696",
            "object_store_endpoint": "http://127.0.0.1:8080",
        }
    ),
    "identity_api_version": one({"auth": FULL, "identity_api_version": 3}),
    "verify false": one({"auth": FULL, "verify": False}),
    "verify null": one({"auth": FULL, "verify": None}),
    "insecure": one({"auth": FULL, "insecure": True}),
    "insecure as text": one({"auth": FULL, "insecure": "True"}),
    "not insecure, as text": one({"auth": FULL, "insecure": "no"}),
    "cacert": one({"auth": FULL, "cacert": "HOME/ca.pem"}, files=PEM),
    "cacert below ~": one({"auth": FULL, "cacert": "~/ca.pem"}, files=PEM),
    "cacert and insecure": one({"auth": FULL, "cacert": "HOME/ca.pem", "insecure": True}, files=PEM),
    "cert": one({"auth": FULL, "cert": "~/client.pem"}, files=PEM),
    "cert and key": one({"auth": FULL, "cert": "~/client.pem", "key": "HOME/client.key"}, files=PEM),
    "key alone": one({"auth": FULL, "key": "HOME/client.key"}, files=PEM),
    "api_timeout": one({"auth": FULL, "api_timeout": 7}),
    "a timeout of old": one({"auth": FULL, "api_timeout": 7, "nova_timeout": 9.5}),
    "placeholder": one({"auth": FULL | {"auth_url": "http://{region_name}.test/v3"}, "region_name": "r"}),
    "placeholder beside auth": one(
        {"auth": FULL, "region_name": "r", "image_endpoint_override": "http://{region_name}.test"}
    ),
    "no braces from a top-level auth_url": one({**FULL, "auth_url": "http://x.test/{y}"}),
    "networks": one({"auth": FULL, "networks": [{"name": "n", "nat_source": True}], "floating_ip_source": None}),
    "metrics and caches": one(
        {"auth": FULL},
        files={
            "here/clouds.yaml": yaml.safe_dump(
                {"clouds": {"c": {"auth": FULL}}, "cache": {"auth": False, "expiration_time": 3}, "client": {}}
            )
        },
    ),
    "json": Form(files={"here/clouds.json": json.dumps({"clouds": {"c": {"auth": FULL}}})}),
    "yml": Form(files={"here/clouds.yml": yaml.safe_dump({"clouds": {"c": {"auth": FULL}}})}),
    "yaml before yml": Form(files={"here/clouds.yaml": TWO, "here/clouds.yml": "clouds: {}"}, name="a"),
    "home": Form(files={".config/openstack/clouds.yaml": TWO}, name="b"),
    "here before home": Form(
        files={".config/openstack/clouds.yaml": TWO, "here/clouds.yml": TWO.replace("ub", "uh")}, name="b"
    ),
    "XDG_CONFIG_HOME": Form(files={"xdg/openstack/clouds.yaml": TWO}, env={"XDG_CONFIG_HOME": "HOME/xdg"}, name="b"),
    "home beside XDG_CONFIG_HOME": Form(
        files={".config/openstack/clouds.yaml": TWO}, env={"XDG_CONFIG_HOME": "HOME/xdg"}, name="b"
    ),
    "XDG_CONFIG_DIRS": Form(files={"etc/openstack/clouds.yaml": TWO}, env={"XDG_CONFIG_DIRS": "HOME/etc"}, name="b"),
    "SNAP_REAL_HOME": Form(
        files={"real/.config/openstack/clouds.yaml": TWO}, env={"SNAP_REAL_HOME": "HOME/real"}, name="b"
    ),
    "OS_CLIENT_CONFIG_FILE": Form(
        files={"my.conf": TWO, "here/clouds.yaml": "clouds: {}"},
        env={"OS_CLIENT_CONFIG_FILE": "HOME/my.conf"},
        name="b",
    ),
    "OS_CLOUD": Form(files={"here/clouds.yaml": TWO}, env={"OS_CLOUD": "b"}),
    "a name before OS_CLOUD": Form(files={"here/clouds.yaml": TWO}, env={"OS_CLOUD": "b"}, name="a"),
    "OS_REGION_NAME selects nothing": one({"auth": FULL, "regions": ["r1", "r2"]}, env={"OS_REGION_NAME": "r2"}),
    "the environment": Form(env=ENV | {"OS_USER_DOMAIN_NAME": "D", "OS_PROJECT_DOMAIN_NAME": "D"}),
    "the environment, region and interface": Form(
        env=ENV | {"OS_REGION_NAME": "r", "OS_INTERFACE": "internal", "OS_IDENTITY_API_VERSION": "3"}
    ),
    "the environment, endpoint type": Form(env=ENV | {"OS_ENDPOINT_TYPE": "internalURL", "OS_TENANT_NAME": "t"}),
    "the environment, TLS": Form(
        env=ENV | {"OS_CACERT": "HOME/ca.pem", "OS_CERT": "HOME/client.pem", "OS_KEY": "HOME/client.key"}, files=PEM
    ),
    "the environment, insecure": Form(env=ENV | {"OS_INSECURE": "true"}),
    "the environment, application credential": Form(
        env={
            "OS_AUTH_TYPE": "v3applicationcredential",
            "OS_AUTH_URL": URL,
            "OS_APPLICATION_CREDENTIAL_ID": "a",
            "OS_APPLICATION_CREDENTIAL_SECRET": "s",
        }
    ),
    "the environment, token": Form(
        env={"OS_AUTH_TYPE": "token", "OS_AUTH_URL": URL, "OS_TOKEN": "t", "OS_PROJECT_ID": "p"}
    ),
    "the environment before one cloud": one({"auth": FULL}, env=ENV),
    "the environment beside a named cloud": one({"auth": FULL}, env=ENV, name="c"),
    "OS_CLOUD before the environment": one({"auth": FULL}, env=ENV | {"OS_CLOUD": "c"}),
    "OS_CLOUD_NAME": one({"auth": FULL}, env=ENV | {"OS_CLOUD_NAME": "mine"}, name="mine"),
    "envvars by name": one({"auth": FULL}, env=ENV, name="envvars"),
    "variables of test tools": one({"auth": FULL}, env={"OS_TEST_PATH": "x", "OS_STDOUT_CAPTURE": "1", "OS_LOG": "x"}),
    "an override from the environment": Form(env=ENV | {"OS_COMPUTE_ENDPOINT_OVERRIDE": "http://127.0.0.1:1"}),
    "secure.yaml": one(
        {"auth": {k: v for k, v in FULL.items() if k != "password"}},
        files={"here/secure.yaml": yaml.safe_dump({"clouds": {"c": {"auth": {"password": "from secure"}}}})},
    ),
    "secure.yaml at home": one(
        {"auth": {k: v for k, v in FULL.items() if k != "password"}},
        files={".config/openstack/secure.yml": "clouds: {c: {auth: {password: s}}}"},
    ),
    "secure.yaml overrides and adds": one(
        {"auth": FULL, "region_name": "r"},
        files={"here/secure.yaml": "clouds: {c: {auth: {password: s}, region_name: rs}}"},
    ),
    "a cloud only in secure.yaml": Form(
        files={"here/secure.yaml": yaml.safe_dump({"clouds": {"s": {"auth": FULL}}})}, name="s"
    ),
    "OS_CLIENT_SECURE_FILE": one(
        {"auth": {k: v for k, v in FULL.items() if k != "password"}},
        files={"vault": "clouds: {c: {auth: {password: s}}}"},
        env={"OS_CLIENT_SECURE_FILE": "HOME/vault"},
    ),
    "profile": one({"profile": "acme", "auth": NO_URL}, files={"here/clouds-public.yaml": PUBLIC}),
    "profile, by its old name": one({"cloud": "acme", "auth": NO_URL}, files={"here/clouds-public.yaml": PUBLIC}),
    "profile, second region": one(
        {"profile": "acme", "auth": NO_URL}, files={"here/clouds-public.yaml": PUBLIC}, region="r2"
    ),
    "profile, its one region": one({"profile": "single", "auth": NO_URL}, files={"here/clouds-public.yaml": PUBLIC}),
    "profile, region overridden": one(
        {"profile": "single", "auth": NO_URL, "region_name": "mine"}, files={"here/clouds-public.yaml": PUBLIC}
    ),
    "profile at home": one({"profile": "acme", "auth": NO_URL}, files={".config/openstack/clouds-public.yaml": PUBLIC}),
    "profile that openstacksdk ships": one({"profile": "elastx", "auth": NO_URL}),
    "profile that ships regions": one({"profile": "citycloud", "auth": NO_URL}),
    "anchors": Form(
        files={
            "here/clouds.yaml": yaml.safe_dump({"x": {"auth": FULL}}).replace("x:", "x: &x")
            + "clouds: {c: {<<: *x, region_name: r}}\n"
        },
        name="c",
    ),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_equals_openstacksdk(form: Form, tmp_path: Path) -> None:
    assert ours(form, tmp_path) == theirs(form, tmp_path)


CREDENTIALS = {
    "password": {"auth_url": URL, "username": "u", "password": "pw"},
    "v3password": {"auth_url": URL, "user_id": "u", "password": "pw"},
    "token": {"auth_url": URL, "token": "t"},
    "v3applicationcredential": APPCRED,
    "v3oidcaccesstoken": {"auth_url": URL, "identity_provider": "i", "protocol": "o", "access_token": "at"},
}


def _spelled(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    values = st.sampled_from(["", "v1", "v2", 3, 1.5])
    spellings = st.sampled_from([name.replace("_", sep) for name in names for sep in "_-"])
    return st.dictionaries(spellings, values, max_size=6)


AUTH_NAMES = [
    "project_name", "project_id", "tenant_name", "tenant_id", "domain_id", "domain_name", "user_domain_id",
    "user_domain_name", "project_domain_id", "project_domain_name", "user_name", "username", "user_id",
    "default_domain_id", "trust_id",
]  # fmt: skip
OTHER_NAMES = ["interface", "endpoint_type", "image_interface", "image_endpoint_type", "region_name", "x_timeout",
               "compute_endpoint_override", "identity_api_version", "auth_type", "compute_region_name"]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["password", "v3password", "token", "v3applicationcredential", "v3oidcaccesstoken"]),
    inside=_spelled(AUTH_NAMES),
    beside=_spelled(AUTH_NAMES),
    secure=_spelled(AUTH_NAMES),
    profile=_spelled(AUTH_NAMES),
    options=_spelled(OTHER_NAMES),
    region=_spelled([*AUTH_NAMES, *OTHER_NAMES]),
)
def test_any_mixture_of_spellings_equals_openstacksdk(
    kind: str,
    inside: dict[str, Any],
    beside: dict[str, Any],
    secure: dict[str, Any],
    profile: dict[str, Any],
    options: dict[str, Any],
    region: dict[str, Any],
) -> None:
    entry = {
        "profile": "acme",
        **beside,
        **options,
        "auth_type": kind,
        "auth": CREDENTIALS[kind] | inside,
        "regions": [{"name": "r", "values": region}],
    }
    form = Form(
        files={
            "here/clouds.yaml": yaml.safe_dump({"clouds": {"c": entry}}, sort_keys=False),
            "here/secure.yaml": yaml.safe_dump({"clouds": {"c": {"auth": secure}}}, sort_keys=False),
            "here/clouds-public.yaml": yaml.safe_dump({"public-clouds": {"acme": {"auth": profile}}}, sort_keys=False),
        },
        name="c",
    )
    with TemporaryDirectory() as home:
        try:
            expected = theirs(form, Path(home))
        except Exception:  # whatever openstacksdk refuses, sovran refuses in one sentence
            with pytest.raises(UsageError):
                ours(form, Path(home))
            return
        if kind in ("password", "v3password") and not ({"username", "user_id"} & set(expected["auth"])):
            # openstacksdk would send such a request and be refused
            with pytest.raises(UsageError, match="needs username or user_id"):
                ours(form, Path(home))
            return
        assert ours(form, Path(home)) == expected
