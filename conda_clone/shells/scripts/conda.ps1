# The `conda` function for PowerShell; `conda shell.powershell hook` prints it.

$Env:CONDA_EXE = @CONDA_EXE@
$Env:_CONDA_EXE = @_CONDA_EXE@
$Env:CONDA_PYTHON_EXE = @CONDA_PYTHON_EXE@
$Env:_CONDA_ROOT = @_CONDA_ROOT@

# Ask the program for a change of this shell, and make it only if there is one.
function global:Invoke-CondaChange {
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
