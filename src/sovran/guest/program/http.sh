# shellcheck shell=dash
# One HTTP request by hand: status and body as they came.

# get ADDRESS URL SECONDS FILE [HEADER]: STATUS, or 0; the body is in FILE.body. False if there was no answer.
get() {
    STATUS=0
    get_rest=${2#http://}
    get_host=${get_rest%%/*}
    case $get_rest in */*) get_path=/${get_rest#*/} ;; *) get_path=/ ;; esac
    get_port=80
    case $get_host in
    *]) ;;
    *:*) get_port=${get_host##*:} ;;
    esac
    [ -n "$1" ] && [ -n "$TALK" ] || return 1
    printf 'GET %s HTTP/1.0\r\nHost: %s\r\n%sConnection: close\r\n\r\n' "$get_path" "$get_host" "${5:+$5$(printf '\r')$NL}" >"$4.request"
    talk tcp "$1" "$get_port" "$3" "$4.request" "$4" >"$4.outcome"
    [ -s "$4" ] || return 1
    http_parse "$4"
}

# host_of URL: R is its host, without brackets.
host_of() {
    R=${1#http://}
    R=${R%%/*}
    case $R in
    \[*) R=${R#\[} R=${R%%\]*} ;;
    *) R=${R%%:*} ;;
    esac
}

# http_parse FILE: STATUS; FILE.body is what follows the empty line.
http_parse() {
    # shellcheck disable=SC2046 # two numbers, split on purpose
    set -- "$1" $(tr -d '\000' <"$1" | awk '
        NR == 1 { if ($1 !~ /^HTTP\//) exit; status = $2 }
        { size += length($0) + 1 }
        tolower($1) == "content-length:" { told = $2 + 0 }
        /^\r?$/ { print status + 0, size, told; exit }')
    [ $# -ge 3 ] || return 1
    tail -c "+$(($3 + 1))" "$1" >"$1.body"
    # an answer that was cut is none
    [ -z "${4-}" ] || [ "$(wc -c <"$1.body")" -eq "$4" ] || return 1
    STATUS=$2
}
