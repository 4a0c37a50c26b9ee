# shellcheck shell=dash
# What all parts use. Variables are global: what a function leaves to its caller stands in capitals, and what it needs
# for itself bears its name where callers could have the same. ROOT is empty but in tests, where it holds a made-up /proc and /sys.
LC_ALL=C
export LC_ALL
umask 077
PATH=${PATH:-/bin}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
export PATH
ROOT=${SOVRAN_ROOT-}
NL='
'
TAB=$(printf '\t')

have() { command -v "$1" >/dev/null 2>&1; }

# first FILE: R is its first line, empty if there is none.
first() {
    R=
    [ -r "$1" ] && [ ! -d "$1" ] && IFS= read -r R <"$1" 2>/dev/null
    [ -n "$R" ]
}

# now: NOW is hundredths of a second since the boot.
now() {
    read -r NOW _ </proc/uptime
    NOW=${NOW%.*}${NOW#*.}
    while :; do case $NOW in 0?*) NOW=${NOW#0} ;; *) break ;; esac; done
}

# since START: R is the seconds, with two decimals, since NOW was START.
since() {
    now
    seconds $((NOW - $1))
}

# seconds HUNDREDTHS: R is the same in seconds.
seconds() {
    R=$(($1 % 100))
    [ "$R" -gt 9 ] || R=0$R
    R=$(($1 / 100)).$R
}

# quote TEXT: R is the text as a JSON string.
quote() {
    case $1 in
    *[!\ -~]* | *[\"\\]*)
        R=\"$(printf '%s\n' "$1" | tr '\011\012\015' '   ' | tr -c '\040-\176' '?' |
            awk '{ sub(/ *\??$/, ""); gsub(/\\/, "\\\\&"); gsub(/"/, "\\\""); printf "%s", $0 }')\"
        ;;
    *) R=\"$1\" ;;
    esac
}

# J collects the members of the JSON object that is being written, each after a comma.
text() {
    [ -z "$2" ] || { quote "$2" && J="$J,\"$1\":$R"; }
}
# Only what is a number in JSON is taken.
number() {
    case ${2#-} in
    '' | *[!0-9.]* | *.*.* | .* | *. | 0[0-9]*) ;;
    *) J="$J,\"$1\":$2" ;;
    esac
}
# yes NAME VALUE: VALUE is 1, 0, or empty for "not measured".
yes() {
    case $2 in
    1) J="$J,\"$1\":true" ;;
    0) J="$J,\"$1\":false" ;;
    esac
}
raw() { [ -z "$2" ] || J="$J,\"$1\":$2"; }
# words NAME WORD...: a list of strings.
words() {
    words_name=$1
    shift
    [ $# -gt 0 ] || return 0
    words_all=
    for words_one; do
        quote "$words_one"
        words_all="$words_all,$R"
    done
    raw "$words_name" "[${words_all#,}]"
}

problem() { printf '%s\n' "$*" >>"$W/problems"; }

# limit SECONDS COMMAND...: runs it no longer than that, where `timeout` is there.
limit() {
    if [ "$HAVE_TIMEOUT" ]; then timeout "$@"; else
        shift
        "$@"
    fi
}
HAVE_TIMEOUT=
have timeout && HAVE_TIMEOUT=1
