# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a clouds.yaml is said in one sentence: where, what, what to do, and never a secret."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sovran.cloud.config import config_files, sdk_reader
from sovran.cloud.config.cloud_config import CloudConfig
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.model.errors import UsageError
from tests.cloud.conftest import Clouds

SECRET = "hunter2-Geheim"
AUTH: dict[str, Any] = {
    "auth_url": "http://127.0.0.1:5000/v3",
    "username": "u",
    "password": SECRET,
    "project_name": "p",
    "user_domain_name": "D",
    "project_domain_name": "D",
}


def without(*names: str) -> dict[str, Any]:
    """AUTH without some options."""
    return {key: value for key, value in AUTH.items() if key not in names}


def refused(name: str | None = None) -> str:
    """The sentence with which read_cloud refuses; checks that it is one, and holds no secret."""
    with pytest.raises(UsageError) as caught:
        read_cloud(name)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".") or text.endswith("?")
    assert SECRET not in text
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return text


def test_no_file_says_where_it_looked(clouds: Clouds) -> None:
    text = refused()
    assert text.startswith(f"No clouds.yaml found (looked in {clouds.home}/here, {clouds.home}/.config/openstack,")
    assert "/etc/openstack" in text
    assert "OS_CLIENT_CONFIG_FILE" in text


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("clouds:\n  c:\n    auth: [1\n  d: 2\n", "line 4, column 4", "did not find expected ',' or ']'"),
        ("clouds:\n\tc: 1\n", "line 2, column 1", "cannot start any token"),
        (f"clouds:\n  c: {{password: *{SECRET}}}\n", "line 2, column 17", "undefined alias"),
        (f"clouds:\n  c: !{SECRET} x\n", "line 2, column 6", "could not determine a constructor"),
        (f"a: 'x{SECRET}\n", "line 2, column 1", "unexpected end of stream"),
        (f"a: '{SECRET}' b\n", "line 1, column 21", "did not find expected key"),
    ],
)
def test_broken_yaml_names_file_line_column_and_reason(clouds: Clouds, text: str, where: str, reason: str) -> None:
    path = clouds.write("here/clouds.yaml", text)
    sentence = refused("c")
    assert sentence.startswith(f"{path}, {where}")
    assert "not valid YAML" in sentence
    assert reason in sentence


def test_characters_that_yaml_does_not_allow(clouds: Clouds) -> None:
    clouds.write("here/clouds.yaml", f"a: {SECRET}\x07\n")
    assert "not valid YAML" in refused("c")


def test_values_malformed_for_their_type(clouds: Clouds) -> None:
    clouds.write("here/clouds.yaml", "clouds: {c: {auth: {password: 2026-13-45}}}\n")
    text = refused("c")
    assert "malformed for its YAML type; put it between quotes" in text
    assert "2026" not in text.removeprefix(str(clouds.home))


def test_a_file_that_is_not_utf8(clouds: Clouds) -> None:
    clouds.write("here/clouds.yaml", "x").write_bytes(b"clouds: \xe4\xf6\n")
    assert "not valid YAML" in refused("c")


def test_broken_json_names_line_and_column(clouds: Clouds) -> None:
    path = clouds.write("here/clouds.json", '{"clouds":\n {"c": }}')
    assert refused("c").startswith(f"{path}, line 2, column 8: not valid JSON (Expecting value)")


def test_broken_secure_and_vendor_files_are_named_too(clouds: Clouds) -> None:
    clouds.entry({"auth": AUTH, "profile": "acme"})
    vendor = clouds.write("here/clouds-public.yaml", "{")
    assert refused("c").startswith(f"{vendor}, line 2")
    secure = clouds.write("here/secure.yaml", "clouds: [")
    assert refused("c").startswith(f"{secure}, line 2")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("- a\n", "holds a list where a mapping with the key 'clouds' belongs"),
        ("word\n", "holds a single value where a mapping"),
        ("", "defines no clouds"),
        ("cloud: {c: {}}\n", "defines no clouds: add one below the key 'clouds'"),
        ("clouds:\n", "defines no clouds"),
        ("clouds: [c]\n", "'clouds' is not a mapping of cloud names"),
        ("clouds: {c: }\n", "cloud 'c' ({path}): is not a mapping of options"),
        ("clouds: {c: {auth: }}\n", "auth is not a mapping of options: indent its options below it"),
        ("clouds: {c: {auth: x}}\n", "auth is not a mapping"),
        ("clouds: {c: {auth: {}, regions: r}}\n", "'regions' is not a list"),
        ("clouds: {c: {auth: {}, regions: [{values: {}}]}}\n", "a region in 'regions' may hold 'name' and 'values'"),
        ("clouds: {c: {auth: {}, insecure: 1}}\n", "'insecure' is neither true nor false"),
    ],
)
def test_what_is_not_a_mapping(clouds: Clouds, content: str, sentence: str) -> None:
    path = clouds.write("here/clouds.yaml", content)
    assert sentence.replace("{path}", str(path)) in refused("c")


def test_an_unknown_cloud_names_near_and_known_ones(clouds: Clouds) -> None:
    path = clouds.write("here/clouds.yaml", {"clouds": {name: {"auth": AUTH} for name in ("prod", "stage", "lab")}})
    assert refused("prd") == f"{path}: has no cloud 'prd'; did you mean 'prod'? it knows lab, prod, stage."
    assert refused("zzz") == f"{path}: has no cloud 'zzz'; it knows lab, prod, stage."
    clouds.patch.setenv("OS_CLOUD", "stag")
    assert "has no cloud 'stag'; did you mean 'stage'?" in refused()


def test_several_clouds_and_none_named(clouds: Clouds) -> None:
    path = clouds.write("here/clouds.yaml", {"clouds": {name: {"auth": AUTH} for name in ("prod", "lab")}})
    assert refused() == f"{path}: defines 2 clouds (lab, prod): name one with --os-cloud NAME or OS_CLOUD."


def test_control_characters_of_a_name_are_shown_escaped(clouds: Clouds) -> None:
    clouds.entry({"auth": AUTH})
    assert r"'\x1b[31m\nx'" in refused("\x1b[31m\nx")


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"auth": without("auth_url")}, "auth_type 'password' needs auth_url: add it under 'auth'"),
        ({"auth": without("password")}, "needs password:"),
        ({"auth": without("auth_url", "username")}, "needs auth_url, username or user_id:"),
        ({"auth_type": "token", "auth": {"auth_url": AUTH["auth_url"]}}, "auth_type 'token' needs token:"),
        ({"auth_type": "v3oidcaccesstoken", "auth": {}}, "needs auth_url, identity_provider, protocol, access_token:"),
        ({"auth_type": "v3password", "auth": without("project_domain_name")}, "also provide either a project_domain"),
        ({"auth_type": "v3applicationcredential", "auth": {"auth_url": AUTH["auth_url"]}}, "_credential_secret: add"),
        ({"auth": AUTH | {"usernam": "x"}}, "has no option 'usernam' (did you mean 'username'?): correct 'auth'"),
        ({"auth": AUTH | {"colour": SECRET}}, "has no option 'colour':"),
        ({"auth_type": "passwort", "auth": AUTH}, "unknown auth_type 'passwort'; did you mean password"),
        ({"auth_type": "zzzz", "auth": AUTH}, "unknown auth_type 'zzzz'; keystoneauth knows admin_token,"),
        ({"auth_type": "v3kerberos", "auth": {"auth_url": AUTH["auth_url"]}}, "which is not installed"),
        ({"auth": AUTH | {"auth_url": "127.0.0.1:5000"}}, "auth_url is not of the form https://HOST:PORT/v3"),
        ({"auth": AUTH | {"auth_url": "http://[::1"}}, "auth_url is not of the form"),
        ({"auth": AUTH | {"auth_url": "http://h:99999/v3"}}, "auth_url is not of the form"),
        ({"auth": AUTH | {"auth_url": "http://{region}/v3"}}, "'auth_url' holds a {placeholder} that names no option"),
        ({"auth": AUTH, "image_endpoint_override": "{"}, "'image_endpoint_override' holds a {placeholder}"),
        ({"auth": AUTH, "cacert": "/nowhere/ca.pem"}, "cacert names '/nowhere/ca.pem', which does not exist"),
        ({"auth": AUTH, "verify": "/nowhere/ca.pem"}, "verify names '/nowhere/ca.pem', which does not exist"),
        ({"auth": AUTH, "cert": "~/c.pem"}, "which does not exist: correct the path"),
        ({"auth": AUTH, "api_timeout": "soon"}, "'api_timeout' is not a number of seconds"),
    ],
)
def test_an_entry_that_cannot_work(clouds: Clouds, entry: dict[str, Any], sentence: str) -> None:
    path = clouds.entry(entry)
    text = refused("c")
    assert text.startswith(f"cloud 'c' ({path}): ")
    assert sentence in text


def test_a_region_that_the_entry_does_not_list(clouds: Clouds) -> None:
    clouds.entry({"auth": AUTH, "regions": ["R1", "R2"]})
    with pytest.raises(UsageError, match=r"has no region 'r1'; its entry lists R1, R2 \(upper and lower case count\)"):
        read_cloud("c", "r1")


def test_variables_that_describe_a_cloud_are_named(clouds: Clouds) -> None:
    clouds.patch.setenv("OS_USERNAME", "u")
    clouds.patch.setenv("OS_PASSWORD", SECRET)
    assert refused() == (
        "cloud 'envvars' (the environment (OS_PASSWORD, OS_USERNAME)): auth_type 'password' needs auth_url: "
        "add it under 'auth' in clouds.yaml or secure.yaml."
    )


def test_a_cloud_named_as_that_of_the_environment(clouds: Clouds) -> None:
    clouds.entry({"auth": AUTH}, name="envvars")
    assert "a cloud is called 'envvars', the name of the cloud that OS_ variables describe" in refused("envvars")


@pytest.mark.parametrize("variable", ["OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE"])
def test_a_file_named_by_a_variable_must_be_there(clouds: Clouds, variable: str) -> None:
    clouds.entry({"auth": AUTH})
    clouds.patch.setenv(variable, "/nowhere/clouds.yaml")
    assert refused("c") == (
        f"{variable} names '/nowhere/clouds.yaml', which cannot be read (No such file or directory): "
        f"correct or unset {variable}."
    )


def deny(clouds: Clouds, path: Path) -> None:
    """Make `path` unreadable, also for root."""
    read = Path.read_bytes

    def read_bytes(self: Path) -> bytes:
        if self == path:
            raise PermissionError(13, "Permission denied", str(path))
        return read(self)

    clouds.patch.setattr(Path, "read_bytes", read_bytes)


def test_an_unreadable_file_alone_is_named(clouds: Clouds) -> None:
    path = clouds.entry({"auth": AUTH})
    deny(clouds, path)
    assert refused("c") == f"No clouds.yaml could be read: {path} (Permission denied); allow reading it."


def test_an_unreadable_file_before_a_readable_one_is_passed_over_and_named(clouds: Clouds) -> None:
    path = clouds.entry({"auth": AUTH})
    clouds.write(".config/openstack/clouds.yaml", {"clouds": {"home": {"auth": AUTH}}})
    deny(clouds, path)
    assert read_cloud("home").name == "home"
    assert f"it knows home (not readable: {path} (Permission denied))." in refused("c")


def test_a_folder_called_clouds_yaml(clouds: Clouds) -> None:
    (clouds.home / "here/clouds.yaml").mkdir()
    assert "(Is a directory)" in refused("c")


@pytest.mark.parametrize("entry", [{"auth": AUTH, "profile": "elastx"}, {"auth": AUTH, "auth_type": "v2password"}])
def test_what_needs_openstacksdk_says_how_to_install_it(clouds: Clouds, entry: dict[str, Any]) -> None:
    clouds.entry(entry)
    clouds.patch.setitem(sys.modules, "openstack.config", None)
    text = refused("c")
    assert "which only openstacksdk can read: pip install 'sovran[sdk]'." in text


def test_what_openstacksdk_refuses_is_one_sentence_without_the_entry(clouds: Clouds) -> None:
    clouds.entry({"auth": AUTH | {"colour": SECRET}, "profile": "elastx"})
    assert "openstacksdk could not settle it (TypeError, the vendor profile 'elastx')" in refused("c")
    clouds.entry({"auth": without("auth_url"), "profile": "no-such-vendor"})
    assert "lacks auth_url" in refused("c")


def test_a_profile_at_a_url_is_fetched_by_openstacksdk(clouds: Clouds, identity: Any) -> None:
    url = identity.url.removesuffix("/v3")
    profile = {"name": "far", "profile": {"auth": {"auth_url": identity.url}, "region_name": "far-1"}}
    identity.answers["GET", "/.well-known/openstack/api"] = lambda handler: handler.reply(200, profile)
    clouds.entry({"auth": without("auth_url"), "profile": url})
    config = read_cloud("c")
    assert (config.auth_url, config.region_name) == (identity.url, "far-1")


def test_the_fallback_is_not_loaded_without_need(clouds: Clouds) -> None:
    clouds.entry({"auth": AUTH})
    clouds.patch.setattr(sdk_reader, "read", None)
    assert read_cloud("c").auth_type == "password"


def test_no_secret_in_any_repr(clouds: Clouds) -> None:
    clouds.entry({"auth": AUTH, "some_secret": SECRET})
    config = read_cloud("c")
    assert config.auth["password"] == SECRET
    assert SECRET not in repr(config)
    assert SECRET not in repr(config_files.read_config_file("clouds"))


@pytest.fixture
def config(clouds: Clouds) -> CloudConfig:
    """A cloud whose secret is easily mistaken."""
    clouds.entry({"auth": AUTH | {"auth_url": f"http://u:{SECRET}@127.0.0.1:5000/v3", "password": 'a"\\ü'}})
    return read_cloud("c")


def test_redaction_knows_the_escaped_form_and_userinfo(config: CloudConfig) -> None:
    assert config.redact('bad: a"\\ü') == "bad: ***"
    assert config.redact('{"password": "a\\"\\\\\\u00fc"}') == '{"password": "***"}'
    assert config.redact(f"http://u:{SECRET}@h/x and user u") == "http://h/x and user u"
    assert config.auth_url == "http://127.0.0.1:5000/v3"


def test_a_short_secret_withholds_the_text(clouds: Clouds) -> None:
    clouds.entry({"auth": AUTH | {"password": "e"}})
    assert read_cloud("c").redact("the text") == "(text withheld)"


def test_reading_is_light(clouds: Clouds) -> None:
    clouds.entry({"auth": AUTH})
    program = (
        "import sys\nfrom sovran.cloud.config.clouds_yaml import read_cloud\n"
        "read_cloud()\nprint('openstack' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
