#!/bin/sh
# @TITLE@ (fanlic @VERSION@)
# @READ_ONLY@
# @SEND@
#
#   sh collect.sh [--container NAME] [--address https://HOST:PORT] [--log FILE] [--out FILE]
#
# @WHERE@

LC_ALL=C
export LC_ALL
umask 077

containers='' address='' log='' out=''
while [ $# -gt 0 ]; do
    case $1 in
    --container | --address | --log | --out)
        [ $# -gt 1 ] || { echo "collect.sh: $1: @NO_VALUE@" >&2; exit 2; }
        case $1 in
        --container) containers="$containers $2" ;;
        --address) address=$2 ;;
        --log) log=$2 ;;
        --out) out=$2 ;;
        esac
        shift 2
        ;;
    -h | --help)
        sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    *)
        echo "collect.sh: $1: @UNKNOWN@" >&2
        exit 2
        ;;
    esac
done

have() { command -v "$1" > /dev/null 2>&1; }
say() { printf '%s\n' "$*" >&2; }
mark() {
    say "  $1"
    printf '=== fanlic: %s (%s) ===\n' "$1" "$2"
}
bounded() { if have timeout; then timeout 20 "$@"; else "$@"; fi; }

# Every output goes through this. Values of variables, labels, passwords, tokens and keys become ***; everything else stays.
mask='
function hidden(text,    out, at, length_, word, cut, phrase) {
    while (match(tolower(text), /(-----begin|:\/\/[^ \/@]+@|:\/\/[^ \/@:"<>]+:[^@"<> 0-9][^@"<>]*@|eyj[a-z0-9_-][a-z0-9._-]+|(bearer|basic) +[a-z0-9._~+\/=-]+|(-e|--env)[ =]+("[a-z_][a-z0-9_]*=[^"]*|\047[a-z_][a-z0-9_]*=[^\047]*|[a-z_][a-z0-9_]*=("[^"]*|\047[^\047]*|[^ "\047]+))|(pass|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|cookie|authorization|密码|口令|密钥|令牌)[a-z0-9_.-]*["\047]?( *[=:] *|：| is )("([^"\\]|\\.)*|\047[^\047]*|((bearer|basic) +)?[^ ,"\047;&]+)|--?[a-z-]*(pass|pwd|secret|token|key|credential)[a-z-]* +("[^"]*|\047[^\047]*|[^ "\047]+))/)) {
        at = RSTART; length_ = RLENGTH; word = substr(text, at, length_); phrase = 0
        out = out substr(text, 1, at - 1)
        if (word ~ /^-----/) { inkey = 1; return out "***" }
        if (word ~ /^:\/\//) out = out "://***@"
        else if (tolower(word) ~ /^eyj/) out = out "***"
        else if (match(word, /( *[=:] *|：| is | +)["\047]?/)) {
            cut = RSTART + RLENGTH - 1
            if (tolower(word) ~ /^(-e|--env)/ && match(word, /[A-Za-z0-9_]=/)) cut = RSTART + 1
            # A pass phrase without quotation marks goes on behind its blanks; the value of an option does not.
            phrase = word ~ /^[^-]/ && word !~ /["\047]/ && out !~ /(^| )--?[A-Za-z-]*$/
            out = out substr(word, 1, cut) "***"
        } else out = out "***"
        text = substr(text, at + length_)
        while (phrase && text ~ /^ +[^ ,"\047;&(-]/ && tolower(text) !~ /^ +([a-z0-9_.-]+[=:]|(ok|error|code|failed|failure|docker|podman|sudo|port|https?)([^a-z]|$))/) sub(/^ +[^ ,"\047;&]+/, "", text)
    }
    return out text
}
function cleaned(line) {
    if (inkey) { if (line ~ /-----END/) inkey = 0; return "" }
    if (line ~ /"Labels": *[{] *$/) { inlabels = 1; return line }
    if (line ~ /"Env": *\[ *$/) { inenv = 1; return line }
    if (inlabels && line ~ /^ *[}]/) inlabels = 0
    if (inenv && line ~ /^ *\]/) inenv = 0
    if (inlabels && line !~ /com[.]docker[.]compose[.](project|service)"/) { sub(/": *".*"/, "\": \"***\"", line); return line }
    if (inenv) sub(/=.*"/, "=***\"", line)
    if (hide) { sub(/"[^"]*"/, "\"***\"", line); hide = 0 }
    else if (line ~ /^ *"--?[A-Za-z-]*([Pp]ass|[Pp]wd|[Ss]ecret|[Tt]oken|[Kk]ey|[Cc]redential)[A-Za-z-]*",? *$/) hide = 1
    return hidden(line)
}
{ kept[NR % last] = cleaned($0) }
END {
    first = NR > last ? NR - last + 1 : 1
    for (line = first; line <= NR; line++) print kept[line % last]
    if (NR > last) print "# @KEPT@ " last " / " NR
}'
masked() { awk -v last="${1:-5000}" "$mask"; }
show() {
    mark "$1" "$2"
    shift 2
    bounded "$@" 2>&1 < /dev/null | masked
}

# Of FineBI's log: the time, standard messages, codes, exceptions with their causes and the address that was tried.
standard='@LOGGED@'
export standard
excerpt='
BEGIN { standard = tolower(ENVIRON["standard"]) }
{
    text = $0; pieces = ""
    while (match(tolower(text), standard)) { pieces = pieces " " substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH) }
    if (match($0, /Connect(ing)? to [A-Za-z0-9._-]+:[0-9]+/)) pieces = pieces " " substr($0, RSTART, RLENGTH)
    cause = ""
    if (match($0, /^Caused by: [A-Za-z0-9_.$]+/)) cause = substr($0, RSTART, RLENGTH) ":"
    else if (pieces != "" && match($0, /[a-z0-9_]+([.][A-Za-z0-9_$]+)+(Exception|Error)/)) pieces = " " substr($0, RSTART, RLENGTH) ":" pieces
    if (pieces == "" && cause == "") next
    time = ""
    if (cause == "" && match($0, /^\[?[0-9][0-9TZ:., +-]*\]?/)) time = substr($0, RSTART, RLENGTH)
    kept[count++ % 200] = time cause pieces
}
END {
    first = count > 200 ? count - 200 : 0
    for (line = first; line < count; line++) print kept[line % 200]
    print "# @KEPT@ " (count - first) " / " NR
}'

# Without openssl and curl, Python looks at the address and prints what they would.
look='
import socket, ssl, sys
host, _, port = sys.argv[1].rpartition(":")
host = host.strip("[]")
try:
    raw = socket.create_connection((host, int(port)), 10)
except OSError as problem:
    sys.exit("connect: %s" % problem)
print("CONNECTED(00000003)")
try:
    ssl.create_default_context().wrap_socket(raw, server_hostname=host).close()
    print("Verify return code: 0 (ok)")
except ssl.SSLCertVerificationError as problem:
    print("Verify return code: %d (%s)" % (problem.verify_code, problem.verify_message))
except (ssl.SSLError, OSError) as problem:
    sys.exit("TLS: %s" % problem)
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
with context.wrap_socket(socket.create_connection((host, int(port)), 10), server_hostname=host) as secure:
    secure.sendall(b"GET / HTTP/1.0\r\nHost: %s\r\n\r\n" % sys.argv[1].encode())
    print(secure.recv(4000).decode("latin-1").partition("\r\n\r\n")[0])
'

probe() { # HOST:PORT, the host this runs on, the name of the first section
    if have curl; then
        show answer "$2" curl --noproxy '*' --max-time 10 -skS -D - -o /dev/null "https://$1/"
    elif have wget && ! have python3; then
        show answer "$2" wget --no-check-certificate -S -O /dev/null -T 10 -t 1 "https://$1/"
    fi
    if have openssl; then
        mark "$3" "$2"
        bounded openssl s_client -connect "$1" < /dev/null 2>&1 | grep -E 'CONNECTED|errno|^subject|^issuer|[Vv]erif|NotAfter|no peer' | masked
        mark names "$2"
        bounded openssl s_client -connect "$1" < /dev/null 2> /dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName 2> /dev/null | masked
    elif have python3; then
        show "$3" "$2" python3 -I -c "$look" "$1"
    elif have curl; then
        mark "$3" "$2"
        curl --noproxy '*' --max-time 10 -skSv -o /dev/null "https://$1/" 2>&1 | grep -E '^\* +(Connected|subject|issuer|start date|expire date|subjectAltName|SSL)' | masked
    fi
}

bindings() { # host:port of every published address of 8081, as this host reaches it
    bounded "$engine" port "$1" 2> /dev/null < /dev/null |
        sed -nE 's/^8081\/tcp -> (.*):([0-9]+)$/\1 \2/p' |
        sed -e 's/^0\.0\.0\.0 /127.0.0.1 /' -e 's/^\[\{0,1\}::\]\{0,1\} /[::1] /' -e 's/ /:/' | sort -u | head -n 4
}

found() { # the containers that may be the authorization server
    bounded "$engine" ps -a --format '{{.Names}} {{.Image}} {{.Ports}}' 2> /dev/null < /dev/null |
        awk 'tolower($0) ~ /fanruan|license|8081/ { print $1 }' | head -n 4
}

container_host() {
    show 'docker ps' 'container host' "$engine" ps -a
    [ -n "$containers" ] || containers=$(found)
    for name in $containers; do
        show 'docker port' 'container host' "$engine" port "$name"
        show 'docker inspect' 'container host' "$engine" inspect "$name"
        mark 'docker logs' 'container host'
        bounded "$engine" logs --tail 20000 --timestamps "$name" 2>&1 < /dev/null | masked 400
    done
    show 'docker images' 'container host' "$engine" images
    show 'docker version' 'container host' "$engine" version
    show machine 'container host' uname -m
    show date 'container host' date -u +%Y-%m-%dT%H:%M:%SZ
    for name in $containers; do
        config=$(bounded "$engine" inspect -f '{{range .Mounts}}{{if eq .Destination "/app/config"}}{{.Source}}{{end}}{{end}}' "$name" 2> /dev/null < /dev/null)
        if [ -d "$config" ]; then show df 'container host' df -P "$config"; fi
        for place in $(bindings "$name"); do probe "$place" 'container host' certificate; done
    done
}

cluster() {
    mark 'kubectl get' 'container host'
    bounded kubectl get pods,services,deployments -A -o wide 2>&1 < /dev/null | awk 'NR == 1 || tolower($0) ~ /name |fanruan|license|8081/' | masked
    show date 'container host' date -u +%Y-%m-%dT%H:%M:%SZ
}

project_host() {
    if [ -n "$address" ]; then
        mark 'saved address' 'finebi host'
        printf '%s\n' "$address" | masked
    fi
    show date 'finebi host' date -u +%Y-%m-%dT%H:%M:%SZ
    place=${address#*://}
    place=${place%%/*}
    case $place in
    *:*) probe "$place" 'finebi host' connection ;;
    ?*) probe "$place:443" 'finebi host' connection ;;
    esac
    if [ -n "$log" ]; then
        mark fanruan.log 'finebi host'
        awk "$excerpt" "$log" 2>&1
    fi
}

collected() {
    printf '# %s (fanlic @VERSION@)\n' '@TITLE@'
    if [ -n "$engine" ]; then container_host; elif have kubectl; then cluster; fi
    if [ -n "$address$log" ]; then project_host; fi
}

engine=''
for program in docker podman nerdctl; do
    if [ -z "$engine" ] && have "$program"; then engine=$program; fi
done
[ -n "$log" ] || log=$(find . /opt /usr/local /home /data -maxdepth 7 -name fanruan.log 2> /dev/null | head -n 1)
if [ -z "$address" ] && [ -t 0 ]; then
    printf '%s\n> ' '@ASK@' >&2
    read -r address
fi
if [ -z "$engine$address$log" ] && ! have kubectl; then
    say "collect.sh: @NOTHING@"
    exit 1
fi
if [ "$out" = - ]; then
    collected
else
    [ -n "$out" ] || out=fanlic-collected-$(uname -n)-$(date -u +%Y%m%dT%H%M%SZ).txt
    [ ! -e "$out" ] || { say "collect.sh: $out: @EXISTS@"; exit 1; }
    collected > "$out" || exit 1
    say "@DONE@ $out"
fi
