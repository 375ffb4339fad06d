"""Examples for the help of commands: what to type, and what it does."""

__all__ = ["EXAMPLES"]

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "conda": (
        ("conda create -n sci python=3.12 numpy", "Create an environment."),
        ("conda activate sci", "Use it here (after `conda init`)."),
        ("conda install -n sci pandas", "Add a package to it."),
    ),
    "conda activate": (
        ("conda activate sci", "Use an environment in this shell."),
        ("conda activate ./env", "Use one that is a folder here."),
    ),
    "conda clean": (
        ("conda clean --all --dry-run", "Show what could be removed, and how much it is."),
        ("conda clean --index-cache", "Forget the indexes of channels, so that they are fetched."),
    ),
    "conda commands": (("conda commands", "List them, one per line."),),
    "conda compare": (
        ("conda compare -n sci environment.yml", "Say what of the file the environment lacks."),
    ),
    "conda completion": (
        ("conda completion bash >> ~/.bashrc", "Complete commands in bash from now on."),
    ),
    "conda config": (
        ("conda config --show channels", "Show the value that counts."),
        ("conda config --add channels conda-forge", "Prefer a channel to those before."),
        ("conda config --set auto_activate false", "Change a setting of yours."),
        ("conda config --describe solver", "Explain a setting."),
    ),
    "conda create": (
        ("conda create -n sci python=3.12 'numpy>=2'", "One that has a name."),
        ("conda create -p ./env -f environment.yml", "One in this folder, from a file."),
        ("conda create -n copy --clone sci", "A copy of another one."),
    ),
    "conda deactivate": (("conda deactivate", "Go back to what was active before."),),
    "conda doctor": (
        ("conda doctor -n sci", "Look for damage."),
        ("conda doctor -n sci --fix", "Repair what can be repaired."),
    ),
    "conda env": (
        ("conda env list", "List all environments."),
        ("conda env create -f environment.yml", "Create one from a file."),
    ),
    "conda env config": (
        ("conda env config vars set -n sci API_URL=x", "Set a variable for an environment."),
    ),
    "conda env config vars": (
        ("conda env config vars set -n sci API_URL=x", "Set a variable for an environment."),
    ),
    "conda env config vars list": (
        ("conda env config vars list -n sci", "List what activation sets."),
    ),
    "conda env config vars set": (
        ("conda env config vars set -n sci API_URL=x", "Activation sets it from now on."),
    ),
    "conda env config vars unset": (
        ("conda env config vars unset -n sci API_URL", "Activation takes it away."),
    ),
    "conda env export": (
        ("conda env export -n sci > environment.yml", "Write down exact versions."),
    ),
    "conda env create": (
        ("conda env create -f environment.yml", "Create the environment that the file names."),
    ),
    "conda env list": (("conda env list", "List all environments; `*` marks the active one."),),
    "conda env remove": (("conda env remove -n old", "Remove an environment, asking first."),),
    "conda env update": (
        (
            "conda env update -f environment.yml --prune",
            "Make an environment what the file says, and nothing more.",
        ),
    ),
    "conda export": (
        ("conda export -n sci > environment.yml", "Write down exact versions."),
        ("conda export -n sci --from-history", "Write down only what was asked for."),
        ("conda export -n sci --format explicit", "Write the addresses of all packages."),
    ),
    "conda info": (
        ("conda info", "Show settings and places that matter when something is wrong."),
        ("conda info --envs --size", "List environments with their sizes."),
    ),
    "conda init": (
        ("conda init zsh", "Let new zsh shells know `conda activate`."),
        ("conda init --reverse", "Undo it."),
    ),
    "conda install": (
        ("conda install -n sci 'scipy>=1.14'", "Add a package to an environment."),
        ("conda install --revision 3", "Undo what came after revision 3."),
        ("conda install --dry-run --explain pytorch", "Show the plan and what limits it."),
    ),
    "conda list": (
        ("conda list -n sci", "List what is installed."),
        ("conda list '^py'", "List names that fit an expression."),
        ("conda list --explicit > packages.txt", "Write addresses, for `create -f`."),
    ),
    "conda notices": (("conda notices -c conda-forge", "Show what a channel wants to tell."),),
    "conda package": (("conda package -w $CONDA_PREFIX/bin/xz", "Say whose file it is."),),
    "conda plugins": (("conda plugins list", "List plugins and what they add."),),
    "conda plugins list": (("conda plugins list", "List plugins and what they add."),),
    "conda remove": (
        ("conda remove -n sci pandas", "Remove a package and what only it needed."),
        ("conda remove -n sci --all", "Remove the environment."),
    ),
    "conda rename": (("conda rename -n sci science", "Give an environment another name."),),
    "conda run": (
        ("conda run -n sci python script.py", "Run a program as if `sci` were active."),
        ("conda run -n sci --cwd data make", "Run one in another folder."),
    ),
    "conda search": (
        ("conda search numpy", "List all versions."),
        ("conda search 'numpy>=2' --info", "Show all that is known of each."),
        ("conda search --envs openssl", "Find environments that have it."),
        ("conda search --platform win-64 'numpy>=2'", "Search for another one."),
    ),
    "conda update": (
        ("conda update -n sci numpy", "Take the newest version that fits."),
        ("conda update -n sci --all", "Update everything."),
    ),
}
