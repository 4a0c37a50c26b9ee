# shellcheck shell=dash
# Addresses, routes, what DHCP said, and what is reached from here.
part_network() {
    folder network
    interfaces
    leases
    routes
    # the slow ones side by side
    host_of "$EGRESS_IPV4"
    # shellcheck disable=SC2046,SC2086 # hosts, some empty, split on purpose
    lookup A ${REACH_IPV4%=*} $PATH_MTU $R
    host_of "$EGRESS_IPV6"
    # shellcheck disable=SC2086
    lookup AAAA ${REACH_IPV6%=*} $R
    gateway >"$D/gateway" &
    reach IPV4 A "$REACH_IPV4" >"$D/reach4" &
    reach IPV6 AAAA "$REACH_IPV6" >"$D/reach6" &
    egress 4 A "$EGRESS_IPV4" >"$D/egress4" &
    egress 6 AAAA "$EGRESS_IPV6" >"$D/egress6" &
    path_mtu >"$D/mtu" &
    wait
    first "$D/gateway" && yes gateway_answers "$R"
    first "$D/reach4" && yes ipv4_reachable "$R"
    first "$D/reach6" && yes ipv6_reachable "$R"
    first "$D/egress4" && text egress_ipv4 "$R"
    first "$D/egress6" && text egress_ipv6 "$R"
    first "$D/mtu" && case $R in
    *[!0-9]*) text path_mtu_error "$R" ;;
    *) number path_mtu "$R" ;;
    esac
}

interfaces() {
    list=
    network_J=$J
    { have ip && ip -o addr; } >"$D/addresses.ip" 2>/dev/null || problem "network: the program ip is not here"
    for at in "$ROOT"/sys/class/net/*; do
        [ -e "$at" ] && [ "${at##*/}" != lo ] || continue
        J=
        text name "${at##*/}"
        first "$at/address" && text mac "$R"
        first "$at/mtu" && number mtu "$R"
        ipv4=
        ipv6=
        while read -r _ interface family address _; do
            [ "${interface%%[@:]*}" = "${at##*/}" ] || continue
            case $family in
            inet) ipv4="$ipv4 $address" ;;
            inet6) ipv6="$ipv6 $address" ;;
            esac
        done <"$D/addresses.ip"
        # shellcheck disable=SC2086 # addresses, split on purpose
        { words ipv4 $ipv4; words ipv6 $ipv6; }
        list="$list,{${J#,}}"
    done
    J=$network_J
    raw interfaces "[${list#,}]"
}

leases() {
    list=
    network_J=$J
    find_leases
    for file in $LEASES; do
        J=
        while IFS='=' read -r key value; do
            case $key in
            ip | mask | router | dns | domain | search | mtu | staticroutes | ntpsrv | serverid | lease) text "$key" "$value" ;;
            esac
        done <"$file"
        options="{${J#,}}"
        J=
        text interface "${file##*/lease.}"
        raw options "$options"
        list="$list,{${J#,}}"
    done
    for file in "$ROOT"/run/sovran/dhcp.*; do
        [ -e "$file" ] && [ ! -e "$ROOT/run/sovran/lease.${file##*/dhcp.}" ] || continue
        J=
        text interface "${file##*/dhcp.}"
        text error "no lease: $(tail -n 1 "$file")"
        list="$list,{${J#,}}"
    done
    J=$network_J
    raw leases "[${list#,}]"
}

# lines NAME FILE: a list of its lines, 40 at most.
lines() {
    lines_all=
    lines_count=0
    while IFS= read -r line && [ "$lines_count" -lt 40 ]; do
        lines_count=$((lines_count + 1))
        quote "${line% }"
        lines_all="$lines_all,$R"
    done <"$2"
    [ -z "$lines_all" ] || raw "$1" "[${lines_all#,}]"
}

routes() {
    have ip || return 0
    ip route >"$D/routes4" 2>/dev/null
    ip -6 route >"$D/routes6" 2>/dev/null
    lines routes_ipv4 "$D/routes4"
    lines routes_ipv6 "$D/routes6"
    GATEWAY=
    INTERFACE=
    while read -r word via address dev interface _; do
        [ "$word $via $dev" = 'default via dev' ] || continue
        GATEWAY=$address
        INTERFACE=$interface
        break
    done <"$D/routes4"
}

# Prints 1 or 0, or nothing when there is no gateway.
gateway() {
    [ -n "$GATEWAY" ] || return 0
    if limit 3 ping -c 1 -W 2 "$GATEWAY" >"$D/ping" 2>&1; then
        echo 1
        return
    fi
    # it need not answer echo requests, but it must answer to its address
    case " $(ip neigh show "$GATEWAY" 2>/dev/null) " in
    *' lladdr '*FAILED* | *INCOMPLETE* | '  ') echo 0 ;;
    *' lladdr '*) echo 1 ;;
    *) echo 0 ;;
    esac
}

# reach FAMILY TYPE DOOR: prints 1 or 0, or nothing when it could not be tried.
reach() {
    [ -n "$3" ] || return 0
    address_of "$2" "${3%=*}" || { problem "network: ${3%=*} has no address, so $1 was not tried"; return; }
    connect "$R" "${3#*=}" 3 "$D/said$1"
    case $OUTCOME in
    open | rejected) echo 1 ;;
    dropped) echo 0 ;;
    *) [ -z "$TALK" ] || echo 0 ;;
    esac
}

# egress 4|6 TYPE URL: prints the address that the answer names.
egress() {
    [ -n "$3" ] || return 0
    host_of "$3"
    address_of "$2" "$R"
    if get "$R" "$3" 5 "$D/answer$1" && [ "$STATUS" = 200 ]; then
        tr -c '0-9A-Fa-f:.\n' '\n' <"$D/answer$1.body" | awk -v family="$1" '
            family == 4 && /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/ { print; exit }
            family == 6 && /:.*:/ && length($0) < 40 && !/\./ { print; exit }'
    fi
}

# path_mtu: prints the largest packet that comes through, or why that is not known.
path_mtu() {
    [ -n "$PATH_MTU" ] || return 0
    have ping || { echo 'there is no ping here'; return; }
    address_of A "$PATH_MTU" || { echo "$PATH_MTU has no address"; return; }
    to=$R
    top=1500
    [ -n "$INTERFACE" ] && first "$ROOT/sys/class/net/$INTERFACE/mtu" && top=$R
    # where ping cannot forbid fragments, the kernel does as long as a packet fits into the interface
    forbid='-M do'
    # shellcheck disable=SC2086 # options, split on purpose
    limit 3 ping $forbid -c 1 -W 2 -s $((top - 28)) "$to" >/dev/null 2>&1 && { echo "$top"; return; }
    # shellcheck disable=SC2086
    limit 3 ping $forbid -c 1 -W 2 -s 56 "$to" >/dev/null 2>&1 || forbid=
    [ -z "$forbid" ] && limit 3 ping -c 1 -W 2 -s $((top - 28)) "$to" >/dev/null 2>&1 && { echo "$top"; return; }
    best=0
    try_sizes "$top" 1500 1492 1480 1450 1442 1420 1400 1360 1280 1000 576
    [ "$best" -gt 0 ] || { echo "$PATH_MTU does not answer echo requests"; return; }
    if [ "$best" -lt "$top" ] && [ -n "$forbid" ]; then
        step=$(((next - best) / 8 + 1))
        try_sizes $((best + step)) $((best + 2 * step)) $((best + 3 * step)) $((best + 4 * step)) $((best + 5 * step)) \
            $((best + 6 * step)) $((best + 7 * step))
        try_sizes $((best + 1)) $((best + 2)) $((best + 3)) $((best + 4)) $((best + 5)) $((best + 6)) $((best + 7))
    fi
    # what a router told: larger ones were sent in fragments since then
    told=$(ip route get "$to" 2>/dev/null | sed -n 's/.* mtu \([0-9][0-9]*\).*/\1/p')
    [ -n "$told" ] && [ "$told" -lt "$best" ] && best=$told
    echo "$best"
}

# try_sizes PACKET...: all at once; best is the largest that was answered, next the smallest larger one that was not.
try_sizes() {
    rm -f "$D"/size.*
    for size; do
        [ "$size" -le "$top" ] && [ "$size" -gt "$best" ] || continue
        # shellcheck disable=SC2086 # options, split on purpose
        (limit 3 ping $forbid -c 1 -W 2 -s $((size - 28)) "$to" >/dev/null 2>&1 && : >"$D/size.$size") &
    done
    wait
    next=$((top + 1))
    for size; do [ -e "$D/size.$size" ] && [ "$size" -gt "$best" ] && best=$size; done
    for size; do [ "$size" -gt "$best" ] && [ "$size" -lt "$next" ] && next=$size; done
}
