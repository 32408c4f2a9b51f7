"""Symptoms on the way between FineBI or a browser and the server: firewalls, proxies, TLS, answers of somebody else."""

from __future__ import annotations

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue.entry import CaseStage, Cause, Entry, Says

READING = Basis.READING
_PS_A = "$ docker ps -a"
_CERTIFICATE = "$ openssl s_client -connect HOST:PORT"
_SAVE_FIRST = N_("Before a container is made anew: if /app/config is not mapped, copy it out and map the copy.")
_DIRECT = N_("Open https://HOST:PORT of the container host directly, past the proxy. If it answers, mend the proxy.")

_WAY = (
    Entry(
        key="firewall-blocks",
        title=N_("A firewall does not let the published port through"),
        meaning=N_("The firewall's own log or list shows that this port is not allowed from there."),
        shown=("filter_IN_public_REJECT: IN=eth0 OUT= SRC=10.1.1.9 DST=10.1.1.5 PROTO=TCP SPT=51000 DPT=49155",),
        causes=(
            Cause(
                N_("the port was never opened, or it moved under -P and the new one is closed"),
                Who.HOST,
                READING,
                "F4",
            ),
            Cause(N_("the rule allows other source addresses only"), Who.HOST, READING),
        ),
        look=(_PS_A, N_("The firewall's rules for exactly the published port, and for FineBI's address.")),
        remedy=(N_("Open exactly the published port for FineBI's hosts and for the browser that scans."),),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.FIREWALL,),
        scenarios=("F4",),
        patterns=(r"(?:reject|drop|block|deny|denied)\w*\W{1,4}.{0,20}in=\S*\s.{0,300}dpt=\d",),
        stage=CaseStage.REACH,
        asks=("ports", "address"),
        phrases=("firewall blocks", "firewall rejects", "防火墙拦截", "防火墙没有放行", "防火墙未放行"),
    ),
    Entry(
        key="proxy-refuses",
        title=N_("A proxy answers 403 or 404 instead of the server"),
        meaning=N_("A proxy, a gateway or an ingress took the request and does not pass it on to the server."),
        shown=("403 Forbidden", "default backend - 404", "Server returned HTTP response code: 403 for URL"),
        causes=(
            Cause(
                N_("the proxy has no rule for this name, or forbids the address it comes from"), Who.HOST, READING, "F4"
            ),
            Cause(N_("the request goes to a proxy that is meant for the internet"), Who.PROJECT, READING),
        ),
        look=(N_("Which address the proxy forwards to, against the port that docker ps shows."), _PS_A),
        remedy=(
            _DIRECT,
            N_("Enter in FineBI the address without the proxy, unless the proxy is there on purpose."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.NETWORK,),
        scenarios=("F4",),
        patterns=(
            r"(?<!returns .http/1.1 )\b403 forbidden\b|(?<!returns .)\bhttp/[\d.]{1,3} 403\b|default backend - 404",
            r"response code: 40[34]\b",
        ),
        says=Says.USUAL,
        stage=CaseStage.REACH,
        asks=("address", "containers"),
        phrases=("403", "forbidden", "default backend", "禁止访问"),
    ),
    Entry(
        key="connection-reset",
        title=N_("The connection was cut without an answer"),
        meaning=N_("Something accepted the connection and closed it at once: no page, no certificate, no refusal."),
        shown=(
            "java.net.SocketException: Connection reset",
            "curl: (52) Empty reply from server",
            "ERR_EMPTY_RESPONSE",
        ),
        causes=(
            Cause(N_("a firewall or a gateway cuts connections that it does not allow"), Who.HOST, READING, "F4"),
            Cause(N_("http:// was used for a port that speaks HTTPS, or the other way round"), Who.PROJECT, READING),
            Cause(
                N_("the server still starts, or the port is published and nothing listens behind it"), Who.HOST, READING
            ),
        ),
        look=(_PS_A, "$ docker logs --tail 50 --timestamps NAME"),
        remedy=(
            N_("Try the same address on the container host itself. If it answers there, something between cuts it."),
            N_("If it is cut there too, read the container's log before anything is started again."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.FIREWALL,),
        scenarios=("F4",),
        patterns=(
            r"connection reset|empty reply from server|err_connection_(?:reset|closed)|err_empty_response",
            r"ssl_error_syscall|unexpected eof while reading|socket hang up|未发送任何数据",
            r"意外断开了连接|unexpectedly (?:closed|dropped) the connection|连接(?:已)?(?:被)?重置",
        ),
        says=Says.USUAL,
        stage=CaseStage.REACH,
        asks=("containers", "log", "address"),
        phrases=("connection reset", "empty reply", "err_empty_response", "err_connection_reset", "连接被重置"),
    ),
    Entry(
        key="unsafe-port",
        title=N_("Browser: ERR_UNSAFE_PORT"),
        meaning=N_("Browsers refuse a few ports that other protocols use, whatever listens there."),
        shown=("ERR_UNSAFE_PORT",),
        causes=(
            Cause(N_("the server is published on a port that browsers forbid, as 6000 or 6666"), Who.HOST, READING),
        ),
        look=(_PS_A,),
        remedy=(
            _SAVE_FIRST,
            N_("In an agreed window publish another port, as -p 49155:8081, and enter it in FineBI."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.FIXED_PORT,),
        patterns=(r"err_unsafe_port",),
        stage=CaseStage.QR,
        asks=("containers",),
        phrases=("err_unsafe_port", "unsafe port", "不安全端口"),
    ),
    Entry(
        key="answer-not-ours",
        title=N_("The answer is a web page, not the answer of an authorization server"),
        meaning=N_("FineBI expected data and got a page of HTML: a proxy, a login page, or another service answered."),
        shown=("JsonParseException: Unexpected character ('<' (code 60))",),
        causes=(
            Cause(N_("the saved address leads to another service, or through a proxy"), Who.PROJECT, READING, "F4"),
            Cause(N_("a gateway asks for a sign-in first"), Who.HOST, READING),
        ),
        look=(N_("What a browser on FineBI's host shows at the saved address."), _PS_A),
        remedy=(N_("Enter in FineBI the address of the container host itself, with the published port."),),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.PRIVATE_CLOUD,),
        scenarios=("F4",),
        patterns=(
            r"unexpected character \('<'|unexpected token '?<|expected value at line 1 column 1",
            r"begin_object but was string",
        ),
        says=Says.USUAL,
        stage=CaseStage.REACH,
        asks=("address", "ports"),
        phrases=("unexpected character * code 60", "unexpected token <", "返回的是网页"),
    ),
)

_TLS = (
    Entry(
        key="tls-version",
        title=N_("The two sides have no TLS version in common"),
        meaning=N_("FineBI's Java, the browser or a proxy speaks versions of TLS that the other side does not allow."),
        shown=(
            "javax.net.ssl.SSLHandshakeException: No appropriate protocol (protocol is disabled)",
            "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        ),
        causes=(
            Cause(
                N_("an old Java offers only TLS 1.0 or 1.1, or its settings switch newer ones off"),
                Who.PROJECT,
                READING,
            ),
            Cause(N_("a proxy between allows old versions only"), Who.HOST, READING),
        ),
        look=(N_("The Java version of FineBI, and -Dhttps.protocols or -Djdk.tls.client.protocols."), _CERTIFICATE),
        remedy=(
            N_("Let FineBI's Java speak TLS 1.2: take the option away, or use a newer update of this Java."),
            N_("Then restart FineBI, not the authorization server."),
        ),
        who=Who.PROJECT,
        stated=READING,
        clauses=(Clause.PRIVATE_CLOUD,),
        patterns=(
            r"no appropriate protocol|alert: protocol_version|alert protocol version|unsupported protocol",
            r"err_ssl_version_or_cipher_mismatch|ssl_error_unsupported_version|不受支持的协议",
        ),
        stage=CaseStage.TLS,
        asks=("certificate",),
        phrases=("no appropriate protocol", "protocol_version", "tls version", "version or cipher mismatch", "tls版本"),
    ),
    Entry(
        key="certificate-expired",
        title=N_("The server's HTTPS certificate has expired"),
        meaning=N_("The date of the certificate is over. This is not the license, and nothing has to be scanned."),
        shown=(
            "java.security.cert.CertificateExpiredException: NotAfter: Sun Nov 22 08:00:00 UTC 2026",
            "NET::ERR_CERT_DATE_INVALID",
        ),
        causes=(
            Cause(N_("your own certificate in /app/tls is over its date"), Who.HOST, READING, "L8"),
            Cause(N_("the clock of the host that complains is wrong"), Who.PROJECT, READING, "F17"),
        ),
        look=(_CERTIFICATE, "$ date -u"),
        remedy=(
            N_("Compare the clock of the host that complains with the certificate's dates first."),
            N_("Then put a new certificate and its key into the folder that is mapped to /app/tls."),
        ),
        who=Who.HOST,
        stated=READING,
        clauses=(Clause.OWN_CERTIFICATE,),
        scenarios=("L8", "F17"),
        patterns=(
            r"certificateexpiredexception|certificate has expired|certificate expired|err_cert_date_invalid",
            r"sec_error_expired_certificate|cert_e_expired|sec_e_cert_expired|alert: certificate_expired",
            r"https证书(?:已经?)?过期",
        ),
        sort="expired",
        stage=CaseStage.TLS,
        asks=("certificate", "clocks"),
        phrases=("certificateexpiredexception", "certificate has expired", "err_cert_date_invalid", "https证书过期"),
    ),
    Entry(
        key="certificate-not-yet-valid",
        title=N_("The certificate's first day lies in the future: a clock is wrong"),
        meaning=N_("The host that complains believes that it is earlier than the certificate's first day."),
        shown=("java.security.cert.CertificateNotYetValidException: NotBefore: Wed Nov 25 08:00:00 UTC 2026",),
        causes=(
            Cause(N_("the clock of the host that complains is slow"), Who.PROJECT, READING, "F17"),
            Cause(N_("the certificate was made on a host whose clock is fast"), Who.HOST, READING),
        ),
        look=("$ date -u", _CERTIFICATE),
        remedy=(N_("Set the wrong clock right, forward in one step, and let both hosts follow one time server."),),
        who=Who.PROJECT,
        stated=READING,
        scenarios=("F17",),
        patterns=(r"certificatenotyetvalidexception|certificate is not yet valid|sec_error_not_yet_valid",),
        stage=CaseStage.TLS,
        asks=("clocks",),
        phrases=("certificatenotyetvalidexception", "not yet valid", "证书尚未生效"),
    ),
)

ENTRIES = (*_WAY, *_TLS)
