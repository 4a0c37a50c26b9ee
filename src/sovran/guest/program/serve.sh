# shellcheck shell=dash
# Being a neighbour: listens on the ports that were asked for, and on nothing where none was.

# serve: starts the listeners; SERVERS are their ids.
serve() {
    SERVERS=
    for listen in $SERVER_PORTS; do
        if have python3; then
            python3 -c 'import socket, sys
door = socket.create_server(("0.0.0.0", int(sys.argv[1])))
while True: caller = door.accept()[0]; caller.sendall(b"sovran\n"); caller.close()' "$listen" &
        elif have httpd; then
            mkdir -p "$W/empty"
            httpd -f -p "$listen" -h "$W/empty" &
        else
            problem "neither python3 nor httpd is here to listen on port $listen"
            continue
        fi
        SERVERS="$SERVERS $!"
    done </dev/null >/dev/null 2>&1
}

# stay: goes on listening for as long as was asked.
stay() {
    [ -n "$SERVERS" ] || return 0
    sleep "$SERVER_SECONDS"
    # shellcheck disable=SC2086 # ids, split on purpose
    kill $SERVERS 2>/dev/null
}
