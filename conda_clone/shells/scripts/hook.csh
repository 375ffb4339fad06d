# What `conda shell.csh hook` prints, without comments: `eval` of it joins the lines.
setenv CONDA_EXE @CONDA_EXE@;
setenv _CONDA_EXE @_CONDA_EXE@;
setenv CONDA_PYTHON_EXE @CONDA_PYTHON_EXE@;
setenv _CONDA_ROOT @_CONDA_ROOT@;
set __conda_scripts = @SCRIPTS@;
alias conda 'source "$__conda_scripts/conda.csh" conda';
if ( ! $?CONDA_SHLVL ) setenv CONDA_SHLVL 0;
if ( ":${PATH}:" !~ *":${_CONDA_ROOT}/condabin:"* ) setenv PATH "${_CONDA_ROOT}/condabin:${PATH}";
