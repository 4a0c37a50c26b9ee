# SPDX-License-Identifier: Apache-2.0
"""Octavia: the load balancer API and its worker; the amphorae are upstream's own no-op drivers."""

import functools
import inspect
import sys
import threading
from typing import Any

from sovran.lab.services.attribute_order import sort_by_definition
from sovran.lab.services.place import Place

running: list[Any] = []
"""The worker's consumer; kept here because nothing else refers to it."""
READING = ("GET", "HEAD", "OPTIONS")


def application(place: Place) -> Any:
    """Octavia's WSGI application; the worker listens in threads beside it."""
    sort_by_definition()
    sys.argv = ["octavia", "--config-file", str(place.config("octavia", "octavia.conf"))]
    from octavia.wsgi.api import application as upstream
    from oslo_config import cfg

    cfg.CONF.set_override("pool_timeout", None, "database")  # Octavia's default does not suit SQLite's pool
    create_authority(place, cfg.CONF.certificates.ca_private_key_passphrase)
    place.wait_for("keystone", "neutron")
    from octavia.common import policy

    # on the first request otherwise, and one beside it finds half of them
    policy.get_enforcer()
    from octavia.controller.queue.v2 import consumer, endpoints

    one_at_a_time = threading.RLock()
    _guard(endpoints.Endpoints, one_at_a_time)
    running.append(consumer.ConsumerService(0, cfg.CONF))
    running[0].run()

    def guarded(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] in READING:
            return upstream(environ, start_response)
        with one_at_a_time:
            return upstream(environ, start_response)

    return guarded


def _guard(endpoints: Any, lock: Any) -> None:
    """Let the worker run one flow at a time, and none while the API changes something.

    Octavia nests and upgrades its transactions in ways that SQLite refuses ("database is locked") as soon as somebody
    else writes meanwhile, and that wait for themselves with BEGIN IMMEDIATE. The API never waits for the worker.
    """
    for name, method in list(vars(endpoints).items()):
        if inspect.isfunction(method) and not name.startswith("_"):
            setattr(endpoints, name, _holding(lock, method))


def _holding(lock: Any, method: Any) -> Any:
    @functools.wraps(method)
    def held(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return method(*args, **kwargs)

    return held


def create_schema(url: str) -> None:
    """Create Octavia's tables from its models, with the rows that its migrations add: they do not run on SQLite."""
    import sqlalchemy as sa
    from octavia.common import constants
    from octavia.db import base_models, models
    from sqlalchemy import orm

    lookups: dict[Any, Any] = {
        models.ProvisioningStatus: constants.SUPPORTED_PROVISIONING_STATUSES,
        models.HealthMonitorType: constants.SUPPORTED_HEALTH_MONITOR_TYPES,
        models.Algorithm: constants.SUPPORTED_LB_ALGORITHMS,
        models.Protocol: constants.SUPPORTED_PROTOCOLS,
        models.OperatingStatus: constants.SUPPORTED_OPERATING_STATUSES,
        models.SessionPersistenceType: constants.SUPPORTED_SP_TYPES,
        models.AmphoraRoles: constants.SUPPORTED_AMPHORA_ROLES,
        models.LBTopology: constants.SUPPORTED_LB_TOPOLOGIES,
        models.VRRPAuthMethod: constants.SUPPORTED_VRRP_AUTH,
        models.L7RuleType: constants.SUPPORTED_L7RULE_TYPES,
        models.L7RuleCompareType: constants.SUPPORTED_L7RULE_COMPARE_TYPES,
        models.L7PolicyAction: constants.SUPPORTED_L7POLICY_ACTIONS,
        models.ClientAuthenticationMode: constants.SUPPORTED_CLIENT_AUTH_MODES,
    }
    engine = sa.create_engine(url)
    base_models.BASE.metadata.create_all(engine)
    nil, gone = constants.NIL_UUID, "DELETED-PLACEHOLDER"
    with orm.Session(engine) as session:
        session.add_all(model(name=name) for model, names in lookups.items() for name in names)
        session.add(models.FlavorProfile(id=nil, name=gone, provider_name=constants.DELETED, flavor_data="{}"))
        session.add(
            models.AvailabilityZoneProfile(
                id=nil, name=gone, provider_name=constants.DELETED, availability_zone_data="{}"
            )
        )
        session.flush()
        session.add(models.Flavor(id=nil, flavor_profile_id=nil, name=gone, enabled=False))
        session.add(models.AvailabilityZone(availability_zone_profile_id=nil, name=nil, enabled=False))
        session.commit()


def create_authority(place: Place, passphrase: str) -> None:
    """Write the certificate authority that signs the (never contacted) amphorae's certificates, unless it is there."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key_file, certificate_file = place.config("octavia", "ca.key"), place.config("octavia", "ca.pem")
    if certificate_file.exists():
        return
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lab")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(passphrase.encode())
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption))
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
