# shellcheck shell=dash
# Another guest of the run: the allowed port, the other, an echo request.
part_peer() {
    folder peer
    text address "$PEER"
    peer_J=$J
    now
    until_=$((NOW + PEER_WAIT * 100))
    while :; do
        port "$PEER" "$PEER_ALLOWED" "$PEER" 3 "$D/allowed"
        allowed=$R
        now
        [ "$OUTCOME" = open ] || [ "$NOW" -ge "$until_" ] && break
        sleep 1
    done
    port "$PEER" "$PEER_DENIED" "$PEER" 3 "$D/denied"
    J=$peer_J
    raw allowed "$allowed"
    raw denied "$R"
    if ! have ping; then text error 'there is no ping here'
    elif limit 4 ping -c 2 -W 1 "$PEER" >/dev/null 2>&1; then yes ping 1
    else yes ping 0; fi
}
