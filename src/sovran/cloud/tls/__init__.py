# SPDX-License-Identifier: Apache-2.0
"""TLS of a server as anyone can see it from outside: protocols, cipher suites, groups, certificates.

The handshakes are written and read here, not by an SSL library: a ClientHello and its answer are plain bytes up to
TLS 1.2, and the first of them in TLS 1.3. So the answers are the server's alone, whereas a library offers only what it
was built with (Debian's OpenSSL has neither SSL 3 nor RC4 nor export suites, and TLS 1.0 only on request), so that what
it cannot speak would look like what the server refuses. The standard library checks the certificate chain.
"""
