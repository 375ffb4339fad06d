# The `conda` function for sh, bash, dash, ash, ksh, mksh and zsh; `conda shell.posix hook` prints it.
#
# `activate`, `deactivate` and `reactivate` change the shell itself. Where everything that the change
# depends on has been prepared (see docs/explanation/activation.md), the functions below make it in
# microseconds and start no process; in every other case the program is asked, which also prepares
# the next time. Both ways come to the same.
#
# Nothing here relies on splitting words, on globbing or on options, so that `set -eu`, `set -f`, an
# odd IFS and aliases do no harm. `local` is not known to every shell: variables called __conda_*
# live until the change is made.

\export CONDA_EXE=@CONDA_EXE@
\export _CONDA_EXE=@_CONDA_EXE@
\export CONDA_PYTHON_EXE=@CONDA_PYTHON_EXE@
\export _CONDA_ROOT=@_CONDA_ROOT@

conda() {
    case "${1-}" in
        activate | deactivate | reactivate)
            __conda_change "$@"
            ;;
        install | update | upgrade | remove | uninstall)
            "$CONDA_EXE" "$@" || \return
            [ -z "${CONDA_PREFIX-}" ] || __conda_change reactivate
            ;;
        *)
            "$CONDA_EXE" "$@"
            ;;
    esac
}

# Make a change from what has been prepared, or else ask the program for it.
__conda_change() {
    # Ctrl-C comes before the change or after it; a second one is heard at once, since scripts of
    # environments may never end. Only zsh can take a trap back without a moment in which Ctrl-C
    # ends the shell; what is here for the others is done in as few commands as they have for it.
    case "$-${ZSH_VERSION:+zsh}" in
        *i*zsh) setopt local_options local_traps ;;
    esac
    __conda_status=0
    __conda_code=__conda_apply
    if ! __conda_look_up "$@"; then
        __conda_code=$(PS1="${PS1-}" "$CONDA_EXE" shell.posix "$@") || __conda_status=$?
    fi
    if [ "$__conda_status" -eq 0 ]; then
        case "$-${ZSH_VERSION:+zsh}" in
            *i*zsh) \trap '\trap - INT' INT ;;
        esac
        \eval "$__conda_code" || __conda_status=$?
    fi
    # Shells remember where they have found programs.
    \hash -r 2>/dev/null || :
    \set -- "$__conda_status"
    __conda_forget
    \return "$1"
}

# Activate what new shells start in; an environment that is active already is brought up to date.
__conda_begin() {
    if [ -n "${CONDA_PREFIX-}" ]; then
        __conda_change reactivate
    elif ! __conda_read_settings; then
        \eval "$("$CONDA_EXE" shell.posix hook)"
    elif [ -n "$__conda_start" ] && [ -e "$__conda_start/conda-meta/history" ]; then
        __conda_change activate
    fi
    __conda_forget
}

__conda_read_settings() {
    __conda_file=${HOME-}/.conda/activation.sh
    __conda_format=''
    [ -O "$__conda_file" ] && \. "$__conda_file"
    [ "$__conda_format" = @FORMAT@ ] && [ "$__conda_root" = "$_CONDA_ROOT" ]
}

# Find out what a change comes to; say no, with nothing changed, unless all of it is known.
# __conda_wish: enter, stack, leave or renew. __conda_new: the prefix that is active afterwards.
__conda_look_up() {
    case "${CONDA_SHLVL-}" in [0-9]) ;; *) \return 1 ;; esac
    __conda_level=$CONDA_SHLVL
    __conda_old=${CONDA_PREFIX-}
    [ -n "$__conda_old" ] || __conda_level=0
    __conda_read_settings || \return 1
    [ "$#" -le 3 ] || \return 1
    __conda_new=''
    case "$#:$1" in
        [123]:activate)
            \shift
            __conda_target "$@" || \return 1
            ;;
        1:deactivate) __conda_wish=leave ;;
        1:reactivate) __conda_wish=renew ;;
        *) \return 1 ;;
    esac
    case "$__conda_wish$__conda_level" in
        leave[2-9])
            \eval "__conda_new=\${CONDA_PREFIX_$((__conda_level - 1))-}"
            [ -n "$__conda_new" ] || \return 1
            ;;
        leave1) ;;
        leave0 | renew0)
            __conda_wish=nothing
            \return 0
            ;;
        renew*) __conda_new=$__conda_old ;;
    esac
    [ "$__conda_level" -eq 0 ] || __conda_is_prepared "$__conda_old" || \return 1
    if [ -n "$__conda_new" ]; then
        __conda_is_prepared "$__conda_new" || \return 1
        __conda_name_it "$__conda_new" || \return 1
        # The person at the shell is to be told of variables that get replaced: the program does.
        [ "$__conda_level" -ne 0 ] || __conda_is_free "$__conda_new" || \return 1
    fi
}

# Read the arguments of `activate`.
__conda_target() {
    __conda_wish=enter
    [ "$__conda_level" -eq 0 ] || [ "$__conda_level" -gt "$__conda_auto_stack" ] || __conda_wish=stack
    case "${1-}" in
        --stack) __conda_wish=stack && \shift ;;
        --no-stack) __conda_wish=enter && \shift ;;
    esac
    [ "$#" -le 1 ] || \return 1
    \set -- "${1:-$__conda_default}"
    case "$1" in
        *[!A-Za-z0-9._+/-]* | -* | .* | */. | */.. | */./* | */../* | *//* | ?*/) \return 1 ;;
        base | root) __conda_new=$_CONDA_ROOT ;;
        /*) __conda_new=$1 ;;
        */*) \return 1 ;;
        *)
            __conda_rest=$__conda_envs_dirs
            while [ -n "$__conda_rest" ] && [ -z "$__conda_new" ]; do
                [ ! -d "${__conda_rest%%:*}/$1" ] || __conda_new=${__conda_rest%%:*}/$1
                __conda_rest=${__conda_rest#*:}
            done
            [ -n "$__conda_new" ] || \return 1
            ;;
    esac
    if [ "$__conda_level" -eq 0 ]; then
        __conda_wish=enter
    elif [ "$__conda_new" = "$__conda_old" ]; then
        __conda_wish=renew
    fi
}

# Tell whether what has been prepared of an environment is still true.
__conda_is_prepared() {
    __conda_prefix=$1
    __conda_file=$1/conda-meta/activation.sh
    __conda_format=''
    __conda_ask=format
    [ -O "$__conda_file" ] && [ ! -e "$1/conda-meta/.txn" ] && \. "$__conda_file"
    [ "$__conda_format" = "@FORMAT@$__conda_capitals" ]
}

# Ask what has been prepared of an environment: `names`, `values` for __conda_sets, or its scripts.
__conda_tell() {
    __conda_prefix=$1
    __conda_ask=$2
    \. "$1/conda-meta/activation.sh"
}

# Tell whether no variable of the shell would be replaced by an environment's.
__conda_is_free() {
    __conda_tell "$1" names
    while [ -n "$__conda_names" ]; do
        \eval "[ -z \"\${${__conda_names%% *}+x}\" ]" || \return 1
        __conda_names=${__conda_names#* }
    done
}

# Work out the name of the environment and what the prompt says.
__conda_name_it() {
    __conda_name=$1
    if [ "$1" = "$_CONDA_ROOT" ]; then
        __conda_name=base
    else
        case "${1%/*}" in */envs) __conda_name=${1##*/} ;; esac
    fi
    case "$__conda_name" in *[!A-Za-z0-9._+/-]*) \return 1 ;; esac
    __conda_modifier=''
    [ -z "$__conda_changeps1" ] || __conda_modifier=$__conda_before$__conda_name$__conda_after
}

# Make the change. __conda_sets and __conda_unsets collect what it consists of.
__conda_apply() {
    __conda_sets=''
    __conda_unsets=' _CE_M _CE_CONDA'
    case "$__conda_wish" in
        nothing) ;;
        enter | stack) __conda_enter ;;
        leave) __conda_leave ;;
        renew) __conda_renew ;;
    esac
}

__conda_enter() {
    __conda_next=$((__conda_level + 1))
    __conda_path "$__conda_wish"
    __conda_tell "$__conda_new" names
    __conda_new_names=" $__conda_names"
    __conda_old_names=''
    if [ "$__conda_wish" = enter ] && [ "$__conda_level" -gt 0 ]; then
        __conda_tell "$__conda_old" deactivate
        __conda_restore keep
    fi
    __conda_hide
    __conda_tell "$__conda_new" values
    if [ "$__conda_level" -gt 0 ]; then
        __conda_sets="$__conda_sets CONDA_PREFIX_$__conda_level=\"\$__conda_old\""
        [ "$__conda_wish" != stack ] || __conda_sets="$__conda_sets CONDA_STACKED_$__conda_next=true"
    fi
    __conda_set "$__conda_next"
    __conda_tell "$__conda_new" activate
}

__conda_leave() {
    __conda_next=$((__conda_level - 1))
    \eval "__conda_stacked=\${CONDA_STACKED_$__conda_level-}"
    if [ -n "$__conda_new" ] && [ -z "$__conda_stacked" ]; then
        __conda_path enter
    else
        __conda_path leave
    fi
    __conda_quit
    __conda_new_names=''
    if [ -n "$__conda_new" ]; then
        __conda_tell "$__conda_new" names
        __conda_new_names=" $__conda_names"
    fi
    __conda_restore drop
    __conda_unsets="$__conda_unsets CONDA_STACKED_$__conda_level"
    if [ -n "$__conda_new" ]; then
        __conda_tell "$__conda_new" values
        __conda_unsets="$__conda_unsets CONDA_PREFIX_$__conda_next"
        __conda_set "$__conda_next"
        __conda_tell "$__conda_new" activate
    else
        __conda_modifier=''
        __conda_sets="$__conda_sets CONDA_SHLVL=0"
        __conda_unsets="$__conda_unsets CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_PROMPT_MODIFIER"
        __conda_commit
    fi
}

__conda_renew() {
    __conda_path enter
    __conda_tell "$__conda_old" deactivate
    __conda_tell "$__conda_new" values
    __conda_set "$__conda_level"
    __conda_tell "$__conda_new" activate
}

# Let the old environment take leave, with the PATH that is to be; bash gives the PATH before back
# where Ctrl-C ends a script.
__conda_quit() {
    [ -z "${BASH_VERSION-}" ] || \local PATH="${PATH-}"
    PATH=$__conda_found
    __conda_tell "$__conda_old" deactivate
    __conda_found=$PATH
}

# Say which environment is active.
__conda_set() {
    __conda_sets="$__conda_sets CONDA_PREFIX=\"\$__conda_new\" CONDA_SHLVL=$1"
    __conda_sets="$__conda_sets CONDA_DEFAULT_ENV=\"\$__conda_name\""
    __conda_sets="$__conda_sets CONDA_PROMPT_MODIFIER=\"\$__conda_modifier\""
    __conda_commit
}

# One command, as far as a shell has one for it: Ctrl-C comes before or after a command, and all have
# been read before the first. A variable that goes is empty before it is gone; a bash has its prompt
# for a moment as an exported variable, unless it is one.
__conda_commit() {
    __conda_prompt
    __conda_rest=$__conda_unsets
    while [ -n "$__conda_rest" ]; do
        __conda_item=${__conda_rest##* }
        __conda_rest=${__conda_rest% *}
        __conda_sets="$__conda_sets $__conda_item=''"
    done
    __conda_text=''
    if [ -n "$__conda_changeps1" ]; then
        __conda_text='PS1=$__conda_shown;'
        case "${BASH_VERSION-}" in
            [5-9].*)
                __conda_sets="$__conda_sets PS1=\"\$__conda_shown\""
                __conda_text=''
                \eval 'case "${PS1@a}" in *x*) ;; *) __conda_text="\\export -n PS1;" ;; esac'
                ;;
        esac
    fi
    \eval "\\export PATH=\"\$__conda_found\"$__conda_sets; $__conda_text \\unset$__conda_unsets"
}

# Replace what the old environment has put into the prompt.
__conda_prompt() {
    __conda_shown=${PS1-}
    if [ "$__conda_level" -gt 0 ] && [ -n "${CONDA_PROMPT_MODIFIER-}" ]; then
        case "$__conda_shown" in
            *"$CONDA_PROMPT_MODIFIER"*)
                __conda_shown=${__conda_shown%%"$CONDA_PROMPT_MODIFIER"*}${__conda_shown#*"$CONDA_PROMPT_MODIFIER"}
                ;;
        esac
    fi
    __conda_shown=$__conda_modifier$__conda_shown
}

# Work out PATH. enter: the new folder in the old one's place; stack: before all; leave: without it.
__conda_path() {
    __conda_found=":${PATH-}:"
    [ -n "${PATH-}" ] || __conda_found=:
    __conda_folder=${__conda_new%/}/bin
    __conda_left=${__conda_old%/}/bin
    if [ "$__conda_level" -gt 0 ] && [ "$1" != stack ]; then
        case "$1$__conda_found" in
            leave*":$__conda_left:"*)
                __conda_found=${__conda_found%%":$__conda_left:"*}:${__conda_found#*":$__conda_left:"}
                ;;
            leave*) ;;
            *":$__conda_left:"*)
                __conda_found=${__conda_found%%":$__conda_left:"*}:$__conda_folder:${__conda_found#*":$__conda_left:"}
                ;;
            *) __conda_found=:$__conda_folder$__conda_found ;;
        esac
    else
        case "$__conda_level$__conda_found" in
            0*":$_CONDA_ROOT/condabin:"*) ;;
            0*) __conda_found=:$_CONDA_ROOT/condabin$__conda_found ;;
        esac
        __conda_found=:$__conda_folder$__conda_found
    fi
    __conda_found=${__conda_found#:}
    __conda_found=${__conda_found%:}
}

# Give the variables of the old environment back what they were before; `drop` what was kept for it.
__conda_restore() {
    __conda_tell "$__conda_old" names
    __conda_old_names=" $__conda_names"
    while [ -n "$__conda_names" ]; do
        __conda_item=${__conda_names%% *}
        __conda_names=${__conda_names#* }
        __conda_kept=__CONDA_SHLVL_$((__conda_level - 1))_$__conda_item
        if \eval "[ -n \"\${$__conda_kept+x}\" ]"; then
            if [ "$1" = drop ] || \eval "[ -n \"\${$__conda_item+x}\" ]"; then
                __conda_sets="$__conda_sets $__conda_item=\"\$$__conda_kept\""
            fi
            [ "$1" = keep ] || __conda_unsets="$__conda_unsets $__conda_kept"
        else
            case "$__conda_new_names" in
                *" $__conda_item "*) ;;
                *) __conda_unsets="$__conda_unsets $__conda_item" ;;
            esac
        fi
    done
}

# Keep what the variables of the new environment hide; those of the old one are not there any more.
__conda_hide() {
    __conda_names=${__conda_new_names# }
    while [ -n "$__conda_names" ]; do
        __conda_item=${__conda_names%% *}
        __conda_names=${__conda_names#* }
        __conda_kept=$__conda_item
        case "$__conda_old_names" in
            *" $__conda_item "*) __conda_kept=__CONDA_SHLVL_$((__conda_level - 1))_$__conda_item ;;
        esac
        if \eval "[ -n \"\${$__conda_item+x}\" ] && [ -n \"\${$__conda_kept+x}\" ]"; then
            __conda_sets="$__conda_sets __CONDA_SHLVL_${__conda_level}_$__conda_item=\"\$$__conda_kept\""
        fi
    done
}

__conda_forget() {
    \unset __conda_after __conda_ask __conda_auto_stack __conda_before __conda_capitals \
        __conda_changeps1 __conda_code __conda_default __conda_envs_dirs __conda_file \
        __conda_folder __conda_format __conda_found __conda_item __conda_kept __conda_left \
        __conda_level __conda_modifier __conda_name __conda_names __conda_new \
        __conda_new_names __conda_next __conda_old __conda_old_names __conda_prefix \
        __conda_rest __conda_root __conda_sets __conda_shown __conda_stacked __conda_start \
        __conda_status __conda_text __conda_unsets __conda_wish
}

if [ -z "${CONDA_SHLVL+x}" ]; then
    \export CONDA_SHLVL=0
    case ":${PATH-}:" in
        *":$_CONDA_ROOT/condabin:"*) ;;
        *) \export PATH="$_CONDA_ROOT/condabin${PATH:+:$PATH}" ;;
    esac
    [ -n "${PS1+x}" ] || PS1=''
fi

# Completion is loaded when a key asks for it. Other shells could not even read what zsh is told.
case "$-${BASH_VERSION:+bash}${ZSH_VERSION:+zsh}" in
    *i*bash)
        __conda_complete() {
            \eval "$("$CONDA_EXE" completion bash)"
            __conda_complete
        }
        complete -F __conda_complete conda
        ;;
    *i*zsh)
        __conda_complete() {
            \eval "$("$CONDA_EXE" completion zsh)"
            __conda_complete
        }
        \eval '(( $+functions[compdef] )) && compdef __conda_complete conda || :'
        ;;
esac
