"""What people type into the search box, and the page that answers: the set by which the search is measured.

It was written before the search was tuned. A query ends a line's left side; where several pages would do, they are
separated by a space. Half of the English ones are half remembered or misspelled. The Chinese ones are asked on a
Chinese page.
"""

from __future__ import annotations

# Known words: codes, names, messages as they are shown.
PLAIN = {
    "30005": "codes/30005/",
    "LICENSE_APPNAME_ERROR": "codes/30005/",
    "10000": "codes/10000/",
    "JSON_PARSER_ERROR": "codes/10000/",
    "Incorrect data format": "codes/10000/",
    "Incorrect parameter": "codes/10001/",
    "unbind unauthorized machine": "codes/20000/",
    "Certificate expired": "codes/30000/",
    "Mismatched version": "codes/30001/",
    "Abnormal account state": "codes/30002/",
    "IP address is not within the range": "codes/30003/",
    "Domain name not within the range": "codes/30004/",
    "app name is out of range": "codes/30005/",
    "number of authorizations has reached the maximum": "codes/30007/",
    "QR code expired": "reasons/qr-expired/",
    "wrong verification code": "reasons/wrong-code/",
    "port changed after restart": "symptoms/port-moved/",
    "PKIX path building failed": "symptoms/pkix-path-building-failed/",
    "port is already allocated": "symptoms/port-already-allocated/",
    "no space left on device": "symptoms/disk-full/",
    "502 Bad Gateway": "symptoms/proxy-error/",
    "how to migrate": "howto/move-the-server.html",
    "move server to new machine": "howto/move-the-server.html",
    "own SSL certificate": "howto/own-certificate.html",
    "how long can the server be down": "howto/survive-a-restart.html explanation/time.html reasons/lapsed/",
    "weekend shutdown": "howto/survive-a-restart.html reasons/lapsed/ explanation/time.html",
    "install offline": "howto/closed-network.html",
    "register first project": "howto/register-a-first-project.html",
    "jupyterhub": "howto/jupyterhub.html",
    "six digits": "explanation/six-digits.html reasons/wrong-code/",
}
# Half remembered or misspelled.
ROUGH = {
    "3005": "codes/30005/ codes/index.html",
    "error 30002 account": "codes/30002/",
    "licence appname": "codes/30005/",
    "lisence expired": "codes/30000/",
    "license exipred": "codes/30000/",
    "verison mismatch": "codes/30001/",
    "domian error": "codes/30004/",
    "ip adress not allowed": "codes/30003/",
    "too many nodes": "codes/30007/ symptoms/seats-too-few/ codes/61100002/",
    "max connections reached": "codes/30007/ symptoms/seats-too-few/",
    "qr code too old": "reasons/qr-expired/",
    "qrcode expierd": "reasons/qr-expired/",
    "code wont work": "reasons/wrong-code/ reasons/code-superseded/ reasons/qr-expired/",
    "locked out": "reasons/code-entry-locked/",
    "too many wrong codes": "reasons/code-entry-locked/ reasons/code-entry-sealed/",
    "port diffrent after reboot": "symptoms/port-moved/",
    "container gone after reboot": (
        "symptoms/no-restart-policy/ symptoms/port-moved/ reasons/license-bound-elsewhere/"
    ),
    "docker permision denied": "symptoms/docker-permission-denied/",
    "cant connect to server": (
        "reasons/cannot-connect/ symptoms/docker-daemon-not-running/ symptoms/connection-refused/"
    ),
    "conection refused": "symptoms/connection-refused/ symptoms/err-connection-refused/",
    "time out java": "symptoms/socket-timeout/",
    "self signed cert not trusted": (
        "reasons/certificate-refused/ symptoms/pkix-path-building-failed/ symptoms/certificate-warning/"
    ),
    "certifcate warning browser": "symptoms/certificate-warning/",
    "privatconfig missing": "reasons/private-config-missing/ reasons/private-config-lost/",
    "lost private config": "reasons/private-config-lost/",
    "where do i send the mail": "reasons/recipient-wrong/ howto/register-a-first-project.html",
    "no answer to my mail": "reasons/archive-not-received/",
    "tar broken": "symptoms/invalid-tar-header/",
    "name alredy in use": "symptoms/container-name-in-use/",
    "registraton failed": "symptoms/registration-failed/",
    "failed but works again later": "reasons/shown-as-failed/",
    "power outage over the weekend": "howto/survive-a-restart.html reasons/lapsed/ explanation/time.html",
    "migrat": "howto/move-the-server.html",
    "nat gateway": "codes/30003/",
    "server clock wrong": "symptoms/clock-differs/ codes/30000/",
}
# Chinese, asked on a Chinese page: official wording, everyday words, wrong characters.
CHINESE = {
    "数据格式错误": "zh/codes/10000/",
    "参数错误": "zh/codes/10001/",
    "解绑未授权的机器": "zh/codes/20000/",
    "证书过期": "zh/codes/30000/",
    "版本不匹配": "zh/codes/30001/",
    "账号状态异常": "zh/codes/30002/",
    "帐号异常": "zh/codes/30002/",
    "IP地址不在范围内": "zh/codes/30003/",
    "域名不在范围内": "zh/codes/30004/",
    "应用名不在范围": "zh/codes/30005/",
    "授权数达到最大": "zh/codes/30007/",
    "30005": "zh/codes/30005/",
    "二维码失效": "zh/reasons/qr-expired/",
    "二维码过期": "zh/reasons/qr-expired/",
    "扫码没反应": "zh/reasons/phone-offline/ zh/reasons/challenge-unreadable/ zh/symptoms/qr-page-missing/",
    "验证码错误": "zh/reasons/wrong-code/",
    "验证码锁定": "zh/reasons/code-entry-locked/",
    "注册失败": "zh/symptoms/registration-failed/",
    "端口变了": "zh/symptoms/port-moved/",
    "重启后端口变化": "zh/symptoms/port-moved/",
    "连接不上": "zh/reasons/cannot-connect/",
    "无法连接授权服务器": "zh/reasons/cannot-connect/",
    "连接超时": "zh/symptoms/socket-timeout/ zh/symptoms/err-connection-timed-out/",
    "证书不受信任": (
        "zh/reasons/certificate-refused/ zh/symptoms/certificate-warning/ zh/symptoms/pkix-path-building-failed/"
    ),
    "磁盘满了": "zh/symptoms/disk-full/",
    "镜像加载失败": "zh/symptoms/invalid-tar-header/ zh/symptoms/image-not-found/",
    "没收到邮件": "zh/reasons/archive-not-received/",
    "停机超过24小时": "zh/reasons/lapsed/ zh/codes/30002/",
    "时钟不一致": "zh/symptoms/clock-differs/",
    "集群节点不够": "zh/symptoms/seats-too-few/ zh/codes/30007/",
    "迁移后旧服务器": (
        "zh/reasons/restart-before-reply/ zh/reasons/license-destroyed/ zh/codes/30002/ zh/howto/move-the-server.html"
    ),
    "配置文件丢失": "zh/reasons/private-config-lost/",
    "代理报错": "zh/symptoms/proxy-error/ zh/symptoms/proxy-in-between/",
}
