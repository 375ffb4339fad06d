# Make the change of the shell that the words in $__conda_words ask for; sourced by conda.csh.

set __conda_file = "`mktemp -t conda.XXXXXXXX`"
set __conda_had_prompt = $?prompt
if ( $__conda_had_prompt ) then
    env prompt="$prompt:q" "$CONDA_EXE" shell.csh $__conda_words:q >! "$__conda_file"
    set __conda_status = $status
else
    "$CONDA_EXE" shell.csh $__conda_words:q >! "$__conda_file"
    set __conda_status = $status
endif
if ( $__conda_status == 0 ) source "$__conda_file"
# Scripts take a shell that has a prompt for one that somebody sits at.
if ( ! $__conda_had_prompt ) unset prompt
\rm -f "$__conda_file"
rehash
unset __conda_words __conda_file __conda_had_prompt
