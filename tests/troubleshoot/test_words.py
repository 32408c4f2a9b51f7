"""What people type and paste, and the entry it leads to."""

import pytest

from fanlic.model.refusals import REASONS, Code, Refusal
from fanlic.troubleshoot.catalogue.search import How, by_scheme, find, nearest_codes, unknown_codes
from fanlic.troubleshoot.catalogue.shelf import catalogue

TYPED = [
    # codes, alone and in what surrounds them
    ("30005", "30005"),
    ("error 30005!", "30005"),
    ("Error code: 30007, register out of limit", "30007"),
    ("错误码：30005", "30005"),  # noqa: RUF001
    ("错误代码30002账号状态异常", "30002"),
    ("３０００５", "30005"),  # noqa: RUF001
    ("3ooo5", "30005"),
    ('{"code":30000,"message":"..."}', "30000"),
    ("(10001)", "10001"),
    ("code-20000", "20000"),
    ("2024-05-01 10:00:00 ERROR registration failed 10000", "10000"),
    ("registration failed, Details says 30003", "30003"),
    ("30006", "30006"),
    ("61100001", "61100001"),
    ("错误 61100006 移动端", "61100006"),
    # names
    ("LICENSE_APPNAME_ERROR", "30005"),
    ("license_expired", "30000"),
    ("REGISTER_OUT_OF_LIMIT happened on node 2", "30007"),
    ("APPNAME", "30005"),
    ("app name", "30005"),
    ("do not need deactivate", "20000"),
    ("qr-expired", "qr-expired"),
    ("page-missing", "qr-page-missing"),
    ("authorization-lapsed", "30002"),
    ("reason: license-bound-elsewhere", "license-bound-elsewhere"),
    # the pop-up, and what people say
    ("Registration failed", "registration-failed"),
    ("registration failed.", "registration-failed"),
    ("it is locked for 15 minutes", "code-entry-locked"),
    ("wrong code", "wrong-code"),
    ("the QR code has expired", "qr-expired"),
    ("server was down more than 24 hours", "lapsed"),
    ("shows failed after restart", "shown-as-failed"),
    ("no answer, firewall?", "cannot-connect"),
    ("the port changed", "port-moved"),
    ("privateConfig lost", "private-config-lost"),
    ("some nodes of the cluster do not register", "seats-too-few"),
    ("clock skew between the hosts", "clock-differs"),
    ("registration failed, something about the app name", "30005"),
    ("certificate 证书过期", "30000"),
    # browsers
    ("ERR_CONNECTION_REFUSED", "err-connection-refused"),
    ("172.16.63.131 refused to connect. ERR_CONNECTION_REFUSED", "err-connection-refused"),
    (
        "This site can\u2019t be reached. 10.0.0.5 took too long to respond. ERR_CONNECTION_TIMED_OUT",
        "err-connection-timed-out",
    ),
    ("Your connection is not private NET::ERR_CERT_COMMON_NAME_INVALID", "certificate-warning"),
    ("SEC_ERROR_UNKNOWN_ISSUER", "certificate-warning"),
    # Docker
    ("standard_init_linux.go:228: exec user process caused: exec format error", "exec-format-error"),
    ("Bind for 0.0.0.0:8081 failed: port is already allocated.", "port-already-allocated"),
    ("Error processing tar file(exit status 1): archive/tar: invalid tar header", "invalid-tar-header"),
    ("Unable to find image 'fanruan_license_server:1.0.0' locally", "image-not-found"),
    ('Conflict. The container name "/lic" is already in use by container "4f1c".', "container-name-in-use"),
    ("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", "docker-daemon-not-running"),
    ("docker: Error response from daemon: invalid volume specification: 'D:/my lic:/app/config'", "path-not-plain"),
    # FineBI's log
    ("sun.security.validator.ValidatorException: PKIX path building failed", "pkix-path-building-failed"),
    (
        "SSLHandshakeException: java.security.cert.CertificateException: No subject alternative names present",
        "no-subject-alternative-names",
    ),
    (
        "SSLHandshakeException: ValidatorException: PKIX path building failed: unable to find valid certification path",
        "pkix-path-building-failed",
    ),
    ("javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure", "ssl-handshake"),
    ("java.net.ConnectException: Connection refused (Connection refused)", "connection-refused"),
    ("connect to 10.0.0.5:49155 failed: Connection refused", "connection-refused"),
    ("java.net.SocketTimeoutException: connect timed out", "socket-timeout"),
    ("java.net.SocketTimeoutException: Read timed out after 30000", "socket-timeout"),
    ("java.net.UnknownHostException: license.example.com", "unknown-host"),
    # Chinese
    ("注册失败", "registration-failed"),
    ("授权", "registration-failed"),
    ("验证码", "wrong-code"),
    ("验证码错误", "wrong-code"),
    ("二维码过期", "qr-expired"),
    ("二维码已失效，请刷新", "qr-expired"),  # noqa: RUF001
    ("证书", "certificate-refused"),
    ("证书过期", "30000"),
    ("端口", "cannot-connect"),
    ("端口被占用", "port-already-allocated"),
    ("端口变了", "port-moved"),
    ("连接被拒绝", "connection-refused"),
    ("连接超时", "err-connection-timed-out"),
    ("打不开二维码页面", "qr-page-missing"),
    ("您的连接不是私密连接", "certificate-warning"),
    ("版本不匹配", "30001"),
    ("应用名称不在范围内", "30005"),
    ("锁定15分钟", "code-entry-locked"),
    ("停机超过24小时", "lapsed"),
    ("迁移", "address-missing"),
    ("防火墙", "cannot-connect"),
    # the rehearsal's own messages, whatever their values
    ("The app name sales is not within the allowed range (webroot).", "30005"),
    ("The seat of bi-1 belongs to another machine: the node key differs.", "node-key-wrong"),
    ("The license L-1 belongs to server 12ab; this is server 34cd.", "license-bound-elsewhere"),
]

MISSPELLED = [
    ("LICENCE_EXPIERD", "30000"),
    ("LICENSE_APNAME_EROR", "30005"),
    ("REGISTER_OUT_OFF_LIMITS", "30007"),
    ("regstration faild", "registration-failed"),
    ("exec formt eror", "exec-format-error"),
    ("PKX path bilding faild", "pkix-path-building-failed"),
    ("certificat", "certificate-refused"),
    ("the log has SocketTimeoutExeption in it", "socket-timeout"),
]


@pytest.mark.parametrize(("typed", "key"), TYPED)
def test_words_lead_to_their_entry_first(typed: str, key: str) -> None:
    matches = find(typed)
    assert key == matches[0].key, matches[:4]
    assert matches[0].how is not How.NEAR


@pytest.mark.parametrize(("typed", "key"), MISSPELLED)
def test_misspelled_words_are_offered_their_entry_and_take_none_for_granted(typed: str, key: str) -> None:
    matches = find(typed)
    assert key in [match.key for match in matches]
    assert {How.NEAR} == {match.how for match in matches}


def test_each_key_and_each_phrase_leads_to_its_own_entry_first(subtests: pytest.Subtests) -> None:
    typed = {key: [key, *(text for text in entry.phrases if "*" not in text)] for key, entry in catalogue().items()}
    assert sum(map(len, typed.values())) > 700
    for key, texts in typed.items():
        with subtests.test(entry=key):
            assert {} == {text: best for text in texts if (best := find(text)[0].key) != key}


@pytest.mark.parametrize("code", Code)
def test_each_name_of_a_code_leads_to_it_in_any_case(code: Code) -> None:
    assert str(int(code)) == find(code.name)[0].key
    assert str(int(code)) == find(f"Error: {code.name.lower()}.")[0].key


@pytest.mark.parametrize("kind", REASONS.values())
def test_each_reason_of_the_rulebook_is_found_by_name_and_by_message(kind: type[Refusal]) -> None:
    assert kind.label == find(kind.reason)[0].key
    assert kind.label == find(kind.message.replace("{", "").replace("}", ""))[0].key


def test_several_codes_are_all_found_in_their_order() -> None:
    assert ["30007", "30005"] == [match.key for match in find("30007 on node 1, 30005 on node 2")]


@pytest.mark.parametrize(
    "typed",
    [
        "https://172.16.63.131:49155",
        "port 40001",
        "0.0.0.0:49155->8081/tcp",
        "lichost:49153",
        "container 4f1c2a93b0d1",
        "20240115",
        "backup of 20240115 12345678901",
        "pid 30007",
        "30007/tcp",
        "timeout=30000",
        "waited 10000 ms",
        "port: 30005",
    ],
)
def test_ports_dates_timeouts_and_identifiers_are_no_codes(typed: str) -> None:
    assert How.CODE not in {match.how for match in find(typed)}
    assert [] == [number for number in unknown_codes(typed) if number != typed]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("30008", ["30008"]),
        ("error 40001", ["40001"]),
        ("61100009", ["61100009"]),
        ("99999999", ["99999999"]),
        ("30005 and 30009", ["30009"]),
        ("30005", []),
        ("1234", []),
        ("123456", []),
    ],
)
def test_numbers_in_no_list_are_named_as_such(typed: str, numbers: list[str]) -> None:
    assert numbers == unknown_codes(typed)


def test_unknown_code_alone_leads_to_no_entry() -> None:
    assert [] == find("30008")
    assert [] == find("61100009")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("61100009", "an error of the module BI, unsupported function, number 00009"),
        ("22400001", "a notice of the module platform, system notice, number 00001"),
        ("81300012", "an error of the module Q&A BI (from FineBI 7), exception, number 00012"),
    ],
)
def test_digits_of_a_product_code_are_read_by_the_scheme(number: str, said: str) -> None:
    assert f"By the scheme of product codes: {said}." == by_scheme(number)


@pytest.mark.parametrize("number", ["41100001", "63100001", "61500001", "30005", "20240115"])
def test_digits_outside_the_scheme_are_not_read(number: str) -> None:
    assert "" == by_scheme(number)


def test_nearest_codes_have_the_same_length_and_come_nearest_first() -> None:
    assert ["30007", "30006", "30005"] == nearest_codes("30008")
    assert ["61100006", "61100005", "61100004"] == nearest_codes("61100009")


@pytest.mark.parametrize("typed", ["", " ", "xyzzy", "hello there", "...", "{}", "\x00", "🙂", "*"])
def test_words_that_mean_nothing_here_lead_nowhere(typed: str) -> None:
    assert [] == find(typed)


def test_a_long_paste_is_searched_in_bounded_time() -> None:
    paste = "lorem ipsum dolor sit amet " * 4000
    assert [] == find(paste)
    assert "30005" == find(paste + " 30005")[0].key
