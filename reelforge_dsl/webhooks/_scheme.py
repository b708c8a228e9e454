"""How deliveries are signed. Source: decision D15."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from attrs import field, frozen

from reelforge_dsl.errors import WebhookError

MOST_SIGNATURES = 16
"""Signatures that are looked at in one header; a sender that changes its secret gives two."""

_LONGEST_HEADER = 4096
_LONGEST_TIME = 12


@frozen
class Claim:
    """What a delivery claims: what was signed, when, and the signatures of it.

    Attributes:
        at: When it was signed, Unix seconds of the sender's wall clock.
        signed: The signed bytes, in pieces, so that the body is not copied.
        signatures: The digests that the sender gives; one that is right is enough.
    """

    at: float
    signed: tuple[bytes, ...] = field(repr=False)
    signatures: tuple[bytes, ...] = field(repr=False)


@frozen
class Scheme:
    """How deliveries are signed: ``ReelForger-Signature: t=<unix>,v1=<hex of HMAC("<t>.<raw body>")>``.

    Unconfirmed: the service documents the header's name and not what stands in it. Where it does
    otherwise, give other names, or a subclass with its own `claim` and `sign`.

    Attributes:
        header: The header's name.
        time_key: The key of the time in it.
        signature_key: The key of each signature in it.
        digest: The hash of the HMAC.

    Source: decision D15; contract §9 (the header's name).
    """

    header: str = "ReelForger-Signature"
    time_key: str = "t"
    signature_key: str = "v1"
    digest: Literal["sha256", "sha384", "sha512"] = "sha256"

    def claim(self, body: bytes, headers: Mapping[str, Sequence[str]]) -> Claim:
        """Read what a delivery claims.

        Args:
            body: The raw body.
            headers: All values of each header, by its name in lower case.

        Raises:
            WebhookError: The header is missing, doubled or malformed.
        """
        stamps: list[str] = []
        signatures: list[str] = []
        for part in self._value(headers).split(","):
            key, _, held = part.partition("=")
            if key.strip() == self.time_key:
                stamps.append(held.strip())
            elif key.strip() == self.signature_key:
                signatures.append(held.strip())
        if len(stamps) != 1 or not _is_time(stamps[0]):
            what = f"{self.header} does not say once, as whole seconds, when it was signed ({self.time_key}=)"
            raise WebhookError(what)
        if not 1 <= len(signatures) <= MOST_SIGNATURES:
            what = f"{self.header} has {len(signatures)} signatures ({self.signature_key}=)"
            raise WebhookError(what, fix=f"1 to {MOST_SIGNATURES} are looked at")
        size = hashlib.new(self.digest).digest_size
        digests = tuple(_hex(text, size) for text in signatures)
        if None in digests:
            raise WebhookError(f"a signature in {self.header} is not {2 * size} hexadecimal digits")
        signed = (stamps[0].encode("ascii"), b".", body)
        return Claim(int(stamps[0]), signed, tuple(held for held in digests if held is not None))

    def sign(self, body: bytes, secrets: Sequence[bytes], at: int) -> str:
        """Return the header's value for a body, with one signature for each secret.

        Args:
            body: The raw body.
            secrets: As bytes.
            at: When, Unix seconds.
        """
        signed = (str(at).encode("ascii"), b".", body)
        parts = [f"{self.signature_key}={self.mac(secret, signed).hex()}" for secret in secrets]
        return ",".join([f"{self.time_key}={at}", *parts])

    def mac(self, secret: bytes, signed: Iterable[bytes]) -> bytes:
        """Return the digest of what is signed, given in pieces."""
        made = hmac.new(secret, digestmod=self.digest)
        for piece in signed:
            made.update(piece)
        return made.digest()

    def _value(self, headers: Mapping[str, Sequence[str]]) -> str:
        values = headers.get(self.header.lower(), ())
        if not values:
            fix = "give the request's headers as they came; is this the service's address?"
            raise WebhookError(f"the header {self.header} is missing", fix=fix)
        if len(values) > 1:
            raise WebhookError(f"the header {self.header} stands {len(values)} times")
        if len(values[0]) > _LONGEST_HEADER:
            raise WebhookError(f"the header {self.header} is longer than {_LONGEST_HEADER} characters")
        return values[0]


SCHEME = Scheme()
"""How deliveries are taken to be signed. Source: decision D15."""


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_TIME


def _hex(text: str, size: int) -> bytes | None:
    if len(text) != 2 * size or not text.isalnum():  # fromhex would skip blanks
        return None
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None
