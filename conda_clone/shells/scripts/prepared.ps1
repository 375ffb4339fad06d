# Activation from prepared files, for conda.ps1; `Get-CondaChange` is what it calls.
#
# Returned is a change as the program would print it: what PATH becomes, which scripts run, which
# variables go and come. $null means that the program is to be asked. Nothing is changed here.

# Return what has been prepared, unless something that it comes from has changed since.
function global:Get-CondaPrepared([string] $file, [string] $base) {
    if (-not [IO.File]::Exists($file)) { return $null }
    # What others have written tells nothing; on Windows the folders' own permissions see to that.
    $windows = [IO.Path]::DirectorySeparatorChar -eq '\'
    if (-not $windows -and (Get-Item -LiteralPath $file).User -cne [Environment]::UserName) { return $null }
    $data = [IO.File]::ReadAllText($file) | ConvertFrom-Json
    if ($data.format -cne '{FORMAT}') { return $null }
    $written = [IO.File]::GetLastWriteTimeUtc($file)
    foreach ($path in $data.present) {
        if (-not (Test-Path -LiteralPath ($base + $path))) { return $null }
        if ([IO.File]::GetLastWriteTimeUtc($base + $path) -gt $written) { return $null }
    }
    foreach ($path in $data.missing) {
        if (Test-Path -LiteralPath ($base + $path)) { return $null }
    }
    return $data
}

# Return the settings of activation.
function global:Get-CondaSettings {
    $settings = Get-CondaPrepared (Join-Path -Path $HOME -ChildPath '.conda/activation.powershell.json') ''
    if ($null -eq $settings -or $settings.root -cne $Env:_CONDA_ROOT) { return $null }
    foreach ($item in $settings.sources.PSObject.Properties) {
        if ("$([Environment]::GetEnvironmentVariable($item.Name))" -cne $item.Value.Substring(1)) { return $null }
    }
    $active = "$Env:CONDA_PREFIX"
    if ($active -and $active -cne $settings.root) {
        foreach ($name in '.condarc', 'condarc', 'condarc.d') {
            if (Test-Path -LiteralPath "$active/$name") { return $null }
        }
    }
    return $settings
}

# Return what activation does for one environment.
function global:Get-CondaEnvironment([string] $prefix, $settings) {
    if (Test-Path -LiteralPath "$prefix/conda-meta/.txn") { return $null }
    $data = Get-CondaPrepared "$prefix/conda-meta/activation.powershell.json" "$prefix/"
    if ($null -eq $data -or $data.prefix -cne $prefix) { return $null }
    if ($data.capitals -ne $settings.capitals) { return $null }
    $variables = [ordered] @{}
    foreach ($item in $data.variables.PSObject.Properties) { $variables[$item.Name] = $item.Value.Substring(1) }
    return @{
        prefix = $prefix
        folders = @($data.folders)
        variables = $variables
        activate = @($data.activate | ForEach-Object { "$prefix/etc/conda/activate.d/$_" })
        deactivate = @($data.deactivate | ForEach-Object { "$prefix/etc/conda/deactivate.d/$_" })
    }
}

# Return the entries without the first occurrence of each folder.
function global:Remove-CondaFolder([string[]] $entries, [string[]] $folders) {
    $left = New-Object -TypeName 'Collections.Generic.List[string]'
    foreach ($entry in $entries) { $left.Add($entry) }
    foreach ($folder in $folders) { [void] $left.Remove($folder) }
    return , $left.ToArray()
}

# Return the entries with $new where $old begins; in front where $old is missing.
function global:Switch-CondaFolder([string[]] $entries, [string[]] $old, [string[]] $new) {
    $place = 0
    for ($index = 0; $index -lt $entries.Count; $index++) {
        if ($old -ccontains $entries[$index]) { $place = $index; break }
    }
    $before = @($entries | Select-Object -First $place)
    $after = @($entries | Select-Object -Skip $place)
    return , @((Remove-CondaFolder $before $old) + $new + (Remove-CondaFolder $after $old))
}

# Return the prefix that `activate` is about, and whether the active one stays below it.
function global:Get-CondaTarget([string[]] $words, $settings, [int] $level) {
    $stack = $level -gt 0 -and $level -le $settings.auto_stack
    if ($words.Count -and $words[0] -cin '--stack', '--no-stack') {
        $stack = $words[0] -ceq '--stack'
        $words = @($words | Select-Object -Skip 1)
    }
    if ($words.Count -gt 1) { return $null }
    $name = if ($words.Count) { $words[0] } else { $settings.default }
    if ($name -cin 'base', 'root') { return @{ prefix = $settings.root; stack = $stack } }
    if ($name -cnotmatch '^[A-Za-z0-9_+][A-Za-z0-9._+-]*\z') { return $null }
    foreach ($folder in $settings.envs_dirs) {
        $prefix = $folder + [IO.Path]::DirectorySeparatorChar + $name
        if ([IO.Directory]::Exists($prefix)) { return @{ prefix = $prefix; stack = $stack } }
    }
    return $null
}

# Return the variables that say which environment is active.
function global:Get-CondaIdentity([string] $prefix, [int] $level, $settings) {
    $name = $prefix
    if ($prefix -ceq $settings.root) {
        $name = 'base'
    } elseif ((Split-Path -Leaf -Path (Split-Path -Parent -Path $prefix)) -ceq 'envs') {
        $name = Split-Path -Leaf -Path $prefix
    }
    if ($name -cnotmatch '^[A-Za-z0-9._+/-]*\z') { return $null }
    return [ordered] @{
        CONDA_PREFIX = $prefix
        CONDA_SHLVL = "$level"
        CONDA_DEFAULT_ENV = $name
        CONDA_PROMPT_MODIFIER = if ($settings.changeps1) { $settings.before + $name + $settings.after } else { '' }
    }
}

function global:Get-CondaVariable([string] $name) {
    return [Environment]::GetEnvironmentVariable($name)
}

# Work out `activate`: $from is what is active, or $null; $to comes instead of it, or on top.
function global:Get-CondaEntry($from, $to, [bool] $stack, [int] $level, $settings) {
    $export = Get-CondaIdentity $to.prefix ($level + 1) $settings
    if ($null -eq $export) { return $null }
    $separator = [IO.Path]::PathSeparator
    $entries = @("$Env:PATH".Split($separator))
    $former = @{}
    $unset = @('_CE_M', '_CE_CONDA')
    if ($null -ne $from -and -not $stack) {
        foreach ($name in $from.variables.Keys) {
            if ($null -ne (Get-CondaVariable $name)) {
                $former[$name] = Get-CondaVariable "__CONDA_SHLVL_$($level - 1)_$name"
            }
        }
        $entries = Switch-CondaFolder $entries $from.folders $to.folders
    } else {
        $condabin = Join-Path -Path $settings.root -ChildPath 'condabin'
        $own = if ($level -eq 0 -and $entries -cnotcontains $condabin) { @($condabin) } else { @() }
        $entries = @($to.folders) + $own + $entries
    }
    foreach ($name in @($former.Keys)) {
        if ($null -ne $former[$name]) {
            $export[$name] = $former[$name]
        } elseif (-not $to.variables.Contains($name)) {
            $unset += $name
        }
    }
    foreach ($name in $to.variables.Keys) {
        $hidden = if ($former.ContainsKey($name)) { $former[$name] } else { Get-CondaVariable $name }
        # The person at the shell is to be told of variables that get replaced: the program does.
        if ($null -ne $hidden -and $level -eq 0) { return $null }
        if ($null -ne $hidden) { $export["__CONDA_SHLVL_${level}_$name"] = $hidden }
        $export[$name] = $to.variables[$name]
    }
    if ($null -ne $from) {
        $export["CONDA_PREFIX_$level"] = $from.prefix
        if ($stack) { $export["CONDA_STACKED_$($level + 1)"] = 'true' }
    }
    return @{
        pathFirst = $false
        path = $entries -join $separator
        unset = $unset
        export = $export
        deactivate = if ($null -ne $from -and -not $stack) { $from.deactivate } else { @() }
        activate = $to.activate
    }
}

# Work out `deactivate`: $to is what is below, or $null.
function global:Get-CondaExit($from, $to, [int] $level, $settings) {
    $below = $level - 1
    $stacked = $null -ne (Get-CondaVariable "CONDA_STACKED_$level")
    $unset = @('_CE_M', '_CE_CONDA', "CONDA_STACKED_$level")
    $export = [ordered] @{ CONDA_SHLVL = '0' }
    $entries = @("$Env:PATH".Split([IO.Path]::PathSeparator))
    if ($null -ne $to) {
        $export = Get-CondaIdentity $to.prefix $below $settings
        if ($null -eq $export) { return $null }
        foreach ($name in $to.variables.Keys) { $export[$name] = $to.variables[$name] }
        $unset += "CONDA_PREFIX_$below"
    } else {
        $unset += 'CONDA_PREFIX', 'CONDA_DEFAULT_ENV', 'CONDA_PROMPT_MODIFIER'
    }
    if ($null -ne $to -and -not $stacked) {
        $entries = Switch-CondaFolder $entries $from.folders $to.folders
    } else {
        $entries = Remove-CondaFolder $entries $from.folders
    }
    foreach ($name in $from.variables.Keys) {
        $saved = Get-CondaVariable "__CONDA_SHLVL_${below}_$name"
        if ($null -ne $saved) {
            if (-not $export.Contains($name)) { $export[$name] = $saved }
            $unset += "__CONDA_SHLVL_${below}_$name"
        }
        if (-not $export.Contains($name)) { $unset += $name }
    }
    return @{
        pathFirst = $true
        path = $entries -join [IO.Path]::PathSeparator
        unset = $unset
        export = $export
        deactivate = $from.deactivate
        activate = if ($null -ne $to) { $to.activate } else { @() }
    }
}

# Work out `reactivate`, and `activate` of what is active.
function global:Get-CondaRenewal($from, [int] $level, $settings) {
    $identity = Get-CondaIdentity $from.prefix $level $settings
    if ($null -eq $identity) { return $null }
    $export = [ordered] @{
        CONDA_SHLVL = $identity['CONDA_SHLVL']
        CONDA_PROMPT_MODIFIER = $identity['CONDA_PROMPT_MODIFIER']
    }
    foreach ($name in $from.variables.Keys) { $export[$name] = $from.variables[$name] }
    $entries = @("$Env:PATH".Split([IO.Path]::PathSeparator))
    return @{
        pathFirst = $false
        path = (Switch-CondaFolder $entries $from.folders $from.folders) -join [IO.Path]::PathSeparator
        unset = @('_CE_M', '_CE_CONDA')
        export = $export
        deactivate = $from.deactivate
        activate = $from.activate
    }
}

# Return the change that `conda activate ...`, `deactivate` or `reactivate` is, or $null.
function global:Get-CondaChange([string[]] $words) {
    $settings = Get-CondaSettings
    if ($null -eq $settings -or "$Env:CONDA_SHLVL" -cnotmatch '^[0-9]\z') { return $null }
    $old = "$Env:CONDA_PREFIX"
    $level = if ($old) { [int] $Env:CONDA_SHLVL } else { 0 }
    if ($level -eq 0 -and $words[0] -cne 'activate') { return $null }
    $from = $null
    if ($level -gt 0) {
        $from = Get-CondaEnvironment $old $settings
        if ($null -eq $from) { return $null }
    }
    if ($words[0] -ceq 'activate') {
        $target = Get-CondaTarget @($words | Select-Object -Skip 1) $settings $level
        if ($null -eq $target) { return $null }
        if ($target.prefix -ceq $old -and $level -gt 0) { return Get-CondaRenewal $from $level $settings }
        if ($target.prefix -ieq $old) { return $null }
        $to = Get-CondaEnvironment $target.prefix $settings
        if ($null -eq $to) { return $null }
        return Get-CondaEntry $from $to ($target.stack -and $level -gt 0) $level $settings
    }
    if ($words.Count -ne 1) { return $null }
    if ($words[0] -ceq 'reactivate') { return Get-CondaRenewal $from $level $settings }
    if ($level -eq 1) { return Get-CondaExit $from $null $level $settings }
    $below = Get-CondaVariable "CONDA_PREFIX_$($level - 1)"
    $to = if ($below) { Get-CondaEnvironment $below $settings } else { $null }
    if ($null -eq $to) { return $null }
    return Get-CondaExit $from $to $level $settings
}
