# The `conda` function for PowerShell; `conda shell.powershell hook` prints it.
#
# `activate`, `deactivate` and `reactivate` change the shell itself. Where everything that the change
# depends on has been prepared (see docs/explanation/activation.md), the functions of prepared.ps1
# work it out and start no process; in every other case, and whenever anything is not as they expect,
# the program is asked, which also prepares the next time.

$Env:CONDA_EXE = @CONDA_EXE@
$Env:_CONDA_EXE = @_CONDA_EXE@
$Env:CONDA_PYTHON_EXE = @CONDA_PYTHON_EXE@
$Env:_CONDA_ROOT = @_CONDA_ROOT@

# Nothing in there may keep this from working, a language that is too old for it included.
try {
    Invoke-Expression -Command (
        [IO.File]::ReadAllText((Join-Path -Path @SCRIPTS@ -ChildPath 'prepared.ps1')).Replace(
            '{FORMAT}', '@FORMAT@'
        )
    )
} catch {
    Write-Debug -Message "conda always asks its program: $_"
}

# Make a change from what has been prepared, or else ask the program for it.
function global:Invoke-CondaChange {
    $change = $null
    try { $change = Get-CondaChange $args } catch { $change = $null }
    if ($null -ne $change) {
        if ($change.pathFirst) { $Env:PATH = $change.path }
        foreach ($script in $change.deactivate) { . $script }
        foreach ($name in $change.unset) {
            Remove-Item -LiteralPath "Env:$name" -ErrorAction SilentlyContinue
        }
        if (-not $change.pathFirst) { $Env:PATH = $change.path }
        foreach ($name in $change.export.Keys) {
            Set-Item -LiteralPath "Env:$name" -Value $change.export[$name]
        }
        foreach ($script in $change.activate) { . $script }
        return
    }
    $code = & $Env:CONDA_EXE 'shell.powershell' @args | Out-String
    if ($LASTEXITCODE -eq 0 -and $code.Trim()) {
        Invoke-Expression -Command $code
    }
}

function global:conda {
    $command = if ($args.Count) { "$($args[0])" } else { '' }
    if ($command -in 'activate', 'deactivate', 'reactivate') {
        Invoke-CondaChange @args
        return
    }
    & $Env:CONDA_EXE @args
    $changes = $command -in 'install', 'update', 'upgrade', 'remove', 'uninstall'
    if ($changes -and $LASTEXITCODE -eq 0 -and $Env:CONDA_PREFIX) {
        Invoke-CondaChange 'reactivate'
    }
}

# The prompt asks for the variable, so that an environment's name is shown as it is and never runs.
if (-not (Test-Path -Path Function:\Get-CondaOwnPrompt)) {
    if (Test-Path -Path Function:\prompt) {
        Copy-Item -Path Function:\prompt -Destination Function:\global:Get-CondaOwnPrompt
    } else {
        function global:Get-CondaOwnPrompt { 'PS> ' }
    }
    function global:prompt {
        "$Env:CONDA_PROMPT_MODIFIER$(Get-CondaOwnPrompt)"
    }
}

if ($null -eq $Env:CONDA_SHLVL) {
    $Env:CONDA_SHLVL = '0'
    $condabin = Join-Path -Path $Env:_CONDA_ROOT -ChildPath 'condabin'
    if ($condabin -notin $Env:PATH.Split([IO.Path]::PathSeparator)) {
        $Env:PATH = $condabin + [IO.Path]::PathSeparator + $Env:PATH
    }
}
