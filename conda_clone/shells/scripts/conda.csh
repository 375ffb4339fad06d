# What the alias `conda` does in csh and tcsh: it sources this file with the word `conda` and its
# arguments. `conda shell.csh hook` prints the alias. These shells have no functions, so that the
# program is asked for every change; it writes into a file, because `eval` of a command's output
# would lose line breaks.

if ( $#argv < 2 ) then
    "$CONDA_EXE"
    set __conda_status = $status
else if ( "$argv[2]" == activate || "$argv[2]" == deactivate || "$argv[2]" == reactivate ) then
    set __conda_words = ( $argv[2-]:q )
    source "$__conda_scripts/change.csh"
else
    set __conda_word = "$argv[2]"
    "$CONDA_EXE" $argv[2-]:q
    set __conda_status = $status
    if ( $__conda_status == 0 && $?CONDA_PREFIX ) then
        switch ( "$__conda_word" )
        case install:
        case update:
        case upgrade:
        case remove:
        case uninstall:
            set __conda_words = ( reactivate )
            source "$__conda_scripts/change.csh"
            breaksw
        endsw
    endif
    unset __conda_word
endif
# An assignment to `status` would not outlive this file.
eval "unset __conda_status; ( exit $__conda_status )"
