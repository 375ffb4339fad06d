# Completion of `conda` in bash; `conda completion bash` prints it.

__conda_complete() {
    local line words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=()
    while IFS= read -r line; do
        line=${line%%$'\t'*}
        if [ "$line" = :files ]; then
            compopt -o default 2>/dev/null
        else
            COMPREPLY+=("$line")
        fi
    done < <(@CONDA_EXE@ completion --words "${words[@]}" 2>/dev/null)
}

complete -F __conda_complete conda
