# shellcheck shell=dash
# What runs.
part_system() {
    first "$ROOT/proc/sys/kernel/osrelease" && text kernel "$R"
    text machine "$(uname -m)"
    while IFS='=' read -r key value; do
        [ "$key" = PRETTY_NAME ] || continue
        value=${value#[\"\']}
        text distribution "${value%[\"\']}"
    done 2>/dev/null <"$ROOT/etc/os-release"
    yes own_image "${SOVRAN_OWN_IMAGE:+1}"
    text program "${SOVRAN_PROGRAM:-cloud-init}"
    if [ -d "$ROOT/sys/firmware/efi" ]; then text firmware uefi; else text firmware bios; fi
    first "$ROOT/proc/uptime" && number uptime_seconds "${R%% *}"
    clock
    number clock_unix_seconds "$CLOCK"
    found=
    for tool in awk mawk gawk busybox nc ncat socat wget curl python3 perl bash ip ping dig dd od timeout dmidecode \
        systemd-detect-virt lscpu lsblk fio chronyc resolvectl; do
        have "$tool" && found="$found $tool"
    done
    # shellcheck disable=SC2086 # names of tools, split on purpose
    words tools $found
}

# clock: CLOCK is the guest's clock in seconds since 1970, as exact as `date` here can tell it.
clock() {
    CLOCK=$(date +%s.%N)
    case $CLOCK in
    *.*[!0-9]* | *.) CLOCK=${CLOCK%%.*} ;;
    *.*) CLOCK=${CLOCK%??????} ;;
    esac
}
