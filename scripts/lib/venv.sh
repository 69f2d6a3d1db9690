# Virtual environments that make themselves and stay current. For POSIX sh; sourced, not run.
#
# A stamp inside an environment holds what it was installed from: the checkout's folder (a copied or moved
# environment would run another checkout's code) and pyproject.toml. Each set of extras has its own stamp.
# A marker beside the environment, NAME.unfinished, says that a setup began and did not end.
#
# Status 125 is the scripts' own failure, as with env and timeout: 0 to 4 are gradcli's answers.

say() {
    printf 'gradcli: %s\n' "$*" >&2
}

die() {
    say "$*"
    exit 125
}

# ensure_venv TOP NAME EXTRAS: TOP/NAME is there, with the project and EXTRAS ("" or "test,peers") installed.
ensure_venv() {
    venv_is_current "$@" || make_venv "$@"
}

wanted_stamp() {
    printf '%s\n' "$1"
    cat "$1/pyproject.toml"
}

venv_is_current() {
    [ -x "$1/$2/bin/python" ] && [ ! -e "$1/$2.unfinished" ] && [ -f "$1/$2/.gradcli-stamp${3:+-$3}" ] &&
        [ "$(wanted_stamp "$1")" = "$(cat "$1/$2/.gradcli-stamp${3:+-$3}")" ]
}

# In a subshell, so that the lock on descriptor 9 ends with it and is not passed on to the tool. Nothing in
# here may read the tool's stdin or write to its stdout.
make_venv() {
    (
        [ -w "$1" ] || die "cannot write to $1, where $2 is to be set up"
        exec 9>"$1/.venv.lock"
        lock "$1/$2/bin/python"
        venv_is_current "$@" || fill_venv "$@"
    ) </dev/null >&2 || exit 125
}

# The lock belongs to the open descriptor, which this shell shares with the short-lived Python: it outlives
# that process, and the system lets go of it however this shell ends.
lock() {
    python=$1
    is_usable "$python" || python=$(find_python) || exit 125
    "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)' 2>/dev/null && return
    say "waiting for another setup in this checkout ..."
    "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' || die "cannot lock this checkout for the setup"
}

fill_venv() {
    venv=$1/$2
    marker=$1/$2.unfinished
    stamp=$(wanted_stamp "$1")
    if [ -e "$marker" ] || ! is_usable "$venv/bin/python" || has_moved "$venv" "$1"; then
        say "setting up $2 (once) ..."
        python=$(find_python) || exit 125
        : >"$marker"
        "$python" -m venv --clear "$venv" || die "cannot make $2 with $python"
        install "$venv" "$1" "$3" || die "installing into $2 failed; the same command tries again from the start"
    else
        say "updating $2 ..."
        : >"$marker"
        if ! install "$venv" "$1" "$3"; then
            rm "$marker" # pip has put back what was there, so the next try need not start from nothing
            die "updating $2 failed; the same command tries again"
        fi
    fi
    printf '%s\n' "$stamp" >"$venv/.gradcli-stamp"
    printf '%s\n' "$stamp" >"$venv/.gradcli-stamp${3:+-$3}"
    rm "$marker"
}

# The commands in a copied or moved environment still start the Python of the old place.
has_moved() {
    [ -f "$1/.gradcli-stamp" ] && [ "$(head -n 1 "$1/.gradcli-stamp")" != "$2" ]
}

# Some tools make environments without pip; one of those may be here already.
install() {
    "$1/bin/python" -m pip --version >/dev/null 2>&1 || "$1/bin/python" -m ensurepip
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$2${3:+[$3]}"
}

# New enough and whole: a version manager's shim may name a Python that is not there, and some systems ship
# venv and pip apart.
is_usable() {
    "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# $PYTHON and nothing else where it is set, otherwise the first usable one of the common names.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_usable "$PYTHON" || die "PYTHON is '$PYTHON', which is not a Python 3.11 or newer with venv and pip"
        printf '%s\n' "$PYTHON"
        return
    fi
    for candidate in python3.11 python3.12 python3.13 python3; do
        if is_usable "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    die "found no Python 3.11 or newer with venv and pip; name one with PYTHON=/path/to/python"
}
