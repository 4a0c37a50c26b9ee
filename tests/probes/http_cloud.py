# SPDX-License-Identifier: Apache-2.0
"""A cloud of a few dictionaries behind HTTP, honest where it is told nothing else: what no real one lies about."""

import base64
import hashlib
import json
import re
import secrets
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qs, parse_qsl, urlsplit

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.cloud.identity_stub import endpoints, token, version

HASH = "sha512"


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass
class Told:
    """One answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def document(status: int, content: Any) -> Told:
    """An answer in JSON."""
    return Told(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


def error(status: int, code: str, words: str = "") -> Told:
    """An answer of S3."""
    return Told(status, f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{words}</Message></Error>".encode())


Lie = Callable[[Asked, Callable[[], Told]], Told]
"""What is answered to a request, by what an honest cloud does on demand."""


class HttpCloud:
    """Identity, image, key manager, Swift and S3 of one project on one port."""

    more_services: ClassVar[dict[str, str]] = {}
    """Service type to path, of what a subclass answers."""

    def __init__(self, *, swift: bool = True, certificate: Path | None = None) -> None:
        """With a `certificate`, a PEM file that has its key too, it speaks TLS only."""
        self.images: dict[str, dict[str, Any]] = {}
        self.data: dict[str, bytes] = {}
        self.secrets: dict[str, dict[str, Any]] = {}
        self.credentials: dict[str, dict[str, Any]] = {}
        self.containers: dict[str, dict[str, bytes]] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.asked: list[Asked] = []
        self.lies: list[tuple[str, re.Pattern[str], Lie]] = []
        self._lock = threading.RLock()
        self._swift = swift
        cloud = self

        class Bound(_Handler):
            told_by = cloud

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
        self._server.daemon_threads = True
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self._server.server_address[1]}"
        self.s3_url = f"{self.url}/s3"
        """As the catalog has it."""
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def lie(self, what: str, lie: Lie | Told) -> None:
        """Let requests whose method, path and query match `what`, e.g. `GET /s3/.*`, be answered so."""
        method, _, path = what.partition(" ")
        told = (lambda _asked, _honest: lie) if isinstance(lie, Told) else lie
        self.lies.append((method, re.compile(path), told))

    def answer_more(self, _asked: Asked, _service: str, _rest: str) -> Told:
        """What `more_services` answer; `rest` is the path without the service's first word."""
        return document(404, {"error": {"message": "no such service"}})

    @property
    def left(self) -> list[str]:
        """What is there, by name or id."""
        return [*self.images, *self.secrets, *self.credentials, *self.containers, *self.uploads]

    def answer(self, asked: Asked) -> Told:
        """Answer one request."""
        with self._lock:
            self.asked.append(asked)

        def honest() -> Told:
            with self._lock:
                return self._honest(asked)

        whole = asked.path + (f"?{asked.query}" if asked.query else "")
        for method, path, lie in self.lies:
            if method == asked.method and path.fullmatch(whole):
                return lie(asked, honest)
        return honest()

    def _honest(self, asked: Asked) -> Told:
        service, _, rest = asked.path.removeprefix("/").partition("/")
        if service == "s3":
            return self._s3(asked, rest)
        if asked.path == "/v3" or (asked.path, asked.method) == ("/v3/auth/tokens", "POST"):
            return self._sign_in(asked)
        if asked.headers.get("x-auth-token") != "the-token":
            return document(401, {"error": {"code": 401, "message": "no token"}})
        of = {"v3": self._identity, "image": self._image, "key": self._key_manager, "swift": self._swift_api}
        return of[service](asked, rest) if service in of else self.answer_more(asked, service, rest)

    def _sign_in(self, asked: Asked) -> Told:
        if asked.method == "GET":
            return document(200, version(f"{self.url}/v3"))
        where = {"identity": "v3", "image": "image/v2", "key-manager": "key/v1", **self.more_services}
        where |= {"object-store": "swift/v1"} if self._swift else {}
        urls = {kind: f"{self.url}/{path}" for kind, path in where.items()} | {"object-store-s3": self.s3_url}
        catalog = [endpoints(kind, url, "R") for kind, url in urls.items()]
        told = document(201, {"token": token(catalog, "member")})
        return Told(told.status, told.body, {**told.headers, "X-Subject-Token": "the-token"})

    def _identity(self, asked: Asked, rest: str) -> Told:
        if asked.method == "POST":
            made = {"id": secrets.token_hex(16), **json.loads(asked.body)["credential"]}
            self.credentials[made["id"]] = made
            return document(201, {"credential": made})
        if asked.method == "GET":
            return document(200, {"credentials": list(self.credentials.values())})
        return Told(204 if self.credentials.pop(rest.rpartition("/")[2], None) else 404)

    def _image(self, asked: Asked, rest: str) -> Told:
        told = {
            "/schemas/image": {"properties": {"disk_format": {"enum": [None, "raw", "qcow2"]}}},
            "/info/import": {"import-methods": {"value": ["glance-direct"]}},
            "/info/usage": {"usage": {"image_count_total": {"limit": 10, "usage": len(self.images)}}},
        }
        for path, content in told.items():
            if asked.path.endswith(path):
                return document(200, content)
        _, _, identifier, *below = *rest.split("/"), ""
        if asked.method == "POST" and not identifier:
            made = {"id": secrets.token_hex(16), "status": "queued", **json.loads(asked.body)}
            self.images[made["id"]] = made
            return document(201, made)
        if not identifier:
            name = dict(parse_qsl(asked.query)).get("name")
            return document(200, {"images": [one for one in self.images.values() if name in (None, one["name"])]})
        image = self.images.get(identifier)
        return self._one_image(asked, image, below[0]) if image else document(404, {"message": "no such image"})

    def _one_image(self, asked: Asked, image: dict[str, Any], below: str) -> Told:
        identifier = image["id"]
        if asked.method == "GET" and below == "file":
            return Told(200, self.data[identifier]) if identifier in self.data else Told(204)
        if asked.method == "PUT":
            self.data[identifier] = asked.body
        if (asked.method, below) in (("PUT", "file"), ("POST", "import")):
            digest = hashlib.new(HASH, self.data[identifier]).hexdigest()
            image.update(status="active", os_hash_algo=HASH, os_hash_value=digest)
        if asked.method == "DELETE":
            del self.images[identifier]
        return document(200, image) if asked.method == "GET" else Told(204)

    def _key_manager(self, asked: Asked, rest: str) -> Told:
        _, _, identifier, *below = *rest.split("/"), ""
        if asked.method == "POST":
            identifier = secrets.token_hex(16)
            body = json.loads(asked.body)
            reference = f"{self.url}/key/v1/secrets/{identifier}"
            self.secrets[identifier] = {"name": body["name"], "secret_ref": reference, "of": body}
            return document(201, {"secret_ref": reference})
        if not identifier:
            shown = [{key: one[key] for key in ("name", "secret_ref")} for one in self.secrets.values()]
            return document(200, {"secrets": shown, "total": len(shown)})
        one = self.secrets.get(identifier)
        if one is None:
            return document(404, {"title": "Not Found"})
        if asked.method == "DELETE":
            del self.secrets[identifier]
            return Told(204)
        if below[0] == "payload":
            return Told(200, base64.b64decode(one["of"]["payload"]))
        return document(200, {key: one[key] for key in ("name", "secret_ref")})

    def _swift_api(self, asked: Asked, rest: str) -> Told:
        _, _, path = rest.partition("/")
        return self._objects(asked, path, lambda names: document(200, [{"name": name} for name in names]))

    def _objects(self, asked: Asked, path: str, listing: Callable[[list[str]], Told]) -> Told:
        bucket, _, key = path.partition("/")
        query = dict(parse_qsl(asked.query))
        if asked.method == "PUT" and not key:
            self.containers.setdefault(bucket, {})
            return Told(201)
        objects = self.containers.get(bucket)
        if objects is None and bucket:
            return error(404, "NoSuchBucket")
        if objects is not None and key:
            return self._object(asked, objects, key)
        if asked.method == "GET":
            names = self.containers if objects is None else objects
            start, after = query.get("prefix", ""), query.get("marker", "")
            return listing([name for name in names if name.startswith(start) and name > after])
        if objects:
            return error(409, "BucketNotEmpty")
        del self.containers[bucket]
        return Told(204)

    def _object(self, asked: Asked, objects: dict[str, bytes], key: str) -> Told:
        if asked.method == "PUT":
            objects[key] = asked.body
            return Told(201)
        if key not in objects:
            return error(404, "NoSuchKey")
        if asked.method == "GET":
            return Told(200, objects[key])
        del objects[key]
        return Told(204)

    def _s3(self, asked: Asked, path: str) -> Told:
        if refused := self._unsigned(asked):
            return refused
        query = {name: values[0] for name, values in parse_qs(asked.query, keep_blank_values=True).items()}
        if "uploads" in query:
            self.uploads[upload := f"2~{secrets.token_hex(4)}+/="] = {}
            return Told(200, f"<r><UploadId>{upload}</UploadId></r>".encode())
        if upload := query.get("uploadId", ""):
            return self._part(asked, path, upload, int(query.get("partNumber", 0)))

        def listing(names: list[str]) -> Told:
            keys = "".join(f"<Contents><Key>{name}</Key></Contents>" for name in names)
            return Told(200, f"<ListBucketResult>{keys}</ListBucketResult>".encode())

        return self._objects(asked, path, listing)

    def _part(self, asked: Asked, path: str, upload: str, number: int) -> Told:
        if upload not in self.uploads:
            return error(404, "NoSuchUpload")
        if asked.method == "PUT":
            self.uploads[upload][number] = asked.body
            return Told(200, headers={"ETag": f'"{number}"'})
        parts = self.uploads.pop(upload)
        if asked.method == "DELETE":
            return Told(204)
        bucket, _, key = path.partition("/")
        self.containers[bucket][key] = b"".join(parts[one] for one in sorted(parts))
        return Told(200, b"<CompleteMultipartUploadResult/>")

    def _unsigned(self, asked: Asked) -> Told | None:
        """The refusal of what is not signed by a key that there is; None: it is."""
        query = dict(parse_qsl(asked.query, keep_blank_values=True))
        url = f"{self.url}{asked.path}"
        if signature := query.pop("X-Amz-Signature", ""):
            credential = query["X-Amz-Credential"]
            unsigned = re.sub("&?X-Amz-Signature=[^&]*", "", asked.query)
            request, auth = AWSRequest(asked.method, f"{url}?{unsigned}"), S3SigV4QueryAuth
            stamp = query["X-Amz-Date"]
        else:
            found = re.match(
                r"AWS4-HMAC-SHA256 Credential=(.*?), SignedHeaders=(.*?), Signature=(\w+)",
                asked.headers.get("authorization", ""),
            )
            if not found:
                return error(403, "AccessDenied")
            credential, names, signature = found.groups()
            headers = {name: asked.headers[name] for name in names.split(";")}
            whole = url + (f"?{asked.query}" if asked.query else "")
            request, auth = AWSRequest(asked.method, whole, headers, asked.body), S3SigV4Auth
            stamp = asked.headers["x-amz-date"]
        access, _, region, *_ = credential.split("/")
        blobs = [json.loads(one["blob"]) for one in self.credentials.values()]
        known = next((one["secret"] for one in blobs if one["access"] == access), None)
        if known is None:
            return error(403, "InvalidAccessKeyId")
        signer = auth(Credentials(access, known), "s3", region)
        request.context["timestamp"] = stamp
        right = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        return None if right == signature else error(403, "SignatureDoesNotMatch")


class _Handler(BaseHTTPRequestHandler):
    told_by: HttpCloud
    protocol_version = "HTTP/1.1"
    timeout = 5

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length") or 0))
        told = self.told_by.answer(Asked(self.command, parts.path, parts.query, headers, body))
        if not told.status:
            # no answer at all
            self.close_connection = True
            return
        self.send_response_only(told.status)
        for name, value in told.headers.items():
            self.send_header(name, value)
        if told.status != 204:
            self.send_header("Content-Length", str(len(told.body)))
        self.end_headers()
        self.wfile.write(told.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _handle  # noqa: N815 (names that http.server calls)

    def log_message(self, *args: Any) -> None:
        """Print nothing."""
