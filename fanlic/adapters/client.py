"""The project's client: registers, polls and unbinds over HTTPS, and believes only what is signed.

The license is verified under the vendor's key, each lease under the server's identity, and a lease counts for one
node, seat, request and method. The server's identity is pinned at the first registration. Two ways to treat the
certificate (A10): strict, or as the page's example behaves, which registers over an IP address that the built-in
certificate does not name.
"""

from __future__ import annotations

import json
import ssl
from typing import Any

import httpx

from fanlic.adapters.codec import instant, load
from fanlic.adapters.http import why
from fanlic.adapters.signing import DocumentRefused, read
from fanlic.model.project import Memory
from fanlic.model.refusals import (
    N_,
    AnswerUnknown,
    CannotConnect,
    CertificateRefused,
    IdentityChanged,
    Phrase,
    Refusal,
    Reported,
)
from fanlic.model.registration import License
from fanlic.ports import LEASE, LICENSE, Entropy, NodeFacts, Purpose, Registered


class ProjectClient:
    """Implements the Registrar port for one node."""

    def __init__(self, http: httpx.Client, vendor: str, entropy: Entropy, key: str = "") -> None:
        self._http = http
        self._vendor = vendor
        self._entropy = entropy
        self._key = key or entropy.token(16).hex()
        self._known: dict[str, License] = {}  # licenses that were verified before; every answer carries one

    def register(self, address: str, facts: NodeFacts) -> Registered:
        """Ask for a seat; raises what the server or the way to it refused."""
        answer, nonce = self._call("PUT", address, f"/license/v1/registrations/{facts.node}", facts, {}, pinned="")
        return self._granted(address, answer, facts, nonce, Purpose.REGISTER, pinned="")

    def poll(self, address: str, facts: NodeFacts, seat: str, pinned: str) -> Registered:
        """Say that the node is there; raises what the server or the way to it refused."""
        path = f"/license/v1/registrations/{facts.node}/poll"
        answer, nonce = self._call("POST", address, path, facts, {"seat": seat}, pinned)
        return self._granted(address, answer, facts, nonce, Purpose.POLL, pinned)

    def unbind(self, address: str, node: str, seat: str) -> None:
        """Give the seat back."""
        body = {"node_key": self._key, "seat": seat, "nonce": self._entropy.token(16).hex()}
        self._send("DELETE", address, f"/license/v1/registrations/{node}", body, pinned="")

    def _call(
        self, method: str, address: str, path: str, facts: NodeFacts, more: dict[str, str], pinned: str
    ) -> tuple[dict[str, Any], str]:
        nonce = self._entropy.token(16).hex()
        said = {
            "node_key": self._key,
            "product": facts.product,
            "version": facts.version,
            "domain": facts.domain,
            "app_name": facts.app_name,
            "nonce": nonce,
        }
        return self._send(method, address, path, said | more, pinned), nonce

    def _send(self, method: str, address: str, path: str, body: dict[str, str], pinned: str) -> dict[str, Any]:
        try:
            answer = self._http.request(method, address + path, json=body)
        except httpx.TransportError as problem:
            raise _unreachable(address, problem) from problem
        except httpx.InvalidURL as problem:
            raise CannotConnect(address, why(problem)) from problem
        try:
            data = answer.json()
        except (ValueError, json.JSONDecodeError) as problem:
            text = Phrase(N_("HTTP {status} without JSON"), status=answer.status_code)
            raise AnswerUnknown(address, text) from problem
        if not isinstance(data, dict):
            raise AnswerUnknown(address, N_("the JSON is not an object"))
        if answer.is_success:
            return data
        if not isinstance(data.get("reason"), str) or not isinstance(data.get("detail"), str):
            raise AnswerUnknown(address, Phrase(N_("HTTP {status} of another kind"), status=answer.status_code))
        if "server" in data:  # a server that failed says only that
            _check_pin(address, data, pinned)
        raise reported(data)

    def _granted(
        self, address: str, answer: dict[str, Any], facts: NodeFacts, nonce: str, purpose: Purpose, pinned: str
    ) -> Registered:
        _check_pin(address, answer, pinned)
        server = answer.get("server")
        try:
            terms = self._license(str(answer.get("license")))
            lease = read(LEASE, str(answer.get("lease")), str(server))
        except (DocumentRefused, ValueError) as problem:
            raise AnswerUnknown(address, f"its documents do not verify: {problem}") from problem
        bound = {
            "node": facts.node,
            "nonce": nonce,
            "purpose": purpose,
            "license": terms.license,
            "seat": answer.get("seat"),
        }
        if any(lease.get(name) != value for name, value in bound.items()):
            raise AnswerUnknown(address, N_("its lease is for another request"))
        return Registered(str(server), str(answer["seat"]), terms.seats, terms.license, _memory(address, lease), terms)

    def _license(self, document: str) -> License:
        if document not in self._known:
            self._known = {document: load(License, read(LICENSE, document, self._vendor))}
        return self._known[document]


def _check_pin(address: str, answer: dict[str, Any], pinned: str) -> None:
    server = answer.get("server")
    if pinned and server != pinned:  # threat: other-server
        raise IdentityChanged(address, pinned[:16], str(server)[:16])


def _memory(address: str, lease: dict[str, Any]) -> Memory:
    try:
        starts, at, heard = lease["starts"], instant(lease["at"]), lease["heard"]
        if not isinstance(starts, int):
            raise TypeError("starts is no number")
        return Memory(starts, at, instant(heard) if heard else None)
    except (KeyError, TypeError, ValueError) as problem:
        raise AnswerUnknown(address, f"its lease does not tell the server's past: {problem}") from problem


def reported(problem: dict[str, Any]) -> Reported:
    """The refusal that a problem in JSON tells of."""
    code, told = (
        problem.get("code"),
        {name: str(problem.get(name, "")) for name in ("reason", "detail", "next_step", "clause")},
    )
    number = code if isinstance(code, int) else None
    return Reported(told["reason"], told["detail"], told["next_step"], number, told["clause"])


def _unreachable(address: str, problem: httpx.TransportError) -> Refusal:
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CertificateRefused(address, cause.verify_message)
        cause = cause.__cause__ or cause.__context__
    if isinstance(problem, httpx.RemoteProtocolError | httpx.UnsupportedProtocol):
        return AnswerUnknown(address, why(problem))
    return CannotConnect(address, why(problem))  # clause: firewall, network-between
