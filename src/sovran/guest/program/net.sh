# shellcheck shell=dash
# How the parts talk to the network: UDP and TCP by python3 or bash, questions to resolvers.
TALK=${SOVRAN_TALK-}
if [ -z "$TALK" ]; then
    if have python3; then TALK=python; elif have bash; then TALK=bash; fi
fi

# talk KIND ADDRESS PORT SECONDS ...: see talk.bash.
talk() {
    case $TALK in
    python) limit "$(($4 + 3))" python3 -c "$PYTHON_TALK" "$@" 2>/dev/null ;;
    bash) limit "$(($4 + 1))" bash -c "$BASH_TALK" talk "$@" 2>/dev/null ;;
    esac
}

# datagrams ADDRESS PORT SECONDS FILE PACKET...: sends all, prints a line `sent received hex` for each that came back;
# FILE.slow is there if none came, but this machine was too slow to see one.
datagrams() {
    rm -f "$4.slow"
    datagrams_times=$4.times
    talk udp "$@" >"$datagrams_times"
    now
    datagrams_slow=$4.slow
    datagrams_least=$((NOW - $3 * 80))
    while read -r sent received file; do
        case $sent in
        asked)
            [ "$received" -gt "$datagrams_least" ] || datagrams_slow=
            continue
            ;;
        refused)
            echo refused
            return
            ;;
        esac
        datagrams_slow=
        # shellcheck disable=SC2046 # octets, split on purpose
        set -- $(od -An -v -tx1 "$file")
        printf '%s %s ' "$sent" "$received"
        printf '%s' "$@"
        echo
    done <"$datagrams_times"
    [ -z "$datagrams_slow" ] || : >"$datagrams_slow"
}

literal() {
    case $1 in
    *:*) return 0 ;;
    *[!0-9.]*) return 1 ;;
    esac
}

# folder NAME: D is a new folder of this part.
folder() {
    D=$W/$1.files
    mkdir -p "$D"
}

# dns_ask ADDRESS QUESTION...: each `name:type` or `name:type:do`; $D/answers gets the lines of dns.awk, by number of
# the question. What got no answer is asked once more.
dns_ask() {
    dns_server=$1
    shift
    number=0
    for question; do
        number=$((number + 1))
        echo "$number:$question"
    done | awk -F : -v mode=ask "$AWK_DNS" >"$D/packets"
    dns_once "$D/answers" ''
    [ "$LEFT" -gt 0 ] && [ "$dns_server" != "$NOBODY" ] || return 0
    dns_once "$D/more" "$D/answers"
    cat "$D/more" >>"$D/answers"
}

# dns_once FILE ANSWERED: asks what is not answered yet; FILE gets the answers, LEFT is how many did not come.
dns_once() {
    set -- "$1" "$2" ''
    number=0
    while read -r packet; do
        number=$((number + 1))
        [ -n "$2" ] && answered "$number" "$2" || set -- "$@" "$packet"
    done <"$D/packets"
    dns_file=$1
    shift 3
    # an interceptor is as near as a resolver, and its silence is waited for each time
    dns_seconds=6
    [ "$dns_server" != "$NOBODY" ] || dns_seconds=3
    datagrams "$dns_server" "$DNS_PORT" "$dns_seconds" "$D/dns" "$@" | awk -v mode=read "$AWK_DNS" >"$dns_file"
    LEFT=$#
    while read -r _; do LEFT=$((LEFT - 1)); done <"$dns_file"
}

# answered NUMBER FILE: whether the question of that number is answered.
answered() {
    while read -r answered_number _; do
        [ "$answered_number" != "$1" ] || return 0
    done <"$2"
    return 1
}

# find_resolvers: RESOLVERS are the addresses that the system was told, at most three; a resolver on the machine
# itself is passed over for those that it asks.
find_resolvers() {
    RESOLVERS=
    for file in "$ROOT/run/systemd/resolve/resolv.conf" "$ROOT/etc/resolv.conf"; do
        [ -r "$file" ] || continue
        while read -r resolver_word resolver_address _; do
            [ "$resolver_word" = nameserver ] && literal "$resolver_address" || continue
            case "$resolver_address $RESOLVERS " in
            127.0.0.53* | *" $resolver_address "*) ;;
            *) RESOLVERS="$RESOLVERS $resolver_address" ;;
            esac
        done <"$file"
    done
    # shellcheck disable=SC2086 # addresses, split on purpose
    set -- $RESOLVERS
    [ $# -le 3 ] || set -- "$1" "$2" "$3"
    RESOLVERS=$*
}

# lookup TYPE NAME...: asks for all these names at once; then `address_of TYPE NAME` gives R, the first address, or
# empty.
lookup() {
    lookup_type=$1
    shift
    : >"$D/addresses.$lookup_type"
    questions=
    for name; do
        literal "$name" && continue
        case " $questions " in
        *" $name:$lookup_type "*) ;;
        *) questions="$questions $name:$lookup_type" ;;
        esac
    done
    [ -n "$questions" ] || return 0
    find_resolvers
    for resolver in $RESOLVERS; do
        # shellcheck disable=SC2086 # questions, split on purpose
        dns_ask "$resolver" $questions
        while read -r number rcode _ _ _ address _; do
            [ "$rcode" = NOERROR ] && [ -n "$address" ] || continue
            # shellcheck disable=SC2086
            set -- $questions
            shift $((number - 1))
            echo "${1%%:*} $address" >>"$D/addresses.$lookup_type"
        done <"$D/answers"
        [ ! -s "$D/answers" ] || return 0
    done
}

address_of() {
    R=
    if literal "$2"; then
        case $1:$2 in AAAA:*:* | A:*.*) R=$2 ;; esac
    elif [ -e "$D/addresses.$1" ]; then
        while read -r address_name address_found; do
            [ "$address_name" = "$2" ] && R=$address_found && return 0
        done <"$D/addresses.$1"
    fi
    [ -n "$R" ]
}

# connect ADDRESS PORT SECONDS FILE: OUTCOME, TOOK and SAID of a TCP connection; FILE is where it may write.
connect() {
    OUTCOME=unknown
    TOOK=
    SAID=
    [ -n "$1" ] || { SAID='no address'; return; }
    [ -n "$TALK" ] || { SAID='neither python3 nor bash is here'; return; }
    talk tcp "$1" "$2" "$3" >"$4"
    {
        read -r _ began
        read -r OUTCOME TOOK
        IFS= read -r SAID
    } <"$4"
    [ -z "$OUTCOME" ] || return 0
    # it was ended before an answer came: that tells something only if there was time for one
    now
    if [ -n "$began" ] && [ $((NOW - began)) -ge $(($3 * 80)) ]; then
        OUTCOME=dropped
        seconds $((NOW - began))
        TOOK=$R
    else
        OUTCOME=unknown
        SAID='this machine was too slow to tell'
    fi
}

# port HOST PORT ADDRESS SECONDS FILE: R is the record of a connection.
port() {
    connect "$3" "$2" "$4" "$5"
    J=
    text host "$1"
    number port "$2"
    text outcome "$OUTCOME"
    text address "$3"
    number seconds "$TOOK"
    text said "$SAID"
    R="{${J#,}}"
}
