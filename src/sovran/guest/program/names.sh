# shellcheck shell=dash
# Resolvers: those that the system was told, and an address where nobody listens.
part_names() {
    folder names
    [ -n "$TALK" ] || { text error 'neither python3 nor bash is here to ask by UDP'; return; }
    find_resolvers
    [ -n "$RESOLVERS" ] || text error 'no resolver is told'
    all=
    for address in $RESOLVERS; do
        resolver "$address" 1 ${NAME_GOOD:+"$NAME_GOOD:A" "$NAME_GOOD:AAAA"} ${NAME_SIGNED:+"$NAME_SIGNED:A:do"} \
            ${NAME_BOGUS:+"$NAME_BOGUS:A:do"} ${NAME_MISSING:+"$NAME_MISSING:A"} ${NAME_IPV4_ONLY:+"$NAME_IPV4_ONLY:AAAA"} &
        all="$all $address"
    done
    if [ -n "$NOBODY" ] && [ -n "$NAME_GOOD" ]; then
        # twice at once, for one may be lost: no answer is waited for two times
        resolver "$NOBODY" 0 "$NAME_GOOD:A" "$NAME_GOOD:A" &
        all="$all $NOBODY"
    fi
    wait
    list=
    for address in $all; do
        first "$W/names.files/$address/record" && list="$list,$R"
    done
    raw resolvers "[${list#,}]"
}

# resolver ADDRESS TOLD QUESTION...: writes the record of what it answered.
resolver() {
    D=$W/names.files/$1
    mkdir -p "$D"
    J=
    text address "$1"
    yes told "$2"
    resolver_told=$J
    address=$1
    shift 2
    dns_ask "$address" "$@"
    queries=
    number=0
    for question; do
        number=$((number + 1))
        query "$number" "$question"
        queries="$queries,$R"
        [ "$address" != "$NOBODY" ] || { [ "$number" -eq 1 ] && ! answered 1 "$D/answers" && queries= || break; }
    done
    J=$resolver_told
    [ ! -e "$D/dns.slow" ] || text error 'this machine was too slow to see an answer'
    resolver_told=$J
    printf '{%s,"queries":[%s]}\n' "${resolver_told#,}" "${queries#,}" >"$D/record"
}

# query NUMBER QUESTION: R is the record of it.
query() {
    J=
    text name "${2%%:*}"
    type=${2#*:}
    text type "${type%%:*}"
    while read -r number_ rcode authentic signed took answers; do
        [ "$number_" = "$1" ] || continue
        text rcode "$rcode"
        yes authentic "$authentic"
        yes signed "$signed"
        # shellcheck disable=SC2086 # addresses, split on purpose
        words answers $answers
        number milliseconds "$took"
    done <"$D/answers"
    R="{${J#,}}"
}
