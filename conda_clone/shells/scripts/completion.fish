# Completion of `conda` in fish; `conda completion fish` prints it.

function __conda_complete
    set -l words (commandline -opc)[2..-1] (commandline -ct)
    for line in (@CONDA_EXE@ completion --words $words 2>/dev/null)
        if string match -q ':files*' -- $line
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end

complete -c conda -f -a '(__conda_complete)'
