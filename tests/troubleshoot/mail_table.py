"""Request mails as customers send them, for the desk and for preflight together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fanlic.model.authfile import Contract

ENGLISH = Contract(
    email="it@acme.example", company="ACME Ltd", project="Sales Cockpit", signed=date(2026, 2, 2), seats=4
)
CHINESE = Contract(
    email="it@shili.example", company="示例科技有限公司", project="销售驾驶舱", signed=date(2026, 2, 2), seats=4
)
HEAD = (
    "From: IT <it@acme.example>\nTo: business@fanruan.com\n"
    "Subject: Document of ACME Ltd's Registration for FineBI Official Authorization\n"
)
UTF8 = "Content-Type: text/plain; charset=utf-8\n"
FORM = (
    "Company name: ACME Ltd\nProject name: Sales Cockpit\nContract signing date: 2026-02-02\n"
    "Registration method: Container private cloud authentication\nThe maximum number of registration: 2\n"
)
MAIL = f"{HEAD}{UTF8}\n{FORM}"
ZH_HEAD = (
    "From: IT <it@shili.example>\nTo: business@fanruan.com\n"
    "Subject: 示例科技有限公司注册 FineBI 正式授权文件\nContent-Type: text/plain; charset=utf-8\n"
)
ZH_FORM = (
    "公司名称\uff1a示例科技有限公司\n项目名称\uff1a销售驾驶舱\n合同签定日期\uff1a2026年02月02日\n"
    "注册方式\uff1a容器私有云认证\n最大可注册量\uff1a2\n"
)
ZH_MAIL = f"{ZH_HEAD}\n{ZH_FORM}"


@dataclass(frozen=True)
class MailRow:
    """A mail, and the lines of the form that both must refuse, each as its clause and label."""

    name: str
    text: str
    refused: frozenset[tuple[str, str]] = frozenset()
    contract: Contract = ENGLISH


def row(name: str, text: str, *lines: str, clause: str = "body") -> MailRow:
    return MailRow(name, text, frozenset((clause, line) for line in lines))


def zh(name: str, text: str, *lines: str, clause: str = "body") -> MailRow:
    return MailRow(name, text, frozenset((clause, line) for line in lines), CHINESE)


def html(body: str, head: str = HEAD) -> str:
    return f"{head}Content-Type: text/html; charset=utf-8\n\n<html><head><style>p {{margin: 0}}</style></head>{body}"


def parts(body: str, *files: str, head: str = HEAD) -> str:
    """A mail with attachments, each a name."""
    attached = "".join(
        f'--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="{name}"\n\nx\n'
        for name in files
    )
    return (
        f'{head}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n'
        f"Content-Type: text/plain; charset=utf-8\n\n{body}\n{attached}--b--\n"
    )


COMPANY, PROJECT, SIGNED = "Company name", "Project name", "Contract signing date"
HOW, SEATS = "Registration method", "The maximum number of registration"

ACCEPTED = (
    row("plain", MAIL),
    row("wrong case", MAIL.replace("Company name", "company NAME").replace("Project", "project")),
    row("full-width colons", MAIL.replace(FORM, FORM.replace(": ", "\uff1a"))),
    row("blank before the colon", MAIL.replace("name: ", "name : ")),
    row("a table pasted as tabs", MAIL.replace(FORM, FORM.replace(": ", "\t"))),
    row("a numbered list", MAIL.replace("Company", "1. Company").replace("Project", "2) Project")),
    row("a bulleted list", MAIL.replace(FORM, "".join(f"- {line}\n" for line in FORM.splitlines()))),
    row("a remark behind the label", MAIL.replace("registration: 2", "registration (nodes of the cluster): 2")),
    row(
        "non-breaking spaces in plain text",
        MAIL.replace("Company name: ACME Ltd", "Company\u00a0name:\u00a0ACME\u00a0Ltd"),
    ),
    row("an invisible mark before the first line", MAIL.replace("Company name", "\ufeffCompany name")),
    row("no number", MAIL.replace("The maximum number of registration: 2\n", "")),
    row(
        "paragraphs in HTML with non-breaking spaces",
        html("".join(f"<p><b>{line.replace(': ', ':</b>&nbsp;')}</p>" for line in FORM.splitlines())),
    ),
    row(
        "a table in HTML",
        html(
            "<table>"
            + "".join("<tr><td>{}</td><td>{}</td></tr>".format(*line.split(": ")) for line in FORM.splitlines())
            + "</table>"
        ),
    ),
    row("line breaks in HTML", html(FORM.replace("\n", "<br>"))),
    row("written above a forwarded mail", MAIL + "\n---------- Forwarded message ----------\n> Company name: Other\n"),
    row("several attachments", parts(FORM, "screenshot.png", "contract.pdf", "engines.xlsx")),
    row("the empty form below the filled one", MAIL + "\n\nCompany name:\nProject name:\n"),
    row("the empty form above the filled one", MAIL.replace(FORM, "Company name:\nProject name:\n\n" + FORM)),
    row("an address in the signature", MAIL + "\n-- \nIT of ACME, https://www.acme.example\n"),
    zh("the vendor's Chinese form", ZH_MAIL),
    zh("Chinese, half-width colons", ZH_MAIL.replace("\uff1a", ": ")),
    zh("Chinese, the date without zeros", ZH_MAIL.replace("02月02日", "2月2日")),
    zh("Chinese, the date in figures", ZH_MAIL.replace("2026年02月02日", "2026-02-02")),
    zh(
        "Chinese, a remark behind the label",
        ZH_MAIL.replace("最大可注册量", "最大可注册量\uff08集群工程节点个数\uff09"),
    ),
    zh("Chinese, a count with its word", ZH_MAIL.replace("最大可注册量\uff1a2", "最大可注册量\uff1a2 个")),
    zh("Chinese, standalone", ZH_MAIL.replace("最大可注册量\uff1a2", "最大可注册量\uff1a单机")),
    zh("Chinese, no number", ZH_MAIL.replace("最大可注册量\uff1a2\n", "")),
    zh("Chinese labels, English method", ZH_MAIL.replace("容器私有云认证", "Container private cloud authentication")),
    zh("Chinese in HTML", html(f"<div>{ZH_FORM}</div>".replace("\n", "<br/>"), ZH_HEAD.partition("Content-Type")[0])),
    zh("Chinese, the encoding not declared", ZH_MAIL.replace("Content-Type: text/plain; charset=utf-8\n", "")),
    zh("Chinese, a numbered list", ZH_MAIL.replace("公司名称", "1、公司名称").replace("项目名称", "2、项目名称")),
)

REFUSED = (
    row("Company names", MAIL.replace("Company name", "Company names"), COMPANY),
    row("Projekt name", MAIL.replace("Project name", "Projekt name"), PROJECT),
    row("Registration methods", MAIL.replace("Registration method", "Registration methods"), HOW),
    row(
        "three labels nearly right",
        MAIL.replace("Company name", "Company names")
        .replace("Project name", "Projekt name")
        .replace("Registration method", "Registration methods"),
        COMPANY,
        PROJECT,
        HOW,
    ),
    row("a label cut short", MAIL.replace("Project name: ", "Project: "), PROJECT),
    row("another word order", MAIL.replace("Contract signing date", "Contract sign date"), SIGNED),
    row("no colon", MAIL.replace("Company name: ", "Company name "), COMPANY),
    row("an equals sign", MAIL.replace("Project name: ", "Project name = "), PROJECT),
    row("the value on the next line", MAIL.replace("Project name: ", "Project name\n"), PROJECT),
    row(
        "all of it quoted",
        MAIL.replace(FORM, "".join(f"> {line}\n" for line in FORM.splitlines())),
        COMPANY,
        PROJECT,
        SIGNED,
        HOW,
    ),
    row("an empty value", MAIL.replace("Sales Cockpit", ""), PROJECT),
    row("a date with slashes", MAIL.replace("2026-02-02", "2026/02/02"), SIGNED),
    row("a date in words", MAIL.replace("2026-02-02", "2 February 2026"), SIGNED),
    row("a date without zeros", MAIL.replace("2026-02-02", "2026-2-2"), SIGNED),
    row("no such date", MAIL.replace("2026-02-02", "2026-02-30"), SIGNED),
    row("a number in words", MAIL.replace("registration: 2", "registration: two"), SEATS),
    row("no number at all behind the colon", MAIL.replace("registration: 2", "registration: "), SEATS),
    row("a negative number", MAIL.replace("registration: 2", "registration: -2"), SEATS),
    row("another method", MAIL.replace("Container private", "Public"), "", clause="method"),
    row("another recipient", MAIL.replace("business@", "support@"), "", clause="recipient"),
    row("a title without the company", MAIL.replace("Document of ACME Ltd's", "Our"), "", clause="title"),
    row("two senders", MAIL.replace("IT <it@acme.example>", "it@acme.example, x@acme.example"), "", clause="sender"),
    zh("合同签订日期 for 合同签定日期", ZH_MAIL.replace("签定", "签订"), SIGNED),
    zh("项目名", ZH_MAIL.replace("项目名称", "项目名"), PROJECT),
    zh("认证方式", ZH_MAIL.replace("注册方式", "认证方式"), HOW),
    zh("公司", ZH_MAIL.replace("公司名称", "公司"), COMPANY),
    zh("公司名称 without a colon", ZH_MAIL.replace("公司名称\uff1a", "公司名称 "), COMPANY),
    zh("Chinese, another method", ZH_MAIL.replace("容器私有云认证", "公有云认证"), "", clause="method"),
    zh("Chinese, no such date", ZH_MAIL.replace("02月02日", "13月02日"), SIGNED),
    zh("Chinese, a number in words", ZH_MAIL.replace("注册量\uff1a2", "注册量\uff1a两个"), SEATS),
    zh("Chinese, the date with dots", ZH_MAIL.replace("2026年02月02日", "2026.02.02"), SIGNED),
)
