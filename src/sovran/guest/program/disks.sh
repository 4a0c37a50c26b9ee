# shellcheck shell=dash
# Disks: which there are, what a fresh one holds, how fast the one is that the machine runs from.
part_disks() {
    folder disks
    find_root
    list=
    for at in "$ROOT"/sys/block/*; do
        name=${at##*/}
        case $name in
        loop* | ram* | zram* | dm-* | md* | sr* | fd* | nbd* | '*') continue ;;
        esac
        first "$at/size" || continue
        size=$((R * 512))
        kind=$(blkid "$ROOT/dev/$name" 2>/dev/null)
        case $kind in *'LABEL="config-2"'*) continue ;; esac
        grep -q "^/dev/$name /run/sovran/config-drive " "$ROOT/proc/mounts" 2>/dev/null && continue
        disk
        list="$list,$R"
    done
    raw disks "[${list#,}]"
    [ -n "$BOOTED" ] || { text error 'it is not seen which disk the machine runs from'; return; }
    speeds
}

# disk: R is the record of the disk `name`, whose `size` and `kind` are known.
disk() {
    disks_J=$J
    J=
    text name "$name"
    number size_bytes "$size"
    { first "$at/serial" || first "$at/device/serial"; } && text serial "${R% }"
    first "$at/queue/rotational" && yes rotational "$R"
    first "$at/ro" && yes read_only "$R"
    [ "$name" != "$BOOTED" ] || yes root 1
    leftovers && yes leftovers "$R"
    R="{${J#,}}"
    J=$disks_J
}

# find_root: BOOTED is the disk that the machine runs from.
find_root() {
    BOOTED=
    if [ -n "${SOVRAN_OWN_IMAGE-}" ]; then
        # it runs from RAM, and came from the first disk with a boot record
        for at in "$ROOT"/sys/block/*; do
            name=${at##*/}
            [ "$(dd if="$ROOT/dev/$name" bs=512 count=1 2>/dev/null | tail -c 2 | od -An -tx1)" = ' 55 aa' ] || continue
            BOOTED=$name
            return
        done
        return
    fi
    while read -r device place _; do
        [ "$place" = / ] && root_device=$device
    done <"$ROOT/proc/mounts"
    device=$(readlink -f "$root_device" 2>/dev/null)
    device=${device##*/}
    for at in "$ROOT"/sys/block/*; do
        case ${at##*/} in dm-*) continue ;; esac
        if [ "${at##*/}" = "$device" ] || [ -e "$at/$device" ] || [ -e "$at/holders/$device" ] ||
            [ -n "$(find "$at/"*/holders -name "$device" 2>/dev/null)" ]; then
            BOOTED=${at##*/}
        fi
    done
    [ -n "$device" ] || BOOTED=
}

# partitions_end: R is the octet after the last partition of the disk `name`; 0: there is none.
partitions_end() {
    partitions_last=0
    for partition in "$ROOT/sys/block/$name/$name"*; do
        first "$partition/start" || continue
        partition_start=$R
        first "$partition/size" || continue
        [ $((partition_start + R)) -le "$partitions_last" ] || partitions_last=$((partition_start + R))
    done
    R=$((partitions_last * 512))
}

# leftovers: R is 1 if the last MiB of the disk `name` holds anything. False if that would tell nothing: of a disk with
# a file system or partitions, but for the image of sovran, which ends before.
leftovers() {
    [ "$size" -ge 4194304 ] && [ -r "$ROOT/dev/$name" ] || return 1
    if [ "$name" = "$BOOTED" ]; then
        [ -n "${SOVRAN_OWN_IMAGE-}" ] || return 1
        partitions_end
        [ "$R" -gt 0 ] && [ $((R + 4194304)) -le "$size" ] || return 1
    else
        [ -z "$kind" ] && [ "$(dd if="$ROOT/dev/$name" bs=65536 count=1 2>/dev/null | tr -d '\000' | wc -c)" -eq 0 ] || return 1
    fi
    found=$(dd if="$ROOT/dev/$name" bs=65536 skip=$((size / 65536 - 16)) 2>/dev/null | tr -d '\000' | wc -c)
    R=$((found > 0))
}

# speeds: on the free end of the disk of sovran's image, else on a file.
speeds() {
    name=$BOOTED
    first "$ROOT/sys/block/$name/size"
    size=$((R * 512))
    if [ -n "${SOVRAN_OWN_IMAGE-}" ]; then
        partitions_end
        # 66 MiB before the end, but for the last two MiB
        start=$((size / 1048576 - 66))
        [ "$R" -gt 0 ] && [ $((start * 1048576)) -gt $((R + 4194304)) ] ||
            { text error "$name has no free room of 70 MiB to write to"; return; }
        target=$ROOT/dev/$name
    else
        start=0
        target=$(TMPDIR=$ROOT/var/tmp mktemp 2>/dev/null) || { text error 'no file can be made in /var/tmp'; return; }
        free=$(df -Pk "$target" | awk 'NR == 2 { print $4 }')
        on=$(df -Pk "$target" | awk 'NR == 2 { print $1 }')
        [ "${free:-0}" -gt 1048576 ] && [ "$on" != tmpfs ] ||
            { rm -f "$target"; text error 'there is too little room in /var/tmp'; return; }
    fi
    head -c 262144 /dev/urandom >"$D/block"
    cat "$D/block" "$D/block" "$D/block" "$D/block" >"$D/mib"
    speed_records=
    direct=direct
    timed 'sequential write' 1048576 8 64 write
    timed 'sequential read' 1048576 16 "$COUNT" read
    if "$DD" if="$D/mib" of="$D/try" bs=4096 count=1 oflag=dsync 2>/dev/null; then
        timed 'synchronous write' 4096 16 4096 sync
    else
        text error 'dd here cannot wait for each write (oflag=dsync)'
    fi
    raw speeds "[${speed_records#,}]"
    [ -n "${SOVRAN_OWN_IMAGE-}" ] || rm -f "$target"
}

# mibs COUNT: as many MiB that no storage can make smaller at once.
mibs() {
    set -- "$1"
    left=$1
    set --
    while [ "$left" -gt 0 ]; do
        set -- "$@" "$D/mib"
        left=$((left - 1))
    done
    cat "$@"
}

# move BYTES COUNT WAY: moves so many blocks.
move() {
    flags=${direct:+,$direct}
    case $3 in
    write) mibs "$2" | limit 8 "$DD" of="$target" bs="$1" count="$2" seek="$start" iflag=fullblock conv=notrunc,fsync \
        ${direct:+oflag=direct} ;;
    read) limit 8 "$DD" if="$target" of=/dev/null bs="$1" count="$2" skip="$start" ${direct:+iflag=direct} ;;
    sync) mibs $(($2 / 256 + 1)) | limit 8 "$DD" of="$target" bs="$1" count="$2" seek=$((start * 256)) iflag=fullblock \
        conv=notrunc oflag="dsync$flags" ;;
    esac 2>"$D/dd"
}

# timed KIND BYTES COUNT MOST WAY: until it takes long enough to be timed by hundredths of a second; COUNT is how many.
timed() {
    COUNT=$3
    while :; do
        now
        began=$NOW
        if ! move "$2" "$COUNT" "$5"; then
            # some file systems know no direct writes
            [ -n "$direct" ] && [ "$5" = write ] && { direct= && continue; }
            first "$D/dd"
            problem "disks: $1: ${R:-failed}"
            return
        fi
        now
        took=$((NOW - began))
        [ "$took" -lt 20 ] && [ "$COUNT" -lt "$4" ] || break
        next=$((COUNT * 8))
        [ "$took" -lt 4 ] || next=$((COUNT * 32 / took))
        COUNT=$next
        [ "$COUNT" -le "$4" ] || COUNT=$4
    done
    [ "$took" -gt 0 ] || took=1
    timed_J=$J
    J=
    text disk "$BOOTED"
    text kind "$1"
    seconds $((COUNT * 10000 / took))
    number operations_per_second "$R"
    number bytes_per_second $((COUNT * $2 * 100 / took))
    seconds "$took"
    number seconds "$R"
    number operations "$COUNT"
    speed_records="$speed_records,{${J#,}}"
    J=$timed_J
}
DD='dd'
have gnudd && DD=gnudd
