"""Drills: the untouched start does not pass, the solution does, other right ways too, and mistakes are named."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from fanlic.lab.beat import COMMAND
from fanlic.lab.causes import CAUSES, DrillCause
from fanlic.lab.drill import DRILLS, HARM_COSTS, HINT_COSTS, LOOK_COSTS, LOOKS, Drill, mystery, numbered
from fanlic.lab.drills import TLS
from fanlic.lab.stage import CONFIG, FIXED, run_line
from fanlic.model.project import Registration
from fanlic.model.refusals import Refusal

Act = Callable[[Drill], object]


@pytest.fixture
def drill(request: pytest.FixtureRequest) -> Iterator[Drill]:
    with Drill(request.param) as opened:
        yield opened


def every_drill(test: Callable[..., None]) -> Callable[..., None]:
    marked: Callable[..., None] = pytest.mark.parametrize("drill", list(DRILLS), indirect=True)(test)
    return marked


def docker(drill: Drill, line: str) -> None:
    drill.lab.host.docker(line)


def newest(drill: Drill) -> str:
    return drill.lab.host.look("ps -a").splitlines()[1].split()[0]


def attempt(act: Callable[[], object]) -> None:
    """Something that may be refused."""
    try:
        act()
    except (Refusal, ValueError) as refusal:
        assert str(refusal)  # noqa: PT017 - that it was refused is all


@pytest.mark.parametrize("drill", [name for name in DRILLS if name != "no-picture"], indirect=True)
def test_the_untouched_start_does_not_pass_and_check_says_only_what_the_users_see(drill: Drill) -> None:
    result = drill.check()
    assert (False, 0, ()) == (result.passed, result.score, result.told)
    assert (False, False, ()) == (result.found, result.clause, result.harm)
    assert result.message in {f"The Registration page of {name} says: {state}." for name in NAMES for state in STATES}


@every_drill
def test_the_solution_passes_lasts_does_no_harm_and_scores_nothing_and_the_cause_is_told_then(drill: Drill) -> None:
    beats = drill.solution()
    began = drill.lab.clock.now()
    result = drill.check()
    assert (True, 0, ()) == (result.passed, result.score, result.harm)
    assert began + timedelta(hours=26) == drill.lab.clock.now()
    assert drill.check().passed
    assert began + timedelta(hours=26) == drill.lab.clock.now()
    assert (drill.task.title, drill.task.cause) == result.told[:2]
    commands = [beat.text.removeprefix("docker ") for beat in beats if beat.kind == COMMAND]
    told = (*drill.task.hints, drill.symptom())
    assert not [(command, text) for command in commands for text in told if command in text]


@every_drill
def test_every_look_shows_something(drill: Drill) -> None:
    assert all(drill.look(what).strip() for what in LOOKS)
    assert len(LOOKS) == drill.check().looks


def rescan(drill: Drill) -> None:
    page = drill.lab.host.server()
    attempt(lambda: drill.lab.phone.scan(page.qr() or page.refresh()))


def register_again(drill: Drill) -> None:
    project = drill.lab.projects[-1]
    attempt(lambda: project.register(project.nodes[0].address or drill.lab.host.server().address))


def set_back(drill: Drill) -> None:
    start = drill.lab.clock.now().replace(day=1)
    drill.lab.clock.set(start)


def remove_first(drill: Drill) -> None:
    for row in drill.lab.host.look("ps -a").splitlines()[1:]:
        docker(drill, f"rm -f {row.split()[0]}")


def wrong_setting(drill: Drill) -> None:
    drill.lab.projects[0].configure(domain="other.acme.example")
    register_again(drill)


def scan_only(drill: Drill) -> None:
    page = drill.lab.host.server()
    page.submit(drill.lab.phone.scan(page.refresh()))


def submit_any(drill: Drill) -> None:
    attempt(lambda: drill.lab.host.server().submit("123456"))


def wait_and_submit(drill: Drill) -> None:
    drill.lab.clock.advance(minutes=15)
    submit_any(drill)


def ask_for_more(drill: Drill) -> None:
    drill.lab.desk.receive(drill.lab.customer.request(seats=4))


def start_old(drill: Drill) -> None:
    drill.lab.host = drill.lab.hosts[0]
    docker(drill, f"start {newest(drill)}")
    drill.lab.clock.advance(hours=2)


def unbind_sales(drill: Drill) -> None:
    sales, stock = drill.lab.projects
    sales.unbind()
    stock.register(drill.lab.host.server().address)


def restart(drill: Drill) -> None:
    docker(drill, f"restart {newest(drill)}")


def start(drill: Drill) -> None:
    docker(drill, f"start {newest(drill)}")


def start_and_scan(drill: Drill) -> None:
    start(drill)
    rescan(drill)


def name_only(drill: Drill) -> None:
    drill.lab.projects[1].configure(app_name="webroot")
    register_again(drill)


def again(*options: str, **more: str) -> Act:
    def act(drill: Drill) -> None:
        docker(drill, f"rm -f {newest(drill)}")
        docker(drill, run_line(*options, **more))

    return act


NAMES = ("sales", "stock")
STATES = ("unregistered", "shown as failed", "lapsed")
MISTAKES: list[tuple[str, Act, str]] = [
    ("port-moved", restart, "only moves the port again"),
    ("port-moved", rescan, "nothing to scan"),
    ("port-moved", register_again, "nothing listens there"),
    ("web-mapped", again("-v /D/William/lic/web:/app/web"), "mapped /app/web again"),
    ("web-mapped", restart, "keeps the container's mappings"),
    ("second-container", remove_first, "only the vendor can help"),
    ("second-container", rescan, "another identity"),
    ("second-container", again(port=FIXED, config=""), "Each new container has a new identity"),
    ("second-container", restart, "keeps its new identity"),
    ("locked", restart, "does not end the lock and does not reset the count"),
    ("locked", submit_any, "the server refuses every code without a look at it"),
    ("locked", rescan, "no new QR code"),
    ("locked", wait_and_submit, "Refresh the page and scan again"),
    ("weekend", again(port=FIXED), "need not load or run the image again"),
    ("weekend", scan_only, "Register the project"),
    ("weekend", register_again, "Activate the server first"),
    ("weekend", restart, "does not bring the activation back"),
    ("no-seat-left", ask_for_more, "The contract has enough seats"),
    ("no-seat-left", restart, "Seats survive"),
    ("no-seat-left", register_again, "A seat has to become free first"),
    ("app-name", wrong_setting, "another setting than the app name"),
    ("app-name", rescan, "A scan does not change the terms"),
    ("app-name", restart, "A restart does not change the terms"),
    ("architecture", start, "You started the same program"),
    (
        "architecture",
        again(port=FIXED, image="fanruan_license_server_arm64:1.0.0"),
        "You ran the image of the other architecture again",
    ),
    ("architecture", lambda drill: docker(drill, "load -i fanruan_license_server.tar"), "the same two images"),
    ("stale-address", start_old, "Its authorization is destroyed"),
    ("stale-address", rescan, "activated already"),
    ("stale-address", restart, "gives no project its address"),
    ("one-name", unbind_sales, "one of them is always left out"),
    ("one-name", restart, "neither the names nor the keys"),
    ("one-name", register_again, "the same seat with the same name"),
    ("expired", set_back, "It does not help to set the clock back"),
    ("expired", again(f"-v {TLS}:/app/tls", port=FIXED), "not about the TLS certificate"),
    ("expired", rescan, "cannot renew"),
    ("expired", ask_for_more, "First ask the desk to destroy it"),
    ("expired", register_again, "meets the same license"),
    ("expired", restart, "keeps the same license"),
    ("tls-empty", start, "still empty"),
    ("tls-empty", again(f"-v {TLS}:/app/tls"), "mapped the empty directory again"),
    ("rebooted", again(port="-P"), "You do not need a new container"),
    ("rebooted", register_again, "while no server runs"),
    ("rebooted", start, "Wait for its next poll"),
    ("container-port", again(port="-p 50125:8080"), "the same wrong port"),
    ("container-port", restart, "the same pair of ports"),
    ("network-cut", restart, "opens no firewall"),
    ("other-version", rescan, "changes no version"),
    ("other-domain", restart, "changes no domain"),
    ("clock-back", restart, "does not bring the activation back"),
    ("lapsed-and-moved", register_again, "Look up the present port"),
    ("name-and-seat", name_only, "held by the system that was switched off"),
    ("trial-container", start_and_scan, "bound to the other container"),
    ("old-entry", wrong_setting, "older than the last registration"),
    ("heals-soon", restart, "one more outage"),
    ("no-picture", restart, "shows no QR code after it"),
]


@pytest.mark.parametrize(
    ("drill", "mistake", "words"), MISTAKES, ids=[f"{name}: {words}" for name, _, words in MISTAKES], indirect=["drill"]
)
def test_a_mistake_does_not_pass_and_is_named_afterwards(drill: Drill, mistake: Act, words: str) -> None:
    mistake(drill)
    if DrillCause.NOTHING not in CAUSES[drill.task.name][0]:  # there the mistake is needless, and the users are content
        result = drill.check()
        assert (False, ()) == (result.passed, result.told)
    drill._shown = True  # afterwards it is told
    assert [text for text in drill.check().told if words in text]


def test_every_misconception_has_a_mistake_that_brings_it_about() -> None:
    tried = {(name, words) for name, _, words in MISTAKES}
    named = [(task.name, each.text) for task in DRILLS.values() for each in task.mistakes]
    assert [] == [(name, text) for name, text in named if not any(n == name and w in text for n, w in tried)]


# -- other right ways


def old_port_fixed(drill: Drill) -> None:
    port = drill.lab.projects[0].nodes[0].address.rpartition(":")[2]
    again(f"-p {port}:8081", port="")(drill)
    drill.lab.clock.advance(hours=2)


def through_json(drill: Drill) -> None:
    page = drill.lab.host.server()
    text = page.call("GET", "/license/v1/challenge")["text"]
    page.submit(drill.lab.phone.approve(str(text)))
    drill.lab.projects[0].register(page.address)


def wait_for_silence(drill: Drill) -> None:
    drill.lab.clock.advance(hours=25)
    drill.lab.projects[1].register(drill.lab.host.server().address)


def own_pair(drill: Drill) -> None:
    drill.lab.host.put_certificate(TLS)
    start(drill)
    rescan_and_register(drill)


def rescan_and_register(drill: Drill) -> None:
    page = drill.lab.host.server()
    page.submit(drill.lab.phone.scan(page.qr() or page.refresh()))
    drill.lab.projects[-1].register(page.address)


def start_and_register(drill: Drill) -> None:
    start(drill)
    drill.lab.projects[0].register(drill.lab.host.server().address)


def copied_back(drill: Drill) -> None:
    """Whoever knows where the first container's layer is gives its folder to a new one."""
    first = drill.lab.host.look("ps -a").splitlines()[-1].split()[0]
    layer = drill.lab.folder / "host" / "containers" / first / "layer" / "app" / "config"
    shutil.copytree(layer, drill.lab.host.path(CONFIG))
    again(port=FIXED)(drill)
    drill.lab.clock.advance(hours=2)


OTHER_WAYS: list[tuple[str, Act]] = [
    ("port-moved", old_port_fixed),
    ("web-mapped", through_json),
    ("no-seat-left", wait_for_silence),
    ("tls-empty", own_pair),
    ("rebooted", start_and_register),
    ("second-container", copied_back),
]


@pytest.mark.parametrize(
    ("drill", "way"), OTHER_WAYS, ids=[f"{name}: {way.__name__}" for name, way in OTHER_WAYS], indirect=["drill"]
)
def test_another_right_way_passes(drill: Drill, way: Act) -> None:
    way(drill)
    verdict = drill.check()
    assert verdict.passed


def test_another_server_at_the_saved_address_is_not_the_one_registered_with() -> None:
    with Drill("rebooted") as drill:
        drill.solution()
        lab, page = drill.lab, drill.lab.host.server()
        lab.desk.receive(lab.customer.migration(page.address))
        private_config = (lab.host.path(CONFIG) / "privateConfig").read_bytes()
        lab.desk.receive(lab.customer.request(3, private_config=private_config))
        docker(drill, "load -i fanruan_license_server.tar")
        again(port=FIXED, config="/D/William/new/config")(drill)
        page.submit(lab.phone.scan(page.qr()))
        assert (Registration.REGISTERED, False) == (lab.projects[0].registration, drill.check().passed)
        lab.projects[0].register(page.address)
        assert drill.check().passed


def test_a_registration_with_a_lapsed_server_does_not_pass() -> None:
    with Drill("rebooted") as drill:
        drill.solution()
        drill.lab.clock.set(drill.lab.clock.now() - timedelta(minutes=2))
        assert Registration.REGISTERED is drill.lab.projects[0].registration
        assert not drill.check().passed


# -- looks, hints, score, reset, mystery


@pytest.fixture
def locked() -> Iterator[Drill]:
    with Drill("locked") as opened:
        yield opened


def test_looks_and_hints_are_counted_and_cost_points(locked: Drill) -> None:
    locked.look("status")
    locked.look("status")
    hints = [locked.hint() for _ in range(4)]
    assert 3 == len(set(hints))
    locked.diagnose(DrillCause.CODE, clause="lock-fifteen-minutes")
    locked.lab.clock.advance(minutes=15)
    rescan_and_register(locked)
    verdict = locked.check()
    assert (2, 3, 100 - 2 * LOOK_COSTS - 3 * HINT_COSTS) == (verdict.looks, verdict.hints, verdict.score)
    assert (True, True, True, 15) == (verdict.found, verdict.proved, verdict.clause, verdict.minutes)


# -- the diagnosis, harm, and cheats


def name_it(drill: Drill, clause: str = "") -> None:
    causes, fitting = CAUSES[drill.task.name]
    drill.diagnose(*causes, clause=clause or fitting[0].slug)


def mended(drill: Drill) -> int:
    drill.lab.clock.advance(minutes=15)
    rescan_and_register(drill)
    return drill.check().score


def test_without_a_diagnosis_or_with_a_wrong_one_a_mended_drill_scores_nothing(locked: Drill) -> None:
    assert 0 == mended(locked)
    assert locked.check().passed
    locked.reset()
    locked.diagnose(DrillCause.ACTIVATION, clause="lock-fifteen-minutes")
    assert 0 == mended(locked)


def test_a_clause_that_does_not_fit_costs_points_and_the_last_diagnosis_counts(locked: Drill) -> None:
    locked.diagnose(DrillCause.SEATS)
    name_it(locked, "code-30007")
    assert 80 == mended(locked)


def test_a_diagnosis_after_the_mending_is_too_late_and_one_that_is_none_is_named(locked: Drill) -> None:
    for wrong in ((), ("the moon",), tuple(DrillCause)[:3]):
        with pytest.raises(ValueError, match="one of the eight causes, or two"):
            locked.diagnose(*wrong)
    with pytest.raises(ValueError, match="no such clause: <b>"):
        locked.diagnose(DrillCause.CODE, clause="<b>")
    locked.lab.clock.advance(minutes=15)
    rescan_and_register(locked)
    with pytest.raises(ValueError, match="counts only before that"):
        locked.diagnose(DrillCause.CODE)


def test_a_mending_that_does_not_last_does_not_count() -> None:
    with Drill("weekend") as drill:
        name_it(drill)
        rescan_and_register(drill)
        drill.lab.projects[0].cut_network()  # the users see that at the next poll only
        late = drill.check()
    assert (False, 0) == (late.passed, late.score)
    assert late.message.startswith("26 hours later: ")


def test_harm_on_the_way_is_told_and_costs_points(locked: Drill) -> None:
    name_it(locked)
    restart(locked)
    assert 100 - HARM_COSTS == mended(locked)
    assert ("A server was restarted, without need.",) == locked.check().harm


def test_a_lapse_that_somebody_brings_about_is_harm() -> None:
    with Drill("no-picture") as drill:
        name_it(drill)
        set_back(drill)
        rescan_and_register(drill)
        result = drill.check()
    assert (True, 100 - HARM_COSTS) == (result.passed, result.score)
    assert ("An activation was in force and lapsed.",) == result.harm


def fresh_server(drill: Drill) -> None:
    remove_first(drill)
    docker(drill, run_line("-v /D/William/fresh/log:/app/log", port="-p 50555:8081", config="/D/William/fresh/config"))
    attempt(lambda: rescan_and_register(drill))


def delete_project(drill: Drill) -> None:
    for project in drill.lab.projects:
        project.switch_off()
        attempt(project.unbind)


def restart_all(drill: Drill) -> None:
    for host in drill.lab.hosts:
        for row in host.look("ps -a").splitlines()[1:]:
            host.docker(f"restart {row.split()[0]}")


def reload_page(drill: Drill) -> None:
    for page in drill.lab.host.servers():
        attempt(page.qr)
        attempt(page.refresh)


CHEATS: dict[str, Act] = {
    "do nothing": lambda drill: None,
    "wait a day": lambda drill: drill.lab.clock.advance(hours=24),
    "restart all": restart_all,
    "a fresh server": fresh_server,
    "delete the project": delete_project,
    "reload the page": reload_page,
    "reload the page and scan": lambda drill: attempt(lambda: rescan(drill)),
    "ask the vendor for more": ask_for_more,
}
# What is a cheat elsewhere is a remedy here; a detour, which costs points where it does harm.
REMEDIES = {
    *(("heals-soon", name) for name in ("wait a day", "restart all", "reload the page", "reload the page and scan")),
    *(("heals-soon", name) for name in ("do nothing", "ask the vendor for more")),
    *(("no-picture", name) for name in CHEATS if name not in ("a fresh server", "delete the project")),
    *((name, "restart all") for name in ("rebooted", "trial-container")),  # the container was down: it needed a start
    *((name, "a fresh server") for name in ("web-mapped", "architecture", "tls-empty", "container-port")),
    ("locked", "a fresh server"),
}


@pytest.mark.slow
@every_drill
def test_no_cheat_scores_even_with_the_right_diagnosis(drill: Drill) -> None:
    for name, cheat in CHEATS.items():
        drill.reset()
        name_it(drill)
        cheat(drill)
        scored = drill.check().score
        assert scored == 0 or (drill.task.name, name) in REMEDIES, name


def test_the_table_of_causes_has_every_drill_and_the_mixed_ones_are_as_many_as_promised() -> None:
    assert set(DRILLS) == set(CAUSES)
    assert len(DRILLS) >= 20
    assert 2 == sum(len(causes) == 2 for causes, _clauses in CAUSES.values())
    assert 2 == sum(causes == {DrillCause.NOTHING} for causes, _clauses in CAUSES.values())
    assert set(DrillCause) == {cause for causes, _clauses in CAUSES.values() for cause in causes}


# -- reset, mystery


def test_reset_breaks_it_anew_and_counts_from_nothing(locked: Drill) -> None:
    locked.look("status")
    locked.solution()
    assert locked.check().passed
    locked.reset()
    verdict = locked.check()
    assert (False, 0, 0) == (verdict.passed, verdict.looks, verdict.hints)


def test_what_cannot_be_looked_at_and_what_is_no_drill_is_named(locked: Drill) -> None:
    with pytest.raises(ValueError, match="look at one of: docker ps"):
        locked.look("the solution")
    with pytest.raises(ValueError, match=r"There is no drill nonsense; there are: \d{4}, "):
        Drill("nonsense")


def test_a_mystery_is_drawn_by_its_seed_does_not_say_its_name_and_comes_once_in_twenty_seeds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Drill, "_break", lambda self: None)  # what is drawn is asked, not played
    drawn = [mystery(seed) for seed in range(-3, 60)]
    for begin in range(len(drawn) - 20):
        assert 20 == len({drill.task.name for drill in drawn[begin : begin + 20]})
    assert set(DRILLS) == {drill.task.name for drill in drawn}
    assert all(f"Drill {drill.number}" == drill.title for drill in drawn)


def test_the_numbers_of_the_drills_follow_no_order_of_the_package() -> None:
    names = [task.name for task in numbered().values()]
    assert sorted(DRILLS) == sorted(names)
    assert names not in (list(DRILLS), sorted(DRILLS))
    assert all(1000 <= number <= 9999 for number in numbered())


def test_who_was_shown_the_solution_scores_nothing_until_a_reset(locked: Drill) -> None:
    locked.solution()
    assert (True, 0) == (locked.check().passed, locked.check().score)
    with pytest.raises(ValueError, match="counts only before that"):
        name_it(locked)
    locked.reset()
    name_it(locked)
    assert 100 == mended(locked)


def test_docker_commands_that_only_read_count_as_looks(locked: Drill) -> None:
    for line in ("ps -a", "images", "logs x", "inspect x", "port x"):
        locked.lab.host.docker(line)
    locked.lab.host.docker(f"restart {newest(locked)}")
    assert 5 == locked.check().looks


def test_every_drill_is_told_in_plain_characters() -> None:
    for task in DRILLS.values():
        texts = [task.title, task.text, task.cause, *task.hints, *(each.text for each in task.mistakes)]
        assert all(text and text.isascii() for text in texts), task.name
