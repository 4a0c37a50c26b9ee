# What bash says over UDP and TCP: `udp address port seconds file packet...`, `tcp address port seconds [request answer]`.
# Packets are octal escapes of printf; answers lie in file.1, file.2, ..., each told by a line `sent received file`.
stamp() {
    R=${EPOCHREALTIME-}
    [ -n "$R" ] || R=$(date +%s).000000
}
talk_udp() {
    exec 3<>"/dev/udp/$1/$2" || { echo refused; exit; }
    stamp
    sent=$R
    for packet in "${@:5}"; do
        case $packet in
        # bash writes line by line, and a packet must go out at once
        *'\012'*) printf "$packet" | dd bs=4096 count=1 >&3 2>/dev/null ;;
        *) printf "$packet" >&3 ;;
        esac
    done
    read -r up _ </proc/uptime
    echo "asked ${up/./}"
    number=0
    for _ in "${@:5}"; do
        number=$((number + 1))
        dd bs=4096 count=1 <&3 of="$4.$number" 2>/dev/null
        stamp
        [ -s "$4.$number" ] || { echo refused; exit; }
        echo "$sent $R $4.$number"
    done
}
talk_tcp() {
    read -r up _ </proc/uptime
    echo "trying ${up/./}"
    stamp
    began=${R//./}
    message=$( { exec 3<>"/dev/tcp/$1/$2"; } 2>&1)
    stamp
    took=$((${R//./} - began))
    case $message in
    '') ;;
    *refused* | *'No route to host'*) outcome=rejected ;;
    *'timed out'*) outcome=dropped ;;
    *) outcome=unknown ;;
    esac
    printf '%s %d.%06d\n' "${outcome-open}" "$((took / 1000000))" "$((took % 1000000))"
    [ -z "${outcome-}" ] || { echo "${message##*: }"; exit; }
    exec 3<>"/dev/tcp/$1/$2" || exit
    if [ -n "${4-}" ]; then
        dd if="$4" bs=4096 count=1 >&3 2>/dev/null
        head -c 262144 <&3 >"$5"
    else
        IFS= read -r -t 2 line <&3
        printf '%.80s\n' "$line"
    fi
}
"talk_$1" "${@:2}"
