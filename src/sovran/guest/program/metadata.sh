# shellcheck shell=dash
# Metadata service and config drive: what both tell, and whether the service tells it to others.
part_metadata() {
    folder metadata
    host_of "$METADATA"
    lookup A "$R"
    address_of A "$R"
    SERVICE_ADDRESS=$R
    service
    service_record=$R
    drive
    J=
    raw service "$service_record"
    raw config_drive "$R"
    [ "$SERVICE" ] || return 0
    forge
    elsewhere
}

# stable FILE: R are the members `stable` and `keys` of what meta_data.json tells, or false.
stable() {
    awk "$AWK_JSON" "$1" >"$D/members" 2>/dev/null || return 1
    stable_all=
    stable_keys=
    while IFS=$TAB read -r key value; do
        stable_keys="$stable_keys,$key"
        case $key in
        \"random_seed\" | \"admin_pass\" | \"public_keys\" | \"keys\") ;;
        *) stable_all="$stable_all,$key:$value" ;;
        esac
    done <"$D/members"
    R="\"stable\":{${stable_all#,}},\"keys\":[${stable_keys#,}]"
}

# user_data FILE: adds digest and size of what was given; -1 for none.
user_data() {
    number user_data_bytes "$(($(wc -c <"$1")))"
    digest=$(sha256sum <"$1" 2>/dev/null) || digest=$(openssl dgst -r -sha256 <"$1" 2>/dev/null)
    text user_data_sha256 "${digest%% *}"
}

# service: R is its record; SERVICE is 1 if it serves.
service() {
    SERVICE=
    J=
    now
    began=$NOW
    if ! get "$SERVICE_ADDRESS" "$METADATA/openstack/latest/meta_data.json" 8 "$D/service"; then
        text error 'no answer'
    elif [ "$STATUS" != 200 ]; then
        text error "HTTP status $STATUS"
    elif stable "$D/service.body"; then
        J="$J,\"present\":true,$R"
        SERVICE=1
        since "$began"
        number seconds "$R"
        if ! get "$SERVICE_ADDRESS" "$METADATA/openstack/latest/user_data" 8 "$D/user"; then text error 'no answer for user_data'
        elif [ "$STATUS" = 200 ]; then user_data "$D/user.body"
        elif [ "$STATUS" = 404 ]; then number user_data_bytes -1
        else text error "HTTP status $STATUS for user_data"; fi
    else
        text error 'meta_data.json is not JSON'
    fi
    R="{${J#,}}"
}

# drive: R is the record of the config drive.
drive() {
    J=
    at=$ROOT/run/sovran/config-drive/openstack/latest
    mounted=
    if [ -z "${SOVRAN_OWN_IMAGE-}" ]; then
        device=$(blkid -t LABEL=config-2 -o device 2>/dev/null | head -n 1)
        [ -n "$device" ] || [ ! -e "$ROOT/dev/disk/by-label/config-2" ] || device=/dev/disk/by-label/config-2
        mkdir -p "$D/drive"
        [ -n "$device" ] && mount -r "$device" "$D/drive" 2>"$D/mount" && mounted=1 && at=$D/drive/openstack/latest
    fi
    if [ -r "$at/meta_data.json" ]; then
        if stable "$at/meta_data.json"; then
            J="$J,\"present\":true,$R"
            if [ -e "$at/user_data" ]; then user_data "$at/user_data"; else number user_data_bytes -1; fi
        else
            text error 'meta_data.json is not JSON'
        fi
    elif first "$ROOT/run/sovran/meta_data.config-drive.error" || first "$D/mount"; then
        text error "$R"
    else
        text error 'no disk has the label config-2'
    fi
    [ -z "$mounted" ] || umount "$D/drive"
    R="{${J#,}}"
}

# forge: asks as if a proxy had asked for another machine of this network.
forge() {
    own_address
    forged=$PEER
    if [ -z "$forged" ]; then
        last=${R##*.}
        case $last in
        '' | *[!0-9]*) forged=192.0.2.10 ;;
        254 | 255) forged=${R%.*}.$((last - 1)) ;;
        *) forged=${R%.*}.$((last + 1)) ;;
        esac
    fi
    text forged_address "$forged"
    get "$SERVICE_ADDRESS" "$METADATA/openstack/latest/meta_data.json" 8 "$D/forged" "X-Forwarded-For: $forged"
    number forged_status "$STATUS"
    if [ "$STATUS" = 200 ] && stable "$D/forged.body"; then
        R=${R%%,\"keys\"*}
        raw forged_stable "${R#*:}"
    fi
}

# own_address: R is the first IPv4 address that is not of this machine alone.
own_address() {
    R=$(ip -4 -o addr show scope global 2>/dev/null | awk '{ sub(/\/.*/, "", $4); print $4; exit }')
}

# elsewhere: the gateway and the DHCP server must not serve metadata.
elsewhere() {
    others=$(ip route 2>/dev/null | awk '$1 == "default" && $2 == "via" { print $3 }')
    find_leases
    for file in $LEASES; do
        others="$others $(sed -n 's/^serverid=//p' "$file")"
    done
    port_=${METADATA#http://}
    port_=${port_%%/*}
    case $port_ in *:*) port_=:${port_##*:} ;; *) port_= ;; esac
    paths=
    seen=
    for other in $others; do
        case "$seen " in *" $other "*) continue ;; esac
        literal "$other" || continue
        seen="$seen $other"
        url=http://$other$port_/openstack/latest/meta_data.json
        get "$other" "$url" 3 "$D/other"
        # what answers something else there is no metadata service
        [ "$STATUS" != 200 ] || stable "$D/other.body" || STATUS=404
        paths="$paths,\"$url\":$STATUS"
    done
    [ -z "$paths" ] || raw other_paths "{${paths#,}}"
}
