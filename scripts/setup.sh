#!/bin/sh
# Makes .venv with Treadle and its tools in it; `make setup` and all other targets call this.
# Does nothing when nothing changed.
#   PYTHON=/path/to/python  chooses another interpreter
#   TORCH=no                leaves out what language models need; TORCH=yes brings it again
#   TORCH=ADDRESS           takes torch's build from this package index, for instance one for CPUs
# What TORCH says is kept in .venv and holds until it is said anew.
set -eu
cd "$(dirname "$0")/.."
venv=.venv
stamp=$venv/treadle-setup.txt
choice=$venv/treadle-setup-torch.txt
log=$venv/treadle-setup.log

stop() { # lines to print
    printf '%s\n' "" "Treadle could not be set up." "$@" >&2
    exit 1
}

torch=${TORCH:-}
if [ -z "$torch" ] && [ -f $choice ]; then
    torch=$(cat $choice)
fi
case ${torch:=yes} in
    yes | no | http://* | https://* | file:///*) ;;
    *) stop "TORCH is yes, no, or the address of a package index that has the wanted build." \
        "https://pytorch.org/get-started/locally/ names that of the build for CPUs: choose Pip" \
        "and CPU there, and take what stands behind --index-url." ;;
esac

# The stamp is a copy of what was installed: comparing it needs no hash and no Python.
wanted() { cat pyproject.toml requirements.lock; echo "torch: $torch"; }
if [ -x $venv/bin/python ] && [ -f $stamp ] && wanted | cmp -s - $stamp; then
    exit 0
fi

# Settings that would make pip install somewhere else, and Python import from there. Indexes,
# proxies and certificates that are configured on this machine stay as they are.
unset PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_ROOT PIP_CONSTRAINT PIP_REQUIREMENT
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

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

extras=dev,models
index=
case $torch in
    no)
        extras=dev
        echo "Installing Treadle's packages without language models into $venv (some 170 MB to"
        echo "fetch the first time, a minute or two); TREADLE_MODEL=extract is what then works"
        ;;
    yes)
        echo "Installing Treadle's packages into $venv (some 500 MB to fetch the first time, a few"
        echo "minutes). On Linux the public registry's torch is built for NVIDIA GPUs and brings"
        echo "some 2.2 GB more; TORCH=ADDRESS takes the build for CPUs, TORCH=no none at all:"
        echo "README.md, \"See it work\", says how"
        ;;
    *)
        index=$torch
        echo "Installing Treadle's packages into $venv (some 500 MB to fetch the first time with a"
        echo "build of torch for CPUs, a few minutes), torch from the index that TORCH names"
        ;;
esac
rm -f $stamp
# pip's own words go to the log; what is shown is its progress, what is large, and what went wrong.
{
    $venv/bin/python -m pip install --progress-bar off -c requirements.lock \
        ${index:+--extra-index-url "$index"} -e ".[$extras]" 2>&1 &&
        echo "$torch" >$choice && wanted >$stamp
} | awk -v log_file=$log '
    { print >log_file }
    /^ *Collecting / { if (++found % 20 == 0) { print "  " found " packages found"; fflush() } }
    /^ *Collecting (nvidia-|cuda-)/ && !gpu++ {
        print "  this build of torch is for NVIDIA GPUs: some 2.2 GB of their packages come with it"
        fflush()
    }
    /^ *Downloading .*\([0-9.]+ [MG]B\)$/ {
        if ($NF ~ /GB/ || substr($(NF - 1), 2) + 0 >= 100) {
            name = $2; sub(/.*\//, "", name); sub(/-.*/, "", name)
            print "  fetching " name " " $(NF - 1) " " $NF; fflush()
        }
    }
    /^Installing collected packages/ { print "  all found; installing them"; fflush() }
    /^ERROR/ { print }
'
[ -f $stamp ] || stop "pip did not finish; all it said is in $log, the last lines are:" \
    "$(tail -n 5 $log)" "" "When the network was the reason, run the same command again."
echo "Treadle is set up."
