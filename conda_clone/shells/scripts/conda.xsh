# The `conda` command for xonsh; `conda shell.xonsh hook` prints it.

$CONDA_EXE = @CONDA_EXE@
$_CONDA_EXE = @_CONDA_EXE@
$CONDA_PYTHON_EXE = @CONDA_PYTHON_EXE@
$_CONDA_ROOT = @_CONDA_ROOT@


def _conda_change(words):
    """Ask the program for a change of this shell, and make it only if there is one."""
    import subprocess

    asked = subprocess.run(
        [$CONDA_EXE, "shell.xonsh", *words],
        env=__xonsh__.env.detype(),
        stdout=subprocess.PIPE,
    )
    if asked.returncode == 0:
        code = asked.stdout.decode("utf-8", "surrogateescape")
        __xonsh__.execer.exec(code, glbs=__xonsh__.ctx, filename="conda")
    return asked.returncode


def _conda(words):
    """Run conda; what changes the shell itself is done here."""
    import subprocess

    if words and words[0] in ("activate", "deactivate", "reactivate"):
        return _conda_change(words)
    status = subprocess.run([$CONDA_EXE, *words], env=__xonsh__.env.detype()).returncode
    changes = words and words[0] in ("install", "update", "upgrade", "remove", "uninstall")
    if status == 0 and changes and "CONDA_PREFIX" in __xonsh__.env:
        return _conda_change(["reactivate"])
    return status


aliases["conda"] = _conda

if "CONDA_SHLVL" not in __xonsh__.env:
    $CONDA_SHLVL = "0"
    if $_CONDA_ROOT + "/condabin" not in $PATH:
        $PATH.insert(0, $_CONDA_ROOT + "/condabin")
