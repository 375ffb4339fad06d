@REM Prepares cmd.exe for `conda`; `conda init cmd.exe` lets every new window run it.
@IF DEFINED CONDA_SHLVL GOTO :EOF
@SET CONDA_EXE=@CONDA_EXE@
@SET _CONDA_EXE=@_CONDA_EXE@
@SET CONDA_PYTHON_EXE=@CONDA_PYTHON_EXE@
@SET _CONDA_ROOT=@_CONDA_ROOT@
@SET CONDA_BAT=%_CONDA_ROOT%\condabin\conda.bat
@SET PATH=%_CONDA_ROOT%\condabin;%PATH%
@SET CONDA_SHLVL=0
@DOSKEY conda="%CONDA_BAT%" $*
