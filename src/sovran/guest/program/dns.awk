# mode=ask: lines `number name type do` to questions, as octal escapes for printf, one a line.
# mode=read: lines `sent received hex` to lines `number rcode authentic signed milliseconds address...`.
function octal(value) { return sprintf("\\%03o", value) }
function short_(value) { return octal(int(value / 256)) octal(value % 256) }
function ask(   labels, count, i, j, out) {
    out = short_($1) octal(1) octal($4 ? 32 : 0) short_(1) short_(0) short_(0) short_($4 ? 1 : 0)
    count = split($2, labels, ".")
    for (i = 1; i <= count; i++) {
        if (labels[i] == "") continue
        out = out octal(length(labels[i]))
        for (j = 1; j <= length(labels[i]); j++) out = out octal(code[substr(labels[i], j, 1)])
    }
    out = out octal(0) short_($3 == "AAAA" ? 28 : 1) short_(1)
    if ($4) out = out octal(0) short_(41) short_(1232) short_(0) short_(32768) short_(0)
    print out
}
# Octet or pair of octets at a place, from 0.
function octet(at) {
    if (at >= size) { broken = 1; return 0 }
    return digit[substr(hex, 2 * at + 1, 1)] * 16 + digit[substr(hex, 2 * at + 2, 1)]
}
function pair(at) { return octet(at) * 256 + octet(at + 1) }
# Place after the name at a place.
function after_name(at,   length_, steps) {
    for (steps = 0; steps < 130; steps++) {
        length_ = octet(at)
        if (broken || length_ >= 192) return at + 2
        if (length_ == 0) return at + 1
        at += 1 + length_
    }
    broken = 1
    return at
}
function address(at, kind,   i, out) {
    if (kind == 1) return octet(at) "." octet(at + 1) "." octet(at + 2) "." octet(at + 3)
    for (i = 0; i < 16; i += 2) out = out (i ? ":" : "") sprintf("%x", pair(at + i))
    return out
}
function read(   at, i, kind, length_, flags, rcode, signed, out, questions, answers) {
    hex = $3; size = length(hex) / 2; broken = 0
    flags = pair(2)
    if (size < 12 || flags < 32768) return
    rcode = flags % 16
    at = 12; questions = pair(4); answers = pair(6)
    for (i = 0; i < questions && i < 8; i++) at = after_name(at) + 4
    for (i = 0; i < answers && i < 64 && !broken; i++) {
        at = after_name(at); kind = pair(at); length_ = pair(at + 8); at += 10
        if (kind == 46) signed = 1
        if (at + length_ <= size && ((kind == 1 && length_ == 4) || (kind == 28 && length_ == 16)))
            out = out " " address(at, kind)
        at += length_
    }
    printf "%d %s %d %d %.3f%s\n", pair(0), (rcode in names) ? names[rcode] : "RCODE" rcode, int(flags / 32) % 2, signed,
        ($2 - $1) * 1000, out
}
BEGIN {
    for (i = 33; i < 127; i++) code[sprintf("%c", i)] = i
    for (i = 0; i < 16; i++) digit[sprintf("%x", i)] = i
    count = split("NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED", list, " ")
    for (i = 1; i <= count; i++) names[i - 1] = list[i]
}
mode == "ask" { ask() }
mode == "read" && NF == 3 { read() }
