# shellcheck shell=dash
# Runs the parts, prints what they found.

# The computing ones one after another, lest they disturb each other; the others, which wait, beside them. Memory comes
# last and alone: it takes what all others leave.
LOCAL=' cpu entropy disks memory '

# limit_of PART: R is its time limit in hundredths of a second.
limit_of() {
    case $1 in
    entropy) R=$(((FIPS_SECONDS * 2 + 10) * 100)) ;;
    *) R=4000 ;;
    esac
}

# start PART: in a process of its own.
start() {
    rm -f "$W/$1.done"
    (
        J=
        "part_$1"
        printf '{"record":"%s"%s}\n' "$1" "$J" >"$W/$1.json"
        : >"$W/$1.done"
    ) </dev/null >/dev/null 2>"$W/$1.error" &
    # what waits for answers goes first
    case $LOCAL in *" $1 "*) renice -n 19 -p "$!" >/dev/null 2>&1 ;; esac
    now
    limit_of "$1"
    RUNNING="$RUNNING $1:$!:$((NOW + R))"
}

# emit FILE: its record, to the console.
emit() {
    FRAMES=$((FRAMES + 1))
    awk -v run="$RUN" -v number="$FRAMES" "$AWK_FRAMES" "$1" >"$W/frame"
    cat "$W/frame" >>"$W/frames"
    show "$W/frame"
}

# show FILE: to where the cloud keeps a console's text: all serial consoles of the kernel, or what there is.
show() {
    if [ -z "$CONSOLES" ]; then
        cat "$1"
        return
    fi
    for console in $CONSOLES; do
        limit 20 cat "$1" >"$console" 2>/dev/null
    done
}

find_consoles() {
    CONSOLES=
    [ -z "${SOVRAN_OWN_IMAGE-}" ] && [ -z "${SOVRAN_STDOUT-}" ] || return 0
    first "$ROOT/sys/class/tty/console/active"
    for console in $R; do
        case $console in
        tty[0-9]*) ;;
        *) [ -w "/dev/$console" ] && CONSOLES="$CONSOLES /dev/$console" ;;
        esac
    done
    [ -n "$CONSOLES" ] || { [ -w /dev/console ] && CONSOLES=/dev/console; }
}

# look: goes over the running parts once: prints what is done, ends what takes too long.
look() {
    now
    still=
    for entry in $RUNNING; do
        part=${entry%%:*}
        rest=${entry#*:}
        if [ -e "$W/$part.done" ]; then
            emit "$W/$part.json"
            WRITTEN="$WRITTEN $part"
        elif [ "$NOW" -gt "${rest#*:}" ]; then
            kill "${rest%:*}" 2>/dev/null
            problem "$part: was not done in time"
        elif ! kill -0 "${rest%:*}" 2>/dev/null && [ ! -e "$W/$part.done" ]; then
            first "$W/$part.error"
            problem "$part: ended without a record: $R"
        else
            still="$still $entry"
        fi
    done
    RUNNING=$still
}

# next_local: starts the next of the computing parts when none runs.
next_local() {
    for entry in $RUNNING; do
        case $LOCAL in *" ${entry%%:*} "*) return ;; esac
    done
    # shellcheck disable=SC2086 # a list of parts, split on purpose
    set -- $QUEUE
    [ $# -gt 0 ] || return 0
    [ "$1" != memory ] || [ -z "$RUNNING" ] || return 0
    start "$1"
    shift
    QUEUE=$*
}

run_parts() {
    RUNNING=
    QUEUE=
    WRITTEN=
    last=
    for part in $PARTS; do
        case $LOCAL in
        *" $part "*) if [ "$part" = memory ]; then last=$part; else QUEUE="$QUEUE $part"; fi ;;
        *) start "$part" ;;
        esac
    done
    QUEUE="$QUEUE $last"
    next_local
    while [ -n "$RUNNING" ]; do
        sleep "$TICK"
        look
        next_local
    done
}

part_end() {
    # shellcheck disable=SC2086 # a list of parts, split on purpose
    words records $WRITTEN
    since "$STARTED"
    number seconds "$R"
    [ -s "$W/problems" ] || return 0
    told=
    while IFS= read -r line; do
        quote "$line"
        told="$told,$R"
    done <"$W/problems"
    raw problems "[${told#,}]"
}

# identify: RUN is the request's; a program that was built in takes the machine's own name.
identify() {
    [ -z "$RUN" ] || return 0
    first "$ROOT/sys/class/dmi/id/product_uuid" || first "$ROOT/sys/firmware/devicetree/base/vm,uuid"
    RUN=uuid-$(printf '%s' "$R" | tr 'A-F' 'a-f' | tr -cd '0-9a-f' | cut -c 1-12)
}

main() {
    now
    STARTED=$NOW
    FRAMES=0
    W=$(mktemp -d 2>/dev/null) || {
        W=${TMPDIR:-/tmp}/sovran.$$
        mkdir "$W" || return 1
    }
    TICK=1
    sleep 0.2 2>/dev/null && TICK=0.2
    identify
    find_consoles
    serve
    run_parts
    J=
    part_end
    printf '{"record":"end"%s}\n' "$J" >"$W/end.json"
    emit "$W/end.json"
    # once more, whole: a message of the kernel may have broken into a line
    show "$W/frames"
    stay
    [ -z "$POWER_OFF" ] || leave
    rm -rf "$W"
}

# leave: powers the machine off.
leave() {
    sync
    poweroff 2>/dev/null || shutdown -h now 2>/dev/null || poweroff -f 2>/dev/null || echo o >/proc/sysrq-trigger
}
