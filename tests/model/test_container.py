"""Starting the Authorization Server: names, directories, host paths, ports."""

from dataclasses import replace

import pytest

from fanlic.model import container
from fanlic.model.container import Map
from fanlic.model.policy import FINEBI_6_0_5, LostFolder


def test_names_are_the_ones_of_the_page() -> None:
    assert "fanruan_license_server.tar" == container.ARCHIVE
    assert "fanruan_license_server_amd64:1.0.0" == container.image_name("amd64")
    assert "/license/qrcode" == container.QR_PATH
    assert ("amd64", "arm64") == container.ARCHITECTURES


@pytest.mark.clause("map-config")
@pytest.mark.clause("map-log")
@pytest.mark.clause("map-tls")
@pytest.mark.clause("map-web")
def test_the_four_directories_have_the_verdicts_of_the_page() -> None:
    expected = {
        "/app/config": ("map-config", Map.MUST),
        "/app/log": ("map-log", Map.MAY),
        "/app/tls": ("map-tls", Map.MAY),
        "/app/web": ("map-web", Map.MUST_NOT),
    }
    assert expected == {d.path: (d.clause.slug, d.verdict) for d in container.DIRECTORIES}


@pytest.mark.clause("map-config")
@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ((), ["/app/config"]),
        (("/app/log", "/app/tls", "/app/web"), ["/app/config"]),
        (("/app/config/",), ["/app/config"]),
        (("/app/config",), []),
        (("/app/log", "/app/config"), []),
    ],
)
def test_only_a_missing_config_is_reported_as_missing(targets: tuple[str, ...], expected: list[str]) -> None:
    assert expected == [directory.path for directory in container.missing_mapping(targets)]


@pytest.mark.clause("map-web")
@pytest.mark.parametrize(
    ("targets", "expected"),
    [((), []), (("/app/config", "/app/log", "/app/tls"), []), (("/app/config", "/app/web"), ["/app/web"])],
)
def test_only_a_mapped_web_is_reported_as_harmful(targets: tuple[str, ...], expected: list[str]) -> None:
    assert expected == [directory.path for directory in container.harmful_mapping(targets)]


@pytest.mark.clause("plain-path")
@pytest.mark.parametrize(
    "path", ["/D/William/lic/config", "D:\\William\\lic\\config", "/srv/lic-1.0/my_config", "C:/lic", "."]
)
def test_a_plain_host_path_is_fine(path: str) -> None:
    assert container.plain_path(path)


@pytest.mark.clause("plain-path")
@pytest.mark.parametrize(
    "path",
    [
        "",
        " ",
        "/my lic",
        "/lic ",
        "/lic\n",
        "/lic\t",
        "/\u8bb8\u53ef\u8bc1",
        "/caf\u00e9",
        "/a&b",
        "/a;b",
        "/a*",
        "~/lic",
        "/$HOME",
        "/a'b",
    ],
)
def test_a_host_path_with_spaces_or_special_characters_is_not_plain(path: str) -> None:
    assert not container.plain_path(path)


@pytest.mark.clause("random-port")
def test_a_random_port_is_one_from_49153_to_65535() -> None:
    ports = container.random_ports(FINEBI_6_0_5)
    assert [False, True, True, True, True, False] == [
        port in ports for port in (49152, 49153, 49154, 65534, 65535, 65536)
    ]
    assert 16383 == len(ports)


@pytest.mark.clause("built-in-certificate")
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.0.0.2", False),
        ("172.16.63.131", False),
        ("::1", False),
        ("", False),
    ],
)
def test_the_built_in_certificate_covers_two_names(host: str, expected: bool) -> None:
    assert expected == container.certificate_covers(host)


@pytest.mark.clause("qr-page")
def test_the_qr_code_page_has_the_path_of_the_page() -> None:
    assert "/license/qrcode" == container.QR_PATH


@pytest.mark.clause("map-config")
@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("empty", [False, True])
def test_only_an_empty_folder_after_an_earlier_container_fails_at_the_start_and_only_by_the_switch(
    earlier: bool, empty: bool
) -> None:
    start_fails = replace(FINEBI_6_0_5, lost_folder=LostFolder.START_FAILS)
    assert not container.second_start_fails(earlier, empty, FINEBI_6_0_5)
    assert (earlier and empty) is container.second_start_fails(earlier, empty, start_fails)
