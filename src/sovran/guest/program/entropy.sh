# shellcheck shell=dash
# Random numbers.
part_entropy() {
    # not by read, byte by byte: the kernel gives a number of /proc/sys in one go, and nothing after its first byte
    text entropy_avail "$(cat "$ROOT/proc/sys/kernel/random/entropy_avail" 2>/dev/null)"
    bits=$(cat "$ROOT/proc/sys/kernel/random/poolsize" 2>/dev/null) && number poolsize_bits "$bits"
    rng=$ROOT/sys/devices/virtual/misc/hw_random
    first "$rng/rng_current" && text rng_current "$R"
    # shellcheck disable=SC2086 # a list of names, split on purpose
    first "$rng/rng_available" && words rng_available $R
    tests=
    fips /dev/random && tests=$R
    if [ ! -e "$ROOT/dev/hwrng" ]; then
        text hwrng_error 'there is no /dev/hwrng'
    elif fips /dev/hwrng; then
        tests=$tests${tests:+,}$R
    else
        text hwrng_error "${FIPS_ERROR:-it gave nothing}"
    fi
    raw tests "[$tests]"
}

# fips DEVICE: R is the record of the tests on FIPS_BLOCKS blocks of it; the device is read no longer than they need.
fips() {
    [ -e "$ROOT$1" ] || return 1
    counts=$( (limit "$FIPS_SECONDS" head -c $((FIPS_BLOCKS * 2500)) "$ROOT$1" 2>"$W/fips.error" ||
        echo "reading ended early" >>"$W/fips.error") | od -An -v -tu1 | "$FIPS_BY" "$AWK_FIPS")
    FIPS_ERROR=
    first "$W/fips.error" && FIPS_ERROR=$R
    # shellcheck disable=SC2086 # six numbers, split on purpose
    set -- "$1" $counts
    [ "${2:-0}" -gt 0 ] || return 1
    [ "$2" -ge "$FIPS_BLOCKS" ] || problem "entropy: $1 gave $2 of $FIPS_BLOCKS blocks: $FIPS_ERROR"
    R="{\"source\":\"$1\",\"blocks\":$2,\"failures\":$3,\"monobit\":$4,\"poker\":$5,\"runs\":$6,\"long_run\":$7}"
}
FIPS_BY='awk'
have mawk && FIPS_BY=mawk
