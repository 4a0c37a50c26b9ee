# shellcheck shell=dash
# TCP ports of the internet.
part_ports() {
    folder ports
    hosts=
    for door in $MAIL $CONTROL; do hosts="$hosts ${door%=*}"; done
    [ -n "$hosts" ] || { text error 'no targets'; return; }
    # shellcheck disable=SC2086 # hosts, split on purpose
    lookup A $hosts
    number_=0
    for door in $MAIL $CONTROL; do
        number_=$((number_ + 1))
        address_of A "${door%=*}"
        (
            port "${door%=*}" "${door#*=}" "$R" 3 "$D/said$number_"
            echo "$R" >"$D/port$number_"
        ) &
    done
    wait
    list=
    number_=0
    for _ in $MAIL; do
        number_=$((number_ + 1))
        first "$D/port$number_" && list="$list,$R"
    done
    raw ports "[${list#,}]"
    [ -n "$CONTROL" ] && first "$D/port$((number_ + 1))" && raw control "$R"
}
