"""The forms of the procedure, driven by their methods and their buttons: request, run, scan, register, migrate."""

from __future__ import annotations

from typing import Any

from fanlic.lab import Lab
from fanlic.model.migration import Action, MigrationStage
from fanlic.model.project import Registration
from fanlic.notebook import MigrationWizard, QrPanel, RegistrationDialog, RequestComposer, RunBuilder

# -- Obtaining the Authorization File


def test_the_request_as_it_stands_is_faultless_and_brings_the_archive(lab: Lab) -> None:
    form = RequestComposer(lab)
    assert () == form.check()
    assert "Seats it would be granted: 1" in form.text
    form.seats.value = "7"
    form.check()
    assert "Seats it would be granted: 3" in form.text  # the contract's number
    reply = form.send()
    assert reply is not None
    assert reply.accepted
    assert "fanruan_license_server.tar lies in the inbox" in form.text
    assert "basis: FanRuan&#x27;s page" in form.text
    assert (lab.inbox / "fanruan_license_server.tar").exists()


def test_check_and_desk_name_the_same_mistakes_and_check_sends_nothing(lab: Lab, read: Any) -> None:
    form = RequestComposer(lab)
    form.sender.value, form.recipient.value = "bob@elsewhere.example", "sales@fanruan.com"
    form.title.value, form.project.value = "Please", ""
    form.method.value = "Local container authentication"
    rows = len(lab.rows)
    checked = form.check() or ()
    assert rows == len(lab.rows)
    expected = ["sender-without-contract", "recipient-wrong", "title-without-company", "body-line-missing"]
    assert [*expected, "method-other"] == [each.reason for each in checked]
    reply = form.send()
    assert reply is not None
    assert [each.reason for each in checked] == [each.reason for each in reply.refusals]
    assert [] == read.unbalanced(form.text)
    assert 5 == form.text.count("fanlic-basis")


def test_the_mail_is_marked_as_a_rehearsal_whatever_is_typed(lab: Lab) -> None:
    form = RequestComposer(lab)
    form.title.value = "Registration of ACME Ltd"
    form.send()
    mail = (lab.folder / "mails" / "01-request.eml").read_text("utf-8")
    assert "REHEARSAL" in mail.split("\n\n")[1]
    assert "X-Fanlic-Rehearsal" in mail


def test_a_private_config_that_is_nowhere_is_not_attached_and_nothing_is_sent(lab: Lab) -> None:
    form = RequestComposer(lab)
    form.attach.value = True
    assert form.send() is None
    assert "No host has privateConfig" in form.text
    assert not (lab.folder / "mails").exists()


# -- Starting the Authorization Server


def test_the_line_is_exact_for_each_shell(lab: Lab) -> None:
    form = RunBuilder(lab)
    image = "fanruan_license_server_amd64:1.0.0"
    assert f"docker run -v /D/William/lic/config:/app/config -P -d {image}" == form.line()
    form.paths["/app/config"].value = "D:\\my lic's\\config"
    assert f"""docker run -v 'D:\\my lic'"'"'s\\config:/app/config' -P -d {image}""" == form.line("sh")
    assert f"docker run -v 'D:\\my lic''s\\config:/app/config' -P -d {image}" == form.line("powershell")
    assert f'docker run -v "D:\\my lic\'s\\config:/app/config" -P -d {image}' == form.line("cmd")
    form.paths["/app/config"].value = "D:\\lic"
    assert "'D:\\lic:/app/config'" in form.line("sh")
    assert " D:\\lic:/app/config " in form.line("cmd")


def test_every_choice_is_in_the_line(lab: Lab) -> None:
    form = RunBuilder(lab)
    form.mapped["/app/log"].value = True
    form.port.value, form.number.value = "-p", "50123"
    form.restart.value, form.architecture.value, form.name.value = "unless-stopped", "arm64", "lic"
    expected = (
        "docker run -v /D/William/lic/config:/app/config -v /D/William/lic/log:/app/log -p 50123:8081 --name lic "
        "--restart unless-stopped -d fanruan_license_server_arm64:1.0.0"
    )
    assert expected == form.line()


def test_each_mount_gets_a_verdict_and_what_is_lost_is_named(lab: Lab, read: Any) -> None:
    form = RunBuilder(lab)
    assert "/app/log: without it the logs are read with docker logs only" in read.html(form)
    form.mapped["/app/config"].value, form.mapped["/app/web"].value = False, True
    form.paths["/app/web"].value = "D:\\my web"
    read.button(form, "Build the line").click()
    shown = read.html(form)
    assert (
        "not mapped, which is wrong: without it errors follow when the container is started for the second time"
        in shown
    )
    assert "mapped, which is wrong: mapped, the QR code page is unreachable" in shown
    assert "has spaces or special characters" in shown
    assert "/app/config: without it errors follow" in shown
    form.mapped["/app/config"].value = form.mapped["/app/log"].value = True
    form.build()
    assert "Nothing: what the server writes lies on the host." in read.html(form)


def test_run_runs_the_line_on_the_lab_and_shows_the_terminal(lab: Lab) -> None:
    form = RunBuilder(lab)
    done = form.run()
    assert done is not None
    assert done.status == 125
    assert "Unable to find image" in form.text
    lab.desk.receive(lab.customer.request())
    lab.host.docker("load -i fanruan_license_server.tar")
    form.run()
    assert "exit status 0" in form.text
    assert "never activated" == lab.host.server().status()["activation"]


# -- Submitting and Authentication


def test_scan_approve_and_submit_activate_the_server(running: Lab, read: Any) -> None:
    form = QrPanel(running)
    assert "<svg" in read.html(form)
    read.button(form, "Scan").click()
    shown = read.html(form)
    fingerprint = str(running.host.server().status()["fingerprint"])
    for part in ("ACME Ltd", "Sales Cockpit", fingerprint, "Time left"):
        assert part in shown
    code = form.approve()
    assert f'<p class="code">{code}</p>' in read.html(form)
    form.code.value = f" {code} "
    read.button(form, "Submit").click()
    assert "The server is activated." in form.text
    assert "basis: our reading (A2) · six-digits" in form.text
    assert "activated" == running.host.server().status()["activation"]
    assert "<svg" not in read.html(form)


def test_wrong_codes_count_down_and_lock_and_the_lock_ends(running: Lab, read: Any) -> None:
    form = QrPanel(running)
    for left in (4, 3, 2, 1, 0):
        form.code.value = "000000"
        form.submit()
        assert f"<dt>Tries left</dt><dd>{left}</dd>" in read.html(form)
    form.submit()
    assert form.refused is not None
    assert "code-entry-locked" == form.refused.reason
    assert "Code entry locked for 15 min" in read.html(form)
    assert form.refresh() is None
    running.clock.advance(minutes=15)
    assert form.refresh()
    assert "QR code valid for 5 min" in read.html(form)


def test_an_expired_qr_code_leaves_the_page_and_a_kept_picture_is_refused(running: Lab, read: Any) -> None:
    form = QrPanel(running)
    running.clock.advance(minutes=5)
    form.scan()
    assert form.refused is not None
    assert "qr-expired" == form.refused.reason
    assert "QR code no longer valid" in read.html(form)


def test_a_phone_without_internet_or_without_a_scan_shows_no_code(running: Lab) -> None:
    form = QrPanel(running)
    assert form.approve() is None
    assert "press Scan first" in form.text
    running.phone.online = False
    assert form.scan() is None
    assert "the phone has no internet" in form.text


def test_where_no_server_runs_the_panel_says_so(lab: Lab, read: Any) -> None:
    form = QrPanel(lab)
    assert form.refused is not None
    assert "docker ps shows no published port" in read.html(form)


# -- FineBI Server Verification Authorization


def test_success_names_the_maximum_number_of_connections(activated: Lab, read: Any) -> None:
    form = RegistrationDialog(activated)
    assert "https://127.0.0.1:50123" == form.address.value
    read.button(form, "Submit").click()
    assert "Maximum number of connections: 2" in form.text
    assert "maximum-connections" in form.text
    assert Registration.REGISTERED is form.project.registration
    assert ">registered<" in read.html(form)


def test_failure_is_a_pop_up_with_details_of_every_node(activated: Lab, read: Any) -> None:
    form = RegistrationDialog(activated, activated.project("sales", nodes=3))
    form.submit()
    assert "30007 REGISTER_OUT_OF_LIMIT" in form.text
    assert "<summary>Details</summary>" in form.text
    assert "<td>sales-3</td><td>30007</td>" in form.text
    assert [] == read.unbalanced(form.text)


def test_another_method_another_user_and_an_unfit_address_are_refused(activated: Lab) -> None:
    form = RegistrationDialog(activated)
    seen = []
    for box, value in ((form.method, "Public Cloud"), (form.user, "li"), (form.address, "http://127.0.0.1")):
        before, box.value = box.value, value
        form.submit()
        seen.append(form.refused.reason if form.refused else "")
        box.value = before
    assert ["other-method-chosen", "not-administrator", "address-unfit"] == seen


# -- Authentication Migration


def test_out_of_order_nothing_moves_and_the_consequence_is_shown(registered: Lab) -> None:
    form = MigrationWizard(registered)
    running = registered.host.container()
    assert form.take(Action.CLOSE) is None
    assert "step-out-of-order" in form.text
    assert MigrationStage.SERVING is form.stage
    form.take(Action.ASK)
    form.take(Action.RESTART_OLD)
    assert form.refused is not None
    assert "restart-before-reply" == form.refused.reason
    assert (MigrationStage.ASKED, running) == (form.stage, registered.host.container())


def test_the_steps_in_order_move_the_project_to_the_new_server(registered: Lab, read: Any) -> None:
    form = MigrationWizard(registered)
    for action in list(Action)[:-1]:
        read.button(form, action[0].upper() + action[1:]).click()
        assert "fanlic-note good" in form.text, action
    assert MigrationStage.DONE is form.stage
    assert registered.host is not form.old
    assert Registration.REGISTERED is registered.projects[0].registration
    assert registered.host.server().address == registered.projects[0].nodes[0].address
    assert [] == form.old.servers()


def test_a_server_that_was_never_activated_cannot_be_migrated(running: Lab) -> None:
    form = MigrationWizard(running)
    assert form.take(Action.ASK) is None
    assert "20000 DO_NOT_NEED_DEACTIVATE" in form.text
    assert MigrationStage.SERVING is form.stage
