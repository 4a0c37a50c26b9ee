# shellcheck shell=dash
# Processors: what they are, and how much of the time the host took away under load.
part_cpu() {
    awk -F '[ \t]*: *' '
        $1 == "processor" { count++ }
        $1 == "vendor_id" || $1 == "CPU implementer" { if (!vendor) vendor = $2 }
        $1 == "model name" { if (!model) model = $2 }
        $1 == "cpu family" || $1 == "CPU architecture" { family = $2 }
        $1 == "model" || $1 == "CPU part" { number = $2 }
        $1 == "stepping" || $1 == "CPU revision" { stepping = $2 }
        $1 == "cpu MHz" { if (!mhz) mhz = $2 }
        $1 == "flags" || $1 == "Features" {
            sets++; here = split($2, words, " ")
            for (i = 1; i <= here; i++) { if (!(words[i] in times)) order[++known] = words[i]; times[words[i]]++ }
        }
        END {
            print count; print vendor; print model; print family "/" number "/" stepping; print mhz
            for (i = 1; i <= known; i++) if (times[order[i]] == sets) out = out " " order[i]
            print out
        }' "$ROOT/proc/cpuinfo" >"$W/cpuinfo"
    {
        read -r count
        IFS= read -r vendor
        IFS= read -r model
        IFS= read -r numbers
        read -r mhz
        read -r flags
    } <"$W/cpuinfo"
    number count "$count"
    text vendor "$vendor"
    text model "$model"
    [ "$numbers" = // ] || text family_model_stepping "$numbers"
    # shellcheck disable=SC2086 # flags, split on purpose
    words flags $flags
    number mhz "$mhz"
    topology
    first "$ROOT/sys/devices/system/clocksource/clocksource0/current_clocksource" && text clocksource "$R"
    hypervisor
    steal
}

topology() {
    packages=
    cores=
    threads=0
    for at in "$ROOT"/sys/devices/system/cpu/cpu[0-9]*/topology; do
        first "$at/physical_package_id" || return 0
        package=$R
        first "$at/core_id" || return 0
        threads=$((threads + 1))
        case "$packages " in *" $package "*) ;; *) packages="$packages $package" ;; esac
        case "$cores " in *" $package:$R "*) ;; *) cores="$cores $package:$R" ;; esac
    done
    # shellcheck disable=SC2086 # ids, split on purpose
    set -- $packages
    sockets=$#
    # shellcheck disable=SC2086
    set -- $cores
    [ "$sockets" -gt 0 ] || return 0
    number sockets "$sockets"
    number cores_per_socket $(($# / sockets))
    number threads_per_core $((threads / $#))
}

hypervisor() {
    R=
    if have systemd-detect-virt && [ -z "$ROOT" ]; then R=$(systemd-detect-virt --vm); fi
    case $R in
    '' | none) first "$ROOT/sys/hypervisor/type" || first "$ROOT/sys/class/dmi/id/sys_vendor" ;;
    esac
    text hypervisor "$R"
}

# ticks: R are all and stolen ticks of all processors.
ticks() {
    read -r _ user nice system idle iowait irq softirq stolen _ <"$ROOT/proc/stat"
    R="$((user + nice + system + idle + iowait + irq + softirq + stolen)) $stolen"
}

steal() {
    loads=
    index=0
    ticks
    before=$R
    now
    began=$NOW
    while [ "$index" -lt "${count:-1}" ] && [ "$index" -lt 64 ]; do
        index=$((index + 1))
        (while :; do :; done) &
        loads="$loads $!"
    done
    sleep 1
    ticks
    # shellcheck disable=SC2086 # ids, split on purpose
    kill $loads
    # shellcheck disable=SC2086 # ticks, split on purpose
    set -- $before $R
    since "$began"
    number load_seconds "$R"
    all=$(($3 - $1))
    [ "$all" -gt 0 ] || return 0
    seconds $((($4 - $2) * 10000 / all))
    number steal_percent "$R"
}
