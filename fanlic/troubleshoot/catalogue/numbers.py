"""Whether five or eight digits can be a code: what stands around them says that they are a port, a count, a ticket.

People write ports, process ids, rows, prices and chat groups of five digits too. A number that can be one of these is
not read as a code.
"""

from __future__ import annotations

import re

_BEFORE = re.compile(
    r"(?:(?://\S*|\d|localhost|\])[:,]|->|[=@#+])$"
    r"|(?:port|pid|uid|gid|id|timeout|after|size|rows|total|line|sector|block|inode|offset|byte|ticket|case|group|room|xmx|xms|telnet\s\S{1,60}|nc\s\S{1,60})"
    r"\s?[:=(]?\s*[\"']?$"
    r"|(?:端口|超时|工单|工单号|单号|编号|群|群号|金额|合同|放行|开放|映射到?|监听|电话|总计|共|导出|导入|约)\W{0,3}$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s?(?:ms\b|milli|sec(?:onds?)?\b|bytes?\b|kb\b|mb\b|rows?\b|times\b|lines?\b|users?\b|ports?\b|->|/tcp|/udp|\()"
    r"|\s?(?:端口|行|条|元|个|人|次|毫秒|秒|天|号端口|万)"
    r"|\s(?:is|was|as) the [a-z ]{0,20}port\b|\s(?:closed|open|listening|filtered)\b",
    re.IGNORECASE,
)


def can_be_code(text: str, start: int, end: int, *, named: bool = False) -> bool:
    """Whether the digits `text[start:end]` are not already something else, by the text just before and behind them.

    `named`: a word such as "code" stands before them, so only what stands behind can speak against it.
    """
    before = not named and _BEFORE.search(text[max(0, start - 80) : start])
    return not before and not _AFTER.match(text, end)
