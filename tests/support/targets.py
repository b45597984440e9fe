"""Targets of a run, and the sentence that tells the trouble with one."""

import ssl

import pytest
import trustme

from conformance.engine.api.load import load_service
from conformance.engine.cloud import target as module
from conformance.engine.cloud.errors import EndpointError
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target

TOKEN = "member-token-0123456789"


def connect(target, **more):
    """Connect to the compute API."""
    return module.connect(target, profile=load_service("compute").profile, **more)


def trouble(target, **more):
    with pytest.raises(EndpointError) as caught:
        connect(target, **more)
    said = str(caught.value)
    assert "\n" not in said
    assert TOKEN not in said
    return said


def url_target(url, **tokens):
    return Target(url=url, tokens={Role.MEMBER: TOKEN, **{Role(k): v for k, v in tokens.items()}})


def secure(fake, tmp_path):
    """Let the cloud answer at https, with a certificate of an authority of its own; give the authority's file."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    fake.server.socket = context.wrap_socket(fake.server.socket, server_side=True)
    fake.url = fake.url.replace("http:", "https:")
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return file
