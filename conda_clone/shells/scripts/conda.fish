# The `conda` function for fish; `conda shell.fish hook` prints it.
#
# `activate`, `deactivate` and `reactivate` change the shell itself. Where everything that the change
# depends on has been prepared (see docs/explanation/activation.md), the functions below make it and
# start no process; in every other case the program is asked, which also prepares the next time. Both
# ways come to the same. Helpers share the variables of `__conda_change`, which end with it.

set -gx CONDA_EXE @CONDA_EXE@
set -gx _CONDA_EXE @_CONDA_EXE@
set -gx CONDA_PYTHON_EXE @CONDA_PYTHON_EXE@
set -gx _CONDA_ROOT @_CONDA_ROOT@

function conda --description 'Manage environments and packages'
    switch "$argv[1]"
        case activate deactivate reactivate
            __conda_change $argv
        case install update upgrade remove uninstall
            $CONDA_EXE $argv
            or return
            test -z "$CONDA_PREFIX"
            or __conda_change reactivate
        case '*'
            $CONDA_EXE $argv
    end
end

# Make a change from what has been prepared, or else ask the program for it.
function __conda_change
    set -l __conda_after
    set -l __conda_ask
    set -l __conda_auto_stack
    set -l __conda_before
    set -l __conda_capitals
    set -l __conda_changeps1
    set -l __conda_default
    set -l __conda_envs_dirs
    set -l __conda_file
    set -l __conda_format
    set -l __conda_level
    set -l __conda_modifier
    set -l __conda_name
    set -l __conda_names
    set -l __conda_new
    set -l __conda_next
    set -l __conda_old
    set -l __conda_path
    set -l __conda_prefix
    set -l __conda_root
    set -l __conda_start
    set -l __conda_wish
    if __conda_look_up $argv
        __conda_hold
        __conda_apply
        __conda_release
        return 0
    end
    set -l __conda_code ($CONDA_EXE shell.fish $argv | string collect; set -l state $pipestatus; echo $state[1])
    set -l __conda_state $__conda_code[-1]
    test "$__conda_state" = 0
    or return $__conda_state
    __conda_hold
    string join \n -- $__conda_code[1..-2] | source
    set __conda_state $status
    __conda_release
    return $__conda_state
end

# Let Ctrl-C come before a change or after it: a signal that a function handles stops nothing. A
# second one is heard at once, since scripts of environments may never end.
function __conda_hold
    function __conda_release --on-signal INT
        functions -e __conda_release
    end
end

# Activate what new shells start in; an environment that is active already is brought up to date.
function __conda_begin
    set -l __conda_after
    set -l __conda_auto_stack
    set -l __conda_before
    set -l __conda_capitals
    set -l __conda_changeps1
    set -l __conda_default
    set -l __conda_envs_dirs
    set -l __conda_file
    set -l __conda_format
    set -l __conda_root
    set -l __conda_start
    if test -n "$CONDA_PREFIX"
        __conda_change reactivate
    else if not __conda_read_settings
        $CONDA_EXE shell.fish hook | source
    else if test -n "$__conda_start" -a -e "$__conda_start/conda-meta/history"
        __conda_change activate
    end
end

function __conda_read_settings --no-scope-shadowing
    set __conda_file "$HOME/.conda/activation.fish"
    set __conda_format
    test -O "$__conda_file"
    and source $__conda_file
    test "$__conda_format" = @FORMAT@ -a "$__conda_root" = "$_CONDA_ROOT"
end

# Find out what a change comes to; say no, with nothing changed, unless all of it is known.
function __conda_look_up --no-scope-shadowing
    string match -qr '^[0-9]$' -- "$CONDA_SHLVL"
    or return 1
    set __conda_level $CONDA_SHLVL
    set __conda_old "$CONDA_PREFIX"
    test -n "$__conda_old"
    or set __conda_level 0
    __conda_read_settings
    or return 1
    switch (count $argv):$argv[1]
        case '[123]:activate' '1:activate' '2:activate' '3:activate'
            __conda_target $argv[2..-1]
            or return 1
        case 1:deactivate
            set __conda_wish leave
            test $__conda_level -gt 0
            or set __conda_wish nothing
        case 1:reactivate
            set __conda_wish renew
            test $__conda_level -gt 0
            or set __conda_wish nothing
        case '*'
            return 1
    end
    switch $__conda_wish
        case nothing
            return 0
        case renew
            set __conda_new $__conda_old
        case leave
            if test $__conda_level -gt 1
                set -l below CONDA_PREFIX_(math $__conda_level - 1)
                set __conda_new $$below
                test -n "$__conda_new"
                or return 1
            end
    end
    if test $__conda_level -gt 0
        __conda_is_prepared $__conda_old
        or return 1
    end
    if test -n "$__conda_new"
        __conda_is_prepared $__conda_new
        or return 1
        __conda_name_it
        or return 1
        # The person at the shell is to be told of variables that get replaced: the program does.
        if test $__conda_level -eq 0
            __conda_tell $__conda_new names
            for item in $__conda_names
                set -q $item
                and return 1
            end
        end
    end
    return 0
end

# Read the arguments of `activate`.
function __conda_target --no-scope-shadowing
    set __conda_wish enter
    test $__conda_level -gt 0 -a $__conda_level -le $__conda_auto_stack
    and set __conda_wish stack
    set -l words $argv
    switch "$words[1]"
        case --stack
            set __conda_wish stack
            set -e words[1]
        case --no-stack
            set __conda_wish enter
            set -e words[1]
    end
    test (count $words) -le 1
    or return 1
    set -l wanted $words[1]
    test -n "$wanted"
    or set wanted $__conda_default
    if contains -- $wanted base root
        set __conda_new $_CONDA_ROOT
    else if not string match -qr '^[A-Za-z0-9_+/][A-Za-z0-9._+/-]*$' -- $wanted
        return 1
    else if string match -qr '^/' -- $wanted
        string match -qr '//|/\.\.?(/|$)|/$' -- $wanted
        and return 1
        set __conda_new $wanted
    else if string match -q '*/*' -- $wanted
        return 1
    else
        for folder in $__conda_envs_dirs
            if test -d "$folder/$wanted"
                set __conda_new "$folder/$wanted"
                break
            end
        end
        test -n "$__conda_new"
        or return 1
    end
    if test $__conda_level -eq 0
        set __conda_wish enter
    else if test "$__conda_new" = "$__conda_old"
        set __conda_wish renew
    end
    return 0
end

# Tell whether what has been prepared of an environment is still true.
function __conda_is_prepared --no-scope-shadowing
    set __conda_prefix $argv[1]
    set __conda_file $argv[1]/conda-meta/activation.fish
    set __conda_format
    set __conda_ask format
    test -O "$__conda_file" -a ! -e $argv[1]/conda-meta/.txn
    and source $__conda_file
    test "$__conda_format" = "@FORMAT@$__conda_capitals"
end

# Ask what has been prepared of an environment: `names`, or to `export`, `activate`, `deactivate`.
function __conda_tell --no-scope-shadowing
    set __conda_prefix $argv[1]
    set __conda_ask $argv[2]
    source $argv[1]/conda-meta/activation.fish
end

# Work out the name of the environment and what the prompt says.
function __conda_name_it --no-scope-shadowing
    set __conda_name $__conda_new
    if test "$__conda_new" = "$_CONDA_ROOT"
        set __conda_name base
    else if string match -qr '/envs/[^/]*$' -- $__conda_new
        set __conda_name (string replace -r '^.*/' '' -- $__conda_new)
    end
    string match -qr '^[A-Za-z0-9._+/-]*$' -- $__conda_name
    or return 1
    set __conda_modifier ''
    test -z "$__conda_changeps1"
    or set __conda_modifier $__conda_before$__conda_name$__conda_after
    return 0
end

function __conda_apply --no-scope-shadowing
    switch $__conda_wish
        case enter stack
            __conda_enter
        case leave
            __conda_leave
        case renew
            __conda_renew
    end
end

function __conda_enter --no-scope-shadowing
    __conda_path $__conda_wish
    set __conda_next (math $__conda_level + 1)
    if test $__conda_wish = enter -a $__conda_level -gt 0
        __conda_tell $__conda_old deactivate
        __conda_restore keep
    end
    __conda_tell $__conda_new names
    for item in $__conda_names
        set -q $item
        and set -gx __CONDA_SHLVL_{$__conda_level}_$item $$item
    end
    __conda_tell $__conda_new export
    set -e _CE_M
    set -e _CE_CONDA
    if test $__conda_level -gt 0
        set -gx CONDA_PREFIX_$__conda_level $__conda_old
        test $__conda_wish != stack
        or set -gx CONDA_STACKED_$__conda_next true
    end
    __conda_set $__conda_next
    __conda_tell $__conda_new activate
end

function __conda_leave --no-scope-shadowing
    set __conda_next (math $__conda_level - 1)
    if test -n "$__conda_new"; and not set -q CONDA_STACKED_$__conda_level
        __conda_path enter
    else
        __conda_path leave
    end
    set -gx PATH $__conda_path
    __conda_tell $__conda_old deactivate
    __conda_restore drop
    set -e _CE_M
    set -e _CE_CONDA
    set -e CONDA_STACKED_$__conda_level
    if test -n "$__conda_new"
        __conda_tell $__conda_new export
        __conda_set $__conda_next
        set -e CONDA_PREFIX_$__conda_next
        __conda_tell $__conda_new activate
    else
        set -gx CONDA_SHLVL 0
        set -e CONDA_PREFIX
        set -e CONDA_DEFAULT_ENV
        set -e CONDA_PROMPT_MODIFIER
    end
end

function __conda_renew --no-scope-shadowing
    __conda_path enter
    __conda_tell $__conda_old deactivate
    set -e _CE_M
    set -e _CE_CONDA
    __conda_tell $__conda_new export
    __conda_set $__conda_level
    __conda_tell $__conda_new activate
end

# Say which environment is active.
function __conda_set --no-scope-shadowing
    set -gx PATH $__conda_path
    set -gx CONDA_PREFIX $__conda_new
    set -gx CONDA_SHLVL $argv[1]
    set -gx CONDA_DEFAULT_ENV $__conda_name
    set -gx CONDA_PROMPT_MODIFIER $__conda_modifier
end

# Work out PATH. enter: the new folder in the old one's place; stack: before all; leave: without it.
function __conda_path --no-scope-shadowing
    set -l folder (string trim -r -c / -- "$__conda_new")/bin
    set -l left (string trim -r -c / -- "$__conda_old")/bin
    set __conda_path $PATH
    if test $__conda_level -gt 0 -a $argv[1] != stack
        set -l place (contains -i -- $left $__conda_path)
        switch "$argv[1]$place"
            case leave
            case 'leave*'
                set -e __conda_path[$place]
            case enter
                set -p __conda_path $folder
            case '*'
                set __conda_path[$place] $folder
        end
    else
        if test $__conda_level -eq 0; and not contains -- $_CONDA_ROOT/condabin $__conda_path
            set -p __conda_path $_CONDA_ROOT/condabin
        end
        set -p __conda_path $folder
    end
end

# Give the variables of an environment back what they were before; `drop` what was kept for that.
function __conda_restore --no-scope-shadowing
    __conda_tell $__conda_old names
    for item in $__conda_names
        set -l kept __CONDA_SHLVL_(math $__conda_level - 1)_$item
        if not set -q $kept
            set -e $item
            continue
        end
        if test $argv[1] = drop; or set -q $item
            set -gx $item $$kept
        end
        test $argv[1] = keep
        or set -e $kept
    end
end

# The prompt asks for the variable, so that an environment's name is shown as it is and never runs.
if not functions -q __conda_own_prompt
    functions -q fish_prompt
    and functions -c fish_prompt __conda_own_prompt
    function fish_prompt
        set -l state $status
        printf '%s' "$CONDA_PROMPT_MODIFIER"
        __conda_give $state
        functions -q __conda_own_prompt
        and __conda_own_prompt
    end
    function __conda_give --description 'Give back an exit status'
        return $argv[1]
    end
end

if not set -q CONDA_SHLVL
    set -gx CONDA_SHLVL 0
    contains -- $_CONDA_ROOT/condabin $PATH
    or set -gxp PATH $_CONDA_ROOT/condabin
end

# Completion is loaded when a key asks for it.
if status is-interactive
    function __conda_complete
        functions -e __conda_complete
        $CONDA_EXE completion fish | source
        __conda_complete
    end
    complete -c conda -f -a '(__conda_complete)'
end
