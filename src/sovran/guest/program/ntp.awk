# A line `sent received hex` of an NTP answer to `offset stratum round_trip`; or what is wrong with it.
function octets(at, count,   i, value) {
    for (i = 0; i < count; i++)
        value = value * 256 + digit[substr($3, 2 * (at + i) + 1, 1)] * 16 + digit[substr($3, 2 * (at + i) + 2, 1)]
    return value
}
# Unix seconds of a time stamp; an era lasts until 2036, the next begins with 0.
function seconds(at,   whole) {
    whole = octets(at, 4)
    if (whole < 2147483648) whole += 4294967296
    return whole - 2208988800 + octets(at + 4, 4) / 4294967296
}
BEGIN { for (i = 0; i < 16; i++) digit[sprintf("%x", i)] = i }
NR == 1 {
    if ($1 == "refused") print "refused"
    else if (length($3) < 96) print "not an answer of NTP"
    else if (octets(0, 1) % 8 != 4) print "not an answer of a server"
    else if (octets(1, 1) == 0 || octets(1, 1) > 15 || int(octets(0, 1) / 64) == 3) print "not synchronised"
    else printf "%.6f %d %.6f\n", (seconds(32) - $1 + seconds(40) - $2) / 2, octets(1, 1), $2 - $1
}
