#!/bin/sh
# Makes .venv with Treadle and its tools in it; `make setup` and all other targets call this.
# Does nothing when nothing changed. PYTHON=/path/to/python chooses another interpreter.
set -eu
cd "$(dirname "$0")/.."
venv=.venv
stamp=$venv/treadle-setup.txt
log=$venv/treadle-setup.log

# The stamp is a copy of what was installed: comparing it needs no hash and no Python.
wanted() { cat pyproject.toml requirements.lock; }
if [ -x $venv/bin/python ] && [ -f $stamp ] && wanted | cmp -s - $stamp; then
    exit 0
fi

# Settings that would make pip install somewhere else, and Python import from there. Indexes,
# proxies and certificates that are configured on this machine stay as they are.
unset PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_ROOT PIP_CONSTRAINT PIP_REQUIREMENT
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

stop() { # lines to print
    printf '%s\n' "" "Treadle could not be set up." "$@" >&2
    exit 1
}

brings() { # Debian's packages, Fedora's, Homebrew's: the command that installs them here
    if command -v apt-get >/dev/null; then echo "sudo apt-get install $1"
    elif command -v dnf >/dev/null; then echo "sudo dnf install $2"
    elif command -v brew >/dev/null; then echo "brew install $3"
    else echo "your system's package manager ($1 on Debian, $2 on Fedora)"
    fi
}

python=
for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || stop "It needs Python 3.11 or newer; none of these is one:" \
    "    ${PYTHON:-python3.11 python3.12 python3.13 python3}" \
    "This brings it:  $(brings 'python3.11 python3.11-venv' python3.11 python@3.11)" \
    "or name one yourself:  make setup PYTHON=/path/to/python3.11"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

"$python" -c 'import venv, ensurepip' 2>/dev/null || stop \
    "Python $version is here, but its venv module is not." \
    "This brings it:  $(brings "python$version-venv" "python$version" "python@$version")"

if ! $venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Making $venv with Python $version ($python)"
    "$python" -m venv --clear $venv || stop "Making $venv failed; the reason stands above."
fi

echo "Installing Treadle's packages into $venv (some 150 MB to fetch the first time, a minute or two)"
rm -f $stamp
# pip's own words go to the log; what is shown is its progress, and what went wrong.
{
    $venv/bin/python -m pip install --progress-bar off -c requirements.lock -e '.[dev]' 2>&1 &&
        wanted >$stamp
} | awk -v log_file=$log '
    { print >log_file }
    /^ *Collecting / { if (++found % 20 == 0) { print "  " found " packages found"; fflush() } }
    /^Installing collected packages/ { print "  all found; installing them"; fflush() }
    /^ERROR/ { print }
'
[ -f $stamp ] || stop "pip did not finish; all it said is in $log, the last lines are:" \
    "$(tail -n 5 $log)" "" "When the network was the reason, run the same command again."
echo "Treadle is set up."
