# Completion of `conda` in zsh; `conda completion zsh` prints it.

__conda_complete() {
    emulate -L zsh
    local line files
    local -a found
    while IFS= read -r line; do
        if [[ ${line%%$'\t'*} == :files ]]; then
            files=1
        elif [[ $line == *$'\t'?* ]]; then
            found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
        else
            found+=("${${line%%$'\t'*}//:/\\:}")
        fi
    done < <(@CONDA_EXE@ completion --words "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    (( ${#found} )) && _describe conda found
    [[ -z $files ]] || _files
}

if ! (( $+functions[compdef] )); then
    autoload -Uz compinit && compinit -D
fi
compdef __conda_complete conda
