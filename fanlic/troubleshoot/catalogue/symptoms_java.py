"""Symptoms in FineBI's log: what its Java says of the way to the authorization server."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue.entry import CaseStage, Cause, Entry, Says

PAGE, VENDOR, READING = Basis.PAGE, Basis.VENDOR, Basis.READING
_DOCTOR = "$ fanlic doctor https://HOST:PORT"
_PS = "$ docker ps"
_PS_A = "$ docker ps -a"
_LOGS = "$ docker logs --tail 200 NAME"
_FROM_THERE = N_("Check from the FineBI host: what counts is its way, not your own.")
_SAVE_FIRST = N_("Before a container is made anew: if /app/config is not mapped, copy it out and map the copy.")
_TRUST = N_("Which certificates FineBI's Java trusts is set on the FineBI host; ask the vendor how for this version.")

ENTRIES = (
    Entry(
        key="pkix-path-building-failed",
        title=N_("Java: PKIX path building failed"),
        meaning=N_("FineBI's Java does not trust the issuer of the certificate it met."),
        shown=(
            "sun.security.validator.ValidatorException: PKIX path building failed",
            "unable to find valid certification path to requested target",
        ),
        causes=(
            Cause(
                N_("your own certificate's issuer is not in the trust store of FineBI's Java"),
                Who.PROJECT,
                READING,
                "L8",
            ),
            Cause(N_("the chain is incomplete: the intermediate certificate is missing"), Who.HOST, READING, "L8"),
            Cause(N_("a proxy between opens the encryption with its own certificate"), Who.PROJECT, READING),
            Cause(N_("the built-in certificate, on a version that does check the issuer"), Who.HOST, "a10", "Q2"),
        ),
        look=(
            "$ openssl s_client -connect HOST:PORT -showcerts",
            _FROM_THERE,
            N_("The log line's host: is it the authorization server at all?"),
        ),
        remedy=(
            N_("Put the whole chain into /app/tls; have the issuer trusted on the FineBI host."),
            _TRUST,
        ),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.BUILT_IN_CERTIFICATE, Clause.OWN_CERTIFICATE),
        scenarios=("L8", "Q2"),
        patterns=(
            r"pkix path (?:building|validation) failed",
            r"unable to find valid certification path",
            r"certificate problem: (?:unable to get|self.signed)",
            r"certificate signed by unknown authority|trustanchors parameter must be non-empty",
            r"sec_e_untrusted_root|untrusted root|不受信任的(?:颁发|根)",
        ),
        sort="untrusted",
        stage=CaseStage.TLS,
        asks=("certificate", "address"),
        phrases=(
            "pkix path building failed",
            "pkix",
            "unable to find valid certification path",
            "validatorexception",
            "suncertpathbuilderexception",
            "证书链",
        ),
    ),
    Entry(
        key="no-subject-alternative-names",
        title=N_("Java: no subject alternative names"),
        meaning=N_(
            "The certificate does not cover the address that FineBI uses. The built-in one covers localhost and "
            "127.0.0.1 only."
        ),
        shown=(
            "java.security.cert.CertificateException: No subject alternative names present",
            "No subject alternative names matching IP address ... found",
        ),
        causes=(
            Cause(N_("the built-in certificate, on a version that does check the name"), Who.HOST, "a10", "Q2"),
            Cause(
                N_("your own certificate is for a name, and FineBI uses the IP address, or the other way round"),
                Who.HOST,
                READING,
                "L8",
            ),
        ),
        look=(N_("The saved address in FineBI against the names in the certificate."), _DOCTOR),
        remedy=(
            _SAVE_FIRST,
            N_("Map /app/tls with a certificate that names this very IP address or host name as alternative name."),
            N_("Or save in FineBI an address that your certificate covers."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.BUILT_IN_CERTIFICATE, Clause.OWN_CERTIFICATE),
        scenarios=("Q2", "L8"),
        patterns=(
            r"no subject alternative (?:dns )?names?",
            r"no name matching [^ ]{1,200} found",
            r"doesn't match any of the subject alternative names",
            r"no alternative certificate subject name matches",
            r"hostname in certificate didn't match",
            r"verify error:num=6[24]:",
            r"certificate is (?:not )?valid for .{1,80}, not ",
        ),
        sort="name",
        stage=CaseStage.TLS,
        asks=("certificate", "address"),
        phrases=(
            "no subject alternative",
            "subject alternative names",
            "subject alternative dns name",
            "doesn't match any of the subject",
            "hostname in certificate didn't match",
            "certificateexception",
            "hostname mismatch",
            "主题备用名称",
        ),
    ),
    Entry(
        key="connection-refused",
        title=N_("Java: Connection refused"),
        meaning=N_("The host answered FineBI that nothing listens on this port. The way between them is all right."),
        shown=("java.net.ConnectException: Connection refused",),
        causes=(
            Cause(
                N_("the port moved at a restart under -P, and FineBI still has the old one"),
                Who.PROJECT,
                "docker-itself",
                "L13",
            ),
            Cause(N_("the container is stopped"), Who.HOST, "docker-itself", "L14"),
            Cause(N_("the port is published on 127.0.0.1 only"), Who.HOST, "docker-itself"),
        ),
        look=(_PS_A, "$ docker port NAME", N_("The address saved in FineBI.")),
        remedy=(
            N_("Port moved: correct the address in FineBI and submit; then fix the port with -p when there is time."),
            N_("Container stopped: read its log, then start the same one, before 22 hours are over."),
            _LOGS,
        ),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.LIST_PORT, Clause.RANDOM_PORT, Clause.DOWN_TIME),
        scenarios=("L13", "L14", "U3", "U4"),
        patterns=(
            r"connection refused",
            r"econnrefused",
            r"actively refused",
            r"curl: \(7\)(?!.*(?:no route|timed out))",
            r"connect:errno=111",
            r"拒绝连接|连接被拒绝|无法打开到主机的连接|无法建立到 ?.{1,80}服务器的连接",
            r"unable to connect to the remote server",
        ),
        says=Says.USUAL,
        sort="refused",
        stage=CaseStage.REACH,
        asks=("containers", "ports", "address"),
        phrases=(
            "connection refused",
            "connectexception",
            "connect refused",
            "econnrefused",
            "actively refused",
            "连接被拒绝",
            "拒绝了连接",
            "积极拒绝",
        ),
    ),
    Entry(
        key="socket-timeout",
        title=N_("Java: SocketTimeoutException, connect timed out"),
        meaning=N_("FineBI got no answer in time."),
        shown=("java.net.SocketTimeoutException: connect timed out", "java.net.SocketTimeoutException: Read timed out"),
        causes=(
            Cause(
                N_("connect timed out: a firewall drops the packets, or the address is wrong"),
                Who.PROJECT,
                ("docker-itself", Clause.FIREWALL),
                "F4",
            ),
            Cause(N_("read timed out: the server hangs, or something between holds the connection"), Who.HOST, READING),
        ),
        look=(
            N_("Connect or Read timed out? The first is the network, the second the server."),
            _PS,
            _LOGS,
            _DOCTOR,
            _FROM_THERE,
        ),
        remedy=(
            N_("Connect: open the published port from the FineBI host to the container host."),
            N_("Read: save docker logs and docker inspect; look at memory, disk and State before any restart."),
        ),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.FIREWALL, Clause.NETWORK),
        scenarios=("F4", "U8"),
        patterns=(
            r"sockettimeoutexception",
            r"connecttimeoutexception",
            r"connect timed out",
            r"connection timed out",
            r"read timed out",
            r"connect(?:ion)? timeout",
            r"curl: \(28\)",
            r"no ?route ?to ?host|network is unreachable|host is unreachable",
            r"timed out: operation now in progress|port \d{1,5} \(tcp\) (?:timed out|failed)",
        ),
        says=Says.USUAL,
        sort="silent",
        stage=CaseStage.REACH,
        asks=("containers", "ports", "address"),
        phrases=(
            "sockettimeoutexception",
            "connect timed out",
            "read timed out",
            "connecttimeoutexception",
            "etimedout",
            "noroutetohostexception",
            "no route to host",
        ),
    ),
    Entry(
        key="unknown-host",
        title=N_("Java: UnknownHostException"),
        meaning=N_("FineBI's host cannot turn the name in the saved address into an IP address."),
        shown=("java.net.UnknownHostException: NAME",),
        causes=(
            Cause(N_("the name is mistyped, or has a space or a path in it"), Who.PROJECT, READING, "F4"),
            Cause(N_("the closed network's name service does not know it"), Who.PROJECT, READING),
            Cause(N_("FineBI runs in a container with name settings of its own"), Who.PROJECT, READING),
        ),
        look=("$ nslookup NAME", _FROM_THERE),
        remedy=(N_("Use the IP address, or have the name entered in the name service or the hosts file."),),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.PRIVATE_CLOUD, Clause.NETWORK),
        scenarios=("F4",),
        patterns=(
            r"unknownhost(?:exception)?\b",
            r"could not resolve host",
            r"name or service not known",
            r"err_name_not_resolved",
            r"dns_probe_finished_nxdomain",
            r"enotfound",
        ),
        stage=CaseStage.REACH,
        asks=("address",),
        phrases=(
            "unknownhostexception",
            "unknown host",
            "name or service not known",
            "could not resolve host",
            "dns_probe_finished_nxdomain",
            "err_name_not_resolved",
            "enotfound",
            "无法解析",
            "域名解析",
            "未知主机",
        ),
    ),
    Entry(
        key="ssl-handshake",
        title=N_("Java: SSLHandshakeException, SSLException"),
        meaning=N_("Both sides spoke, and could not agree on encryption; or the certificate was refused."),
        shown=("javax.net.ssl.SSLHandshakeException: ...",),
        causes=(
            Cause(
                N_("the certificate: if PKIX or alternative names follow in the text, see their entries"),
                Who.HOST,
                READING,
                "Q2",
            ),
            Cause(
                N_("https meets a port that speaks plain HTTP: the wrong port or a proxy"), Who.PROJECT, READING, "F4"
            ),
            Cause(N_("an old Java and the server have no TLS version in common"), Who.PROJECT, READING),
        ),
        look=(
            N_("The whole line and the next lines that begin with Caused by."),
            _DOCTOR,
            "$ openssl s_client -connect HOST:PORT",
        ),
        remedy=(
            N_("Look the text after Caused by up with fanlic explain."),
            N_("Check scheme and port of the saved address: https, the port from docker ps."),
        ),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.PRIVATE_CLOUD, Clause.BUILT_IN_CERTIFICATE),
        scenarios=("Q2", "F4"),
        patterns=(
            r"sslhandshakeexception",
            r"handshake_failure",
            r"sslpeerunverifiedexception",
            r"received fatal alert",
            r"schannel: ",
            r"remote host terminated the handshake",
        ),
        says=Says.GENERAL,
        stage=CaseStage.TLS,
        asks=("certificate", "address"),
        phrases=(
            "sslhandshakeexception",
            "sslexception",
            "ssl handshake",
            "handshake failure",
            "handshake_failure",
            "received fatal alert",
            "remote host terminated the handshake",
            "ssl握手",
            "握手失败",
        ),
    ),
)
