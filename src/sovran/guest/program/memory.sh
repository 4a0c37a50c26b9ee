# shellcheck shell=dash
# RAM: what the firmware gave, what the kernel has, what can really be written to.
part_memory() {
    available=0
    while read -r name amount _; do
        case $name in
        MemTotal:) number total_kib "$amount" ;;
        MemAvailable:) available=$amount ;;
        esac
    done <"$ROOT/proc/meminfo"
    given=0
    for at in "$ROOT"/sys/firmware/memmap/*; do
        first "$at/type" && [ "$R" = 'System RAM' ] || continue
        first "$at/start" && from=$R
        first "$at/end" && given=$((given + (R - from + 1) / 1024))
    done
    [ "$given" -eq 0 ] || number given_kib "$given"
    touch_memory
}

# touch_memory: fills a file system in RAM for 1.5 s at most, and leaves enough for everything else.
touch_memory() {
    reserve=$((available / 8))
    [ "$reserve" -ge 10240 ] || reserve=10240
    room=$(((available - reserve) / 1024))
    [ "$room" -gt 0 ] || { problem "memory: only $available KiB are available, too few to touch any"; return; }
    at=$W/ram
    mkdir -p "$at"
    mount -t tmpfs -o "size=$((room + 1))m,mode=700" none "$at" 2>/dev/null || {
        problem 'memory: cannot mount a file system in RAM to touch it'
        return
    }
    head -c 262144 /dev/urandom >"$W/block"
    now
    end=$((NOW + 150))
    step=16
    done_=0
    while [ "$done_" -lt "$room" ] && [ "$NOW" -lt "$end" ]; do
        [ "$step" -le $((room - done_)) ] || step=$((room - done_))
        set --
        while [ $# -lt $((step * 4)) ]; do set -- "$@" "$W/block"; done
        cat "$@" >"$at/$done_" || break
        done_=$((done_ + step))
        now
    done
    # read back: all of it is looked at, each file's end is compared
    digest=$(md5sum <"$W/block")
    good=0
    for file in "$at"/*; do
        [ -e "$file" ] || continue
        size=$(wc -c <"$file")
        [ "$(tail -c 262144 "$file" | md5sum)" = "$digest" ] && cat "$file" >/dev/null && good=$((good + size / 1024))
    done
    umount "$at"
    number touched_kib "$good"
    [ "$good" -ge $((done_ * 1024)) ] || problem "memory: $((done_ * 1024)) KiB were written, $good read back"
}
