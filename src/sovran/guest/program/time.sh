# shellcheck shell=dash
# Clocks: of servers that DHCP tells, of targets, of the machine.
part_time() {
    folder time
    clocks=
    for file in "$ROOT"/sys/class/rtc/*/name "$ROOT"/sys/class/ptp/*/clock_name; do
        first "$file" || continue
        case $file:$R in
        *rtc*) clocks="$clocks ${R%% *}" ;;
        *KVM*) clocks="$clocks ptp_kvm" ;;
        *) clocks="$clocks ptp_$(printf '%s' "$R" | tr -c 'A-Za-z0-9' '_')" ;;
        esac
    done
    # shellcheck disable=SC2086 # names, split on purpose
    words clocks $clocks
    [ -n "$TALK" ] || { text error 'neither python3 nor bash is here to ask by UDP'; return; }
    ntp_packet='\043'
    while [ "${#ntp_packet}" -lt 192 ]; do ntp_packet="$ntp_packet\\000"; done
    # shellcheck disable=SC2086 # names, split on purpose
    [ -z "$NTP" ] || lookup A $NTP
    asked=0
    told=
    find_leases
    for file in $LEASES; do
        told="$told $(sed -n 's/^ntpsrv=//p' "$file")"
    done
    for address in $told; do
        case $address in
        169.254.*) ask_time "$address" '' link-local ;;
        *) ask_time "$address" '' dhcp ;;
        esac
    done
    for name in $NTP; do
        address_of A "$name"
        ask_time "$R" "$name" target
    done
    wait
    list=
    number_=0
    while [ "$number_" -lt "$asked" ]; do
        number_=$((number_ + 1))
        first "$D/record$number_" && list="$list,$R"
    done
    raw servers "[${list#,}]"
}

# ask_time ADDRESS NAME SOURCE: in a process of its own; asked is the number of its record.
ask_time() {
    asked=$((asked + 1))
    (
        J=
        raw address "\"$1\""
        text name "$2"
        text source "$3"
        if [ -z "$1" ]; then text error 'no address'; else
            datagrams "$1" "$NTP_PORT" 3 "$D/ntp$asked" "$ntp_packet" >"$D/reply$asked"
            [ -s "$D/reply$asked" ] || datagrams "$1" "$NTP_PORT" 3 "$D/ntp$asked" "$ntp_packet" >"$D/reply$asked"
            # shellcheck disable=SC2046 # words of awk, split on purpose
            set -- $(awk "$AWK_NTP" "$D/reply$asked")
            if [ $# -eq 3 ]; then
                number offset_seconds "$1"
                number stratum "$2"
                number round_trip_seconds "$3"
            else
                text error "${*:-no answer}"
            fi
        fi
        echo "{${J#,}}" >"$D/record$asked"
    ) &
}
