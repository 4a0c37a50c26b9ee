# Prints one record, JSON in ASCII on standard input, as lines `:sovran:run:number:part/parts:base64:check`.
# check is the polynomial of the characters before it over 65,599, modulo 2^31 - 1: awk has no exclusive or.
# The record itself ends with a blank and its own check: parts of two boots must not be taken for one record.
function sum(line,   i, last, check) {
    last = length(line)
    for (i = 1; i <= last; i++) check = (check * 65599 + code[substr(line, i, 1)]) % 2147483647
    return check + 0
}
BEGIN {
    for (i = 32; i < 127; i++) code[sprintf("%c", i)] = i
    for (i = 0; i < 64; i++)
        sign[i] = substr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", i + 1, 1)
}
{ text = text $0 }
END {
    text = text " " sprintf("%d", sum(text))
    while (length(text) % 3) text = text " "
    length_ = length(text); parts = int((length_ + 113) / 114)
    for (part = 1; part <= parts; part++) {
        line = ":sovran:" run ":" number ":" part "/" parts ":"
        piece = substr(text, part * 114 - 113, 114); last = length(piece)
        for (i = 1; i <= last; i += 3) {
            three = code[substr(piece, i, 1)] * 65536 + code[substr(piece, i + 1, 1)] * 256 + code[substr(piece, i + 2, 1)]
            line = line sign[int(three / 262144)] sign[int(three / 4096) % 64] sign[int(three / 64) % 64] sign[three % 64]
        }
        line = line ":"
        printf "%s%d\n", line, sum(line)
    }
}
