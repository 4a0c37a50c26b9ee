# shellcheck shell=dash
# DHCP leases, as the clients of systems keep them, brought to files of `option=value`.

# find_leases: LEASES are files, each named lease.INTERFACE, with the names that udhcpc gives to options.
find_leases() {
    LEASES=
    for file in "$ROOT"/run/sovran/lease.*; do
        [ -e "$file" ] && LEASES="$LEASES $file"
    done
    [ -z "$LEASES" ] || return 0
    mkdir -p "$D/leases"
    for file in "$ROOT"/run/systemd/netif/leases/*; do
        [ -e "$file" ] || continue
        number_of_interface "${file##*/}" && lease_of_systemd "$file" >"$D/leases/lease.$R"
    done
    for file in "$ROOT"/var/lib/NetworkManager/internal-*.lease; do
        [ -e "$file" ] || continue
        R=${file##*-}
        lease_of_systemd "$file" >"$D/leases/lease.${R%.lease}"
    done
    for file in "$ROOT"/var/lib/dhcp/*.leases "$ROOT"/var/lib/dhclient/*.leases "$ROOT"/var/lib/dhclient/*.lease; do
        [ -e "$file" ] && lease_of_dhclient "$file"
    done
    for file in "$D"/leases/lease.*; do
        [ -e "$file" ] && LEASES="$LEASES $file"
    done
}

# number_of_interface INDEX: R is its name.
number_of_interface() {
    for interface in "$ROOT"/sys/class/net/*; do
        first "$interface/ifindex" && [ "$R" = "$1" ] || continue
        R=${interface##*/}
        return 0
    done
    return 1
}

lease_of_systemd() {
    sed -n 's/^ADDRESS=/ip=/p;s/^NETMASK=/mask=/p;s/^ROUTER=/router=/p;s/^DNS=/dns=/p;s/^DOMAINNAME=/domain=/p
s/^DOMAIN_SEARCH_LIST=/search=/p;s/^MTU=/mtu=/p;s/^ROUTES=/staticroutes=/p;s/^NTP=/ntpsrv=/p;s/^SERVER_ADDRESS=/serverid=/p
s/^LIFETIME=/lease=/p' "$1"
}

# The last lease of each interface in the file counts.
lease_of_dhclient() {
    awk -v folder="$D/leases" '
        /^lease/ { split("", kept); interface = "" }
        $1 == "interface" { gsub(/[";]/, "", $2); interface = $2 }
        $1 == "fixed-address" { sub(/;/, "", $2); kept["ip"] = $2 }
        $1 == "option" {
            name = $2; value = $0
            sub(/^ *option +[^ ]+ +/, "", value); sub(/;$/, "", value); gsub(/"/, "", value); gsub(/, */, " ", value)
            kept[name] = value
        }
        /^}/ && interface ~ /^[A-Za-z0-9._-]+$/ {
            out = folder "/lease." interface
            printf "" >out
            for (name in kept) if (name in known) printf "%s=%s\n", known[name], kept[name] >out
            close(out)
        }
        BEGIN {
            count = split("ip ip subnet-mask mask routers router domain-name-servers dns domain-name domain " \
                "domain-search search interface-mtu mtu rfc3442-classless-static-routes staticroutes ntp-servers ntpsrv " \
                "dhcp-server-identifier serverid dhcp-lease-time lease", words, " ")
            for (i = 1; i < count; i += 2) known[words[i]] = words[i + 1]
        }' "$1"
}
