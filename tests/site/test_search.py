"""Search finds what people type: the answer is among the first three.

The readers' own search is asked: the built index, in the browser, through the search box of the page.
"""

from __future__ import annotations

from typing import Any

# What is typed, and the page that answers. Several pages are separated by a space where each would do.
QUERIES = {
    "30005": "codes/30005/",
    "LICENSE_APPNAME_ERROR": "codes/30005/",
    "APPNAME": "codes/30005/",
    "app name": "codes/30005/",
    "10000": "codes/10000/",
    "JSON_PARSER_ERROR": "codes/10000/",
    "PARAM_INPUT": "codes/10001/",
    "20000": "codes/20000/",
    "unbind": "codes/20000/",
    "30000": "codes/30000/",
    "license expired": "codes/30000/",
    "30001": "codes/30001/",
    "version mismatch": "codes/30001/",
    "30002": "codes/30002/",
    "abnormal account": "codes/30002/",
    "LICENSE_IP_ERROR": "codes/30003/",
    "30004": "codes/30004/",
    "domain error": "codes/30004/",
    "30006": "codes/30006/",
    "30007": "codes/30007/",
    "REGISTER_OUT_OF_LIMIT": "codes/30007/",
    "maximum number of authorizations": "codes/30007/",
    "61100002": "codes/61100002/",
    "QR code expired": "reasons/qr-expired/",
    "二维码过期": "zh/reasons/qr-expired/ reasons/qr-expired/",
    "locked 15 minutes": "reasons/code-entry-locked/",
    "锁定": "reasons/code-entry-locked/",
    "wrong verification code": "reasons/wrong-code/",
    "privataConfig": "reasons/private-config-lost/ reasons/private-config-missing/ readings.html glossary.html",
    "privateConfig lost": "reasons/private-config-lost/",
    "bound to another server": "reasons/license-bound-elsewhere/",
    "no code on the phone": "reasons/phone-offline/",
    "24 hours": "reasons/lapsed/ clauses.html explanation/time.html",
    "cannot connect": "reasons/cannot-connect/",
    "certificate refused": "reasons/certificate-refused/",
    "restart before reply": "reasons/restart-before-reply/",
    "no archive by mail": "reasons/archive-not-received/",
    "Registration failed": "symptoms/registration-failed/",
    "注册失败": "symptoms/registration-failed/ zh/symptoms/registration-failed/",
    "port changed after restart": "symptoms/port-moved/",
    "端口变了": "symptoms/port-moved/",
    "80811": "reasons/address-unfit/ readings.html clauses.html howto/register-a-first-project.html",
    "ERR_CONNECTION_REFUSED": "symptoms/err-connection-refused/",
    "exec format error": "symptoms/exec-format-error/",
    "port is already allocated": "symptoms/port-already-allocated/",
    "invalid tar header": "symptoms/invalid-tar-header/",
    "PKIX path building failed": "symptoms/pkix-path-building-failed/",
    "SSLHandshakeException": "symptoms/ssl-handshake/",
    "app/tls does not start": "symptoms/server-does-not-start-tls/",
    "some nodes of the cluster": "symptoms/seats-too-few/",
    "migration": "howto/move-the-server.html reasons/address-missing/ tutorial/07_migration.html clauses.html",
    "own certificate": "howto/own-certificate.html",
    "FANLIC_LANG": "reference/configuration.html",
    "fanlic doctor": "reference/cli.html howto/diagnose.html",
}
FIRST = 3


def test_each_query_finds_its_answer_among_the_first_three(watched: Any, address: str) -> None:
    assert len(QUERIES) >= 50
    watched.page.goto(address + "index.html")
    missed = {}
    for words, answers in QUERIES.items():
        links = watched.search(words)
        found = [link.removeprefix(address).partition("?")[0].partition("#")[0] for link in links]
        if not any(page.startswith(answer) for page in found[:FIRST] for answer in answers.split()):
            missed[words] = found[:5]
    assert missed == {}


def test_a_stranger_with_a_code_is_two_clicks_from_the_remedy(watched: Any, address: str) -> None:
    """The search box, the first result, and what to do stands on that page."""
    page = watched.page
    page.goto(address + "index.html")
    watched.search("30005")
    page.locator(".md-search-result__item > a").first.click()
    page.wait_for_url("**/codes/30005/**")
    assert page.locator("h2#remedy").inner_text().startswith("Do this now")
    assert page.locator("text=Bring the project back").count() == 1
