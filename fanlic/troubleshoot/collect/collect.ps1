# @TITLE@ (fanlic @VERSION@)
# @READ_ONLY@
# @SEND@
#
#   powershell -ExecutionPolicy Bypass -File collect.ps1 [-Container NAME] [-Address https://HOST:PORT] [-Log FILE] [-Out FILE]
#
# @WHERE@
# Windows PowerShell 5.1 and PowerShell 7.

param([string[]]$Container = @(), [string]$Address = '', [string]$Log = '', [string]$Out = '')

$ErrorActionPreference = 'Continue'
[Console]::OutputEncoding = [Text.Encoding]::UTF8
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12

function Test-Program([string]$Name) { [bool](Get-Command $Name -CommandType Application -ErrorAction SilentlyContinue) }

function Write-Mark([string]$Section, [string]$Place) {
    [Console]::Error.WriteLine("  $Section")
    "=== fanlic: $Section ($Place) ==="
}

# Every output goes through this. Values of variables, labels, passwords, tokens and keys become ***; everything else stays.
$Secret = 'pass|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|cookie|authorization|密码|口令|密钥|令牌'
function Hide-Secret([int]$Last = 5000) {
    begin { $lines = New-Object System.Collections.Generic.List[string] }
    process { foreach ($line in ("$_" -split "`r?`n")) { $lines.Add($line) } }
    end {
        $inside = ''
        $next = $false
        $first = [Math]::Max(0, $lines.Count - $Last)
        for ($number = 0; $number -lt $lines.Count; $number++) {
            $line = $lines[$number]
            if ($inside -eq 'key') {
                if ($line -match '-----END') { $inside = '' }
                $line = ''
            } elseif ($line -match '-----BEGIN') {
                $inside = 'key'
                $line = '***'
            } elseif ($line -match '"Labels": *\{ *$') { $inside = 'labels' }
            elseif ($line -match '"Env": *\[ *$') { $inside = 'env' }
            elseif ($line -match '^ *[}\]]') { $inside = '' }
            elseif ($inside -eq 'labels' -and $line -notmatch 'com\.docker\.compose\.(project|service)"') {
                $line = $line -replace '": *".*"', '": "***"'
            } elseif ($inside -eq 'env') { $line = $line -replace '=.*"', '=***"' }
            if ($next) {
                $line = $line -replace '"[^"]*"', '"***"'
                $next = $false
            } elseif ($line -match '^ *"--?[a-z-]*(pass|pwd|secret|token|key|credential)[a-z-]*",? *$') { $next = $true }
            $line = $line -replace '://[^ /@]+@', '://***@'
            $line = $line -replace '://[^ /@:"<>]+:(?!\d{1,5}(?:[/?# ,;]|$))[^@"<>]*@', '://***@'
            $line = $line -replace 'eyJ[\w-][\w.-]+', '***'
            $line = $line -replace '\b(bearer|basic) +[\w.~+/=-]+', '$1 ***'
            $line = $line -replace '((?:^|\s)(?:-e|--env)[ =]+)(?:[^ "'']|"[^"]*"|''[^'']*'')+', '$1***'
            $line = $line -replace '((?:^|[\s"])--?[a-z-]*(?:pass|pwd|secret|token|key|credential)[a-z-]*(?: +|=|: *))(?:"[^"]*"|''[^'']*''|[^ "'']+)', '$1***'
            $line = $line -replace "((?:$Secret)[\w.-]*[""']?(?: *[=:] *|：| is )"")(?:[^""\\]|\\.)*", '$1***'
            $line = $line -replace "((?:$Secret)[\w.-]*[""']?(?: *[=:] *|：| is )')[^']*", '$1***'
            # A pass phrase without quotation marks goes on behind its blanks; the value of an option does not.
            $line = $line -replace "((?<!(?:^|[\s""])--?[\w-]*)(?:$Secret)[\w.-]*[""']?(?: *[=:] *|：| is ))(?:(?:bearer|basic) +)?[^ ,""';&]+(?: +(?!-|\(|[\w.-]+[=:]|(?:ok|error|code|failed|failure|docker|podman|sudo|port|https?)\b)[^ ,""';&]+)*", '$1***'
            if ($number -ge $first) { $line }
        }
        if ($first -gt 0) { "# @KEPT@ $Last / $($lines.Count)" }
    }
}

function Show-Output([string]$Section, [string]$Place, [scriptblock]$Command, [int]$Last = 5000) {
    Write-Mark $Section $Place
    try { & $Command 2>&1 | Hide-Secret -Last $Last } catch { "$($_.Exception.Message)" | Hide-Secret }
}

# Of FineBI's log: the time, standard messages, codes, exceptions with their causes and the address that was tried.
$Standard = '@LOGGED@'
function Get-Excerpt([string]$Path) {
    $kept = New-Object System.Collections.Generic.List[string]
    $count = 0
    try {
        foreach ($line in [IO.File]::ReadLines((Resolve-Path -LiteralPath $Path).ProviderPath)) {
            $count++
            $pieces = @([regex]::Matches($line, $Standard, 'IgnoreCase') | ForEach-Object { $_.Value })
            if ($line -match 'Connect(ing)? to [A-Za-z0-9._-]+:[0-9]+') { $pieces += $Matches[0] }
            $cause = ''
            $time = ''
            if ($line -cmatch '^Caused by: [\w.$]+') { $cause = $Matches[0] + ':' }
            elseif ($pieces.Count -and $line -cmatch '[a-z0-9_]+(\.[\w$]+)+(Exception|Error)') { $cause = ' ' + $Matches[0] + ':' }
            if (-not $pieces.Count -and -not $cause) { continue }
            if ($cause -notlike 'Caused by:*' -and $line -match '^\[?[0-9][0-9TZ:., +-]*\]?') { $time = $Matches[0] }
            $kept.Add("$time$cause $($pieces -join ' ')")
        }
    } catch { "$($_.Exception.Message)" }
    $first = [Math]::Max(0, $kept.Count - 200)
    $kept | Select-Object -Last 200
    "# @KEPT@ $($kept.Count - $first) / $count"
}

# The connection, the certificate and the answer to GET /, printed as openssl and curl print them.
function Get-Look([string]$Name, [int]$Port) {
    $client = New-Object Net.Sockets.TcpClient
    try {
        if (-not $client.ConnectAsync($Name, $Port).Wait(10000)) { "connect: timed out"; return }
        'CONNECTED(00000003)'
        $client.ReceiveTimeout = 10000
        $script:found = @()
        $check = [Net.Security.RemoteCertificateValidationCallback] {
            param($from, $certificate, $chain, $errors)
            $script:found = @("$errors") + @($chain.ChainStatus | ForEach-Object { "$($_.Status)" })
            $true
        }
        $secure = New-Object Net.Security.SslStream($client.GetStream(), $false, $check)
        $secure.AuthenticateAsClient($Name)
        $shown = New-Object Security.Cryptography.X509Certificates.X509Certificate2($secure.RemoteCertificate)
        "subject=$($shown.Subject)"
        "issuer=$($shown.Issuer)"
        $culture = [Globalization.CultureInfo]::InvariantCulture
        'notBefore=' + $shown.NotBefore.ToUniversalTime().ToString('MMM dd HH:mm:ss yyyy', $culture) + ' GMT'
        'notAfter=' + $shown.NotAfter.ToUniversalTime().ToString('MMM dd HH:mm:ss yyyy', $culture) + ' GMT'
        foreach ($extension in $shown.Extensions) {
            if ($extension.Oid.Value -eq '2.5.29.17') { $extension.Format($false) -replace 'DNS Name=', 'DNS:' -replace 'IP Address=', 'IP Address:' }
        }
        $told = $script:found -join ' '
        if ($told -match 'NotTimeValid') { 'Verify return code: 10 (certificate has expired)' }
        elseif ($told -match 'UntrustedRoot' -and $shown.Subject -eq $shown.Issuer) { 'Verify return code: 18 (self-signed certificate)' }
        elseif ($told -match 'UntrustedRoot') { 'Verify return code: 19 (self-signed certificate in certificate chain)' }
        elseif ($told -match 'PartialChain|ChainErrors') { 'Verify return code: 20 (unable to get local issuer certificate)' }
        elseif ($told -match 'NameMismatch') { 'Verify return code: 62 (hostname mismatch)' }
        else { 'Verify return code: 0 (ok)' }
        $asked = [Text.Encoding]::ASCII.GetBytes("GET / HTTP/1.0`r`nHost: ${Name}:$Port`r`n`r`n")
        $secure.Write($asked, 0, $asked.Length)
        $answer = New-Object byte[] 4000
        $length = $secure.Read($answer, 0, $answer.Length)
        ([Text.Encoding]::ASCII.GetString($answer, 0, $length) -split "`r`n`r`n")[0]
    } catch { "$($_.Exception.GetBaseException().Message)" } finally { $client.Dispose() }
}

function Get-Binding([string]$Name) {
    & $Engine port $Name 2>$null | ForEach-Object {
        if ($_ -match '^8081/tcp -> (.*):(\d+)$') {
            $at = $Matches[1] -replace '^0\.0\.0\.0$', '127.0.0.1' -replace '^\[?::\]?$', '::1' -replace '[\[\]]', ''
            "$at $($Matches[2])"
        }
    } | Select-Object -Unique -First 4
}

function Get-ContainerHost {
    Show-Output 'docker ps' 'container host' { & $Engine ps -a }
    $names = $Container
    if (-not $names.Count) {
        $names = @(& $Engine ps -a --format '{{.Names}} {{.Image}} {{.Ports}}' 2>$null |
                Where-Object { $_ -match 'fanruan|license|8081' } | ForEach-Object { ($_ -split ' ')[0] } | Select-Object -First 4)
    }
    foreach ($name in $names) {
        Show-Output 'docker port' 'container host' { & $Engine port $name }
        Show-Output 'docker inspect' 'container host' { & $Engine inspect $name }
        Show-Output 'docker logs' 'container host' { & $Engine logs --tail 20000 --timestamps $name } -Last 400
    }
    Show-Output 'docker images' 'container host' { & $Engine images }
    Show-Output 'docker version' 'container host' { & $Engine version }
    Show-Output 'machine' 'container host' { $env:PROCESSOR_ARCHITECTURE }
    Show-Output 'date' 'container host' { (Get-Date).ToUniversalTime().ToString('s') + 'Z' }
    foreach ($name in $names) {
        foreach ($place in Get-Binding $name) {
            $at, $port = $place -split ' '
            Show-Output 'certificate' 'container host' { Get-Look $at $port }
        }
    }
}

function Get-ProjectHost {
    if ($Address) { Show-Output 'saved address' 'finebi host' { $Address } }
    Show-Output 'date' 'finebi host' { (Get-Date).ToUniversalTime().ToString('s') + 'Z' }
    $uri = $Address -as [uri]
    if ($uri -and $uri.Host) { Show-Output 'connection' 'finebi host' { Get-Look ($uri.Host -replace '[\[\]]', '') $uri.Port } }
    if ($Log) {
        Write-Mark 'fanruan.log' 'finebi host'
        Get-Excerpt $Log
    }
}

function Get-Evidence {
    '# @TITLE@ (fanlic @VERSION@)'
    if ($Engine) { Get-ContainerHost }
    if ($Address -or $Log) { Get-ProjectHost }
}

$Engine = @('docker', 'podman', 'nerdctl') | Where-Object { Test-Program $_ } | Select-Object -First 1
if (-not $Address -and [Environment]::UserInteractive -and -not [Console]::IsInputRedirected) { $Address = Read-Host '@ASK@' }
if (-not $Engine -and -not $Address -and -not $Log) {
    [Console]::Error.WriteLine('collect.ps1: @NOTHING@')
    exit 1
}
if ($Out -eq '-') { Get-Evidence }
else {
    if (-not $Out) {
        $Out = 'fanlic-collected-' + [Environment]::MachineName + '-' + (Get-Date).ToUniversalTime().ToString('yyyyMMddTHHmmssZ') + '.txt'
    }
    if (Test-Path -LiteralPath $Out) {
        [Console]::Error.WriteLine("collect.ps1: ${Out}: @EXISTS@")
        exit 1
    }
    Get-Evidence | Out-File -LiteralPath $Out -Encoding utf8 -Width 4096
    [Console]::Error.WriteLine("@DONE@ $Out")
}
