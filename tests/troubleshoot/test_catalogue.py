"""The catalogue is complete, says where each statement comes from, and can be shown anywhere."""

import re
import zlib
from collections.abc import Callable, Iterator

import pytest

from fanlic.lab import scenario
from fanlic.model import authfile
from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import REASONS, Code, Who
from fanlic.troubleshoot.catalogue import mails
from fanlic.troubleshoot.catalogue.entry import COMMAND, Entry
from fanlic.troubleshoot.catalogue.shelf import catalogue

SCENARIOS = set(scenario.catalogue())
SHARED_KEYS = re.findall(
    r"\S+",
    """
    30006 lapsed 61100001 61100002 61100003 61100004 61100005 61100006 registration-failed
    err-connection-refused err-connection-timed-out certificate-warning exec-format-error port-already-allocated
    invalid-tar-header image-not-found container-name-in-use docker-daemon-not-running pkix-path-building-failed
    no-subject-alternative-names connection-refused socket-timeout unknown-host ssl-handshake qr-page-missing
    server-does-not-start-tls port-moved no-restart-policy clock-differs seats-too-few
    """,
)
ONLY_THE_VENDOR = ["30000", "30001", "30002", "30006", "30007", "61100001", "license-destroyed", "private-config-lost"]
# The openings, six words long, of the source page's sentences; only their checksums, for none stands in the project.
OPENINGS = set(
    re.findall(
        r"\w+",
        """
        03044f34 0b260ab1 0bc9998c 0eb48f93 1398337b 17f0eca6 18b4a1cf 207d1e6b 29f52cc9 2beb1282 2ef0c015 36109b33
        36a18d6e 38073c49 3e03c018 428adb6c 42f7cfce 434a6703 459d373e 50e95d4f 5167bbf4 5668a40b 57216cd9 5728ac67
        5827755d 5d23b252 5dee2274 612f491e 61fae33d 627a0cc9 647fc9b3 66414fb7 67859146 6fe62180 702e21ec 708bed09
        74abc9d9 7868d1dc 7a09b037 7f44a374 7fe38ece 80e91b48 811848bc 8395c75a 881f5ff5 8a6ef967 8aab8c3a 8edd3376
        90139cd0 9729a29b 9aa97dd9 9db3d06c a5a28458 a60a309b aa3450ee aa646fe2 b11b895d b1477c2b b98d33c7 c63b723c
        c846e3d0 c8edc591 c8f7fa73 c98a901d cf13c576 d720f9af d8991005 d9bbfea1 dfae291f e54a505a ee88977b efcd12fd
        f0ce6f45 f2e6cfe1 f50c133e f7c3e6a5 f854c34e f9d7e16a fabaaa41 fe6c6fd0 ffc9b2fe
        """,
    )
)

Law = Callable[[Entry], None]
LAWS: list[Law] = []


def every_entry(law: Law) -> Law:
    """A law that holds for each entry; `test_every_entry_keeps_the_laws` asks them all."""
    LAWS.append(law)
    return law


def prose(entry: Entry) -> Iterator[str]:
    yield from (entry.title, entry.meaning)
    yield from (cause.text for cause in entry.causes)
    yield from (text for text in (*entry.look, *entry.remedy) if not text.startswith(COMMAND))
    yield from entry.evidence


@pytest.mark.parametrize("code", Code)
def test_each_documented_code_has_an_entry_with_name_and_clause(code: Code) -> None:
    entry = catalogue()[str(int(code))]
    assert entry.title.startswith(f"{code.name}: ")
    assert Clause[f"CODE_{int(code)}"] in entry.clauses
    assert Basis.PAGE is entry.stated


def test_each_reason_without_a_code_has_an_entry() -> None:
    wanted = {name for name, kind in REASONS.items() if kind.code is None}
    assert set() == wanted - set(catalogue())


def test_clause_of_each_reason_is_among_those_of_its_entry() -> None:
    clauses = {kind.label: kind.clause for kind in REASONS.values()}
    assert [] == [label for label, clause in clauses.items() if clause not in catalogue()[label].clauses]


def test_the_keys_shared_with_the_other_commands_are_there() -> None:
    assert [] == [key for key in SHARED_KEYS if key not in catalogue()]


def test_no_two_entries_share_a_key() -> None:
    assert [key for key, entry in catalogue().items() if key != entry.key] == []
    assert len(catalogue()) == len({entry.title for entry in catalogue().values()})


@every_entry
def scenarios_exist_and_those_of_the_causes_come_first_in_their_order(entry: Entry) -> None:
    of_causes = tuple(dict.fromkeys(cause.scenario_id for cause in entry.causes if cause.scenario_id))
    assert of_causes == entry.scenarios[: len(of_causes)]
    assert set() == set(entry.scenarios) - SCENARIOS
    assert len(entry.scenarios) == len(set(entry.scenarios))


def test_every_failing_branch_of_the_running_system_is_named_by_some_entry() -> None:
    named = {scenario for entry in catalogue().values() for scenario in entry.scenarios}
    nothing_fails = {"C1", "L8", "Q3"}
    assert nothing_fails >= SCENARIOS - named, sorted(SCENARIOS - named)


@every_entry
def entry_says_what_why_where_to_look_what_to_do_who_acts_and_on_what_basis(entry: Entry) -> None:
    assert all((entry.title, entry.meaning, entry.causes, entry.look, entry.remedy))
    assert isinstance(entry.basis, Basis)
    assert isinstance(entry.who, Who)
    assert all(isinstance(cause.basis, Basis) and isinstance(cause.party, Who) for cause in entry.causes)


@every_entry
def what_the_page_says_names_its_clause(entry: Entry) -> None:
    assert entry.clauses or entry.basis is not Basis.PAGE
    assert len(entry.clauses) == len(set(entry.clauses))


@every_entry
def texts_are_plain_ascii_and_whole(entry: Entry) -> None:
    for text in (*prose(entry), *entry.shown, entry.mail):
        assert text.isascii(), text
        assert text == text.strip() + ("\n" if text == entry.mail and text else ""), text
        assert "  " not in text, text
        assert "licence" not in text.lower(), text


@every_entry
def no_text_opens_like_a_sentence_of_the_source_page(entry: Entry) -> None:
    for text in prose(entry):
        words = re.findall(r"[a-z0-9']+", text.lower())
        runs = {f"{zlib.crc32(' '.join(words[at : at + 6]).encode()):08x}" for at in range(len(words) - 5)}
        assert set() == runs & OPENINGS, text


@every_entry
def each_phrase_stands_once_and_belongs_to_one_entry(entry: Entry) -> None:
    others = {one for other in catalogue().values() if other is not entry for one in other.phrases}
    assert len(entry.phrases) == len(set(entry.phrases))
    assert set() == set(entry.phrases) & others


@every_entry
def draft_mail_is_for_real_use_and_leaves_its_blanks_in_capitals(entry: Entry) -> None:
    if entry.mail:
        assert f"To: {authfile.BUSINESS}\n" in entry.mail
        assert entry.mail.startswith("From: THE ADDRESS NAMED IN THE CONTRACT\n")
        assert re.search(r"^Subject: .*\bCOMPANY\b", entry.mail, re.MULTILINE)
        assert "rehearsal" not in entry.mail.lower()
        assert max(map(len, entry.mail.splitlines())) <= 110


@pytest.mark.parametrize("key", ONLY_THE_VENDOR)
def test_where_only_the_vendor_can_help_there_is_a_draft_mail_and_a_list_of_evidence(key: str) -> None:
    assert catalogue()[key].mail
    assert catalogue()[key].evidence


@every_entry
def where_the_vendor_acts_there_is_a_draft_mail(entry: Entry) -> None:
    assert entry.mail or entry.who is not Who.VENDOR
    assert entry.mail or "mail below" not in " ".join(entry.remedy)
    assert entry.mail or not entry.evidence


@pytest.mark.parametrize("mail", [mails.REQUEST, mails.REISSUE])
def test_request_mails_have_the_form_that_the_desk_checks(mail: str) -> None:
    lines = dict(line.split(": ", 1) for line in mail.splitlines() if ": " in line)
    assert lines["Subject"] == authfile.TITLE.format(company="COMPANY")
    assert authfile.METHOD == lines[authfile.HOW]
    assert {authfile.COMPANY, authfile.PROJECT, authfile.SIGNED, authfile.SEATS} <= set(lines)


def test_30006_has_no_meaning_no_scenario_and_no_cause_but_the_unknown() -> None:
    entry = catalogue()["30006"]
    assert "not documented" in entry.title
    assert () == entry.scenarios
    assert [Who.VENDOR] == [cause.party for cause in entry.causes]
    assert Basis.READING is entry.basis


def test_the_first_thing_to_do_after_registration_failed_is_to_read_the_digits_out() -> None:
    entry = catalogue()["registration-failed"]
    assert "Details" in entry.look[0]
    assert "five digits" in entry.remedy[0]


@every_entry
def no_command_to_look_at_changes_anything(entry: Entry) -> None:
    docker = r"docker (ps|port|inspect|logs|images|volume ls|cp)"
    reading = re.compile(rf"\$ ({docker}|fanlic|date -u|uname|openssl|nslookup|ss|systemctl status|sha256sum)\b")
    assert [] == [text for text in entry.look if text.startswith(COMMAND) and not reading.match(text)]


@every_entry
def no_remedy_removes_a_container_or_switches_a_firewall_off(entry: Entry) -> None:
    commands = [text for text in entry.remedy if text.startswith(COMMAND)]
    assert [] == [text for text in commands if re.search(r"\b(rm|prune|kill|restart NAME|down|rmi)\b", text)]
    assert "disable" not in " ".join(entry.remedy)


@every_entry
def before_a_container_is_made_anew_its_files_are_saved(entry: Entry) -> None:
    steps = [text.lower() for text in entry.remedy]
    anew = next((at for at, text in enumerate(steps) if "make the container anew" in text), None)
    assert anew is None or "copy it out" in " ".join(steps[:anew])


def test_every_entry_keeps_the_laws(subtests: pytest.Subtests) -> None:
    assert len(LAWS) == 11
    for key, entry in catalogue().items():
        with subtests.test(entry=key):
            for law in LAWS:
                law(entry)
