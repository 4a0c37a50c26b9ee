# The members of a JSON object as lines `"key" TAB value`: a value is a string as it stands; what is none becomes one.
function skip() { while (at <= size && index(" \t\r\n", substr(all, at, 1))) at++ }
# The string that begins here, with its quotes.
function string(   from, sign) {
    from = at++
    while (at <= size) {
        sign = substr(all, at, 1)
        if (sign == "\\") at += 2
        else { at++; if (sign == "\"") return substr(all, from, at - from) }
    }
    bad = 1
}
# What stands up to the next comma or end on this level, without white space outside of strings.
function value(   depth, sign, out) {
    while (at <= size && !bad) {
        sign = substr(all, at, 1)
        if (sign == "\"") { out = out string(); continue }
        if (!depth && (sign == "," || sign == "}")) return out
        if (sign == "{" || sign == "[") depth++
        if (sign == "}" || sign == "]") depth--
        if (!index(" \t\r\n", sign)) out = out sign
        at++
    }
    bad = 1
}
function finish() { skip(); if (at <= size) bad = 1 }
{ all = all $0 "\n" }
END {
    size = length(all); at = 1; skip()
    if (substr(all, at++, 1) != "{") exit 1
    skip()
    if (substr(all, at, 1) == "}") { at++; finish(); exit bad }
    while (!bad) {
        skip()
        if (substr(all, at, 1) != "\"") { bad = 1; break }
        key = string(); skip()
        if (substr(all, at++, 1) != ":") { bad = 1; break }
        skip(); found = value()
        if (found == "" || bad) { bad = 1; break }
        if (found !~ /^"/) { gsub(/\\/, "\\\\&", found); gsub(/"/, "\\\"", found); found = "\"" found "\"" }
        if (length(found) > 4000 || (key in seen)) { bad = 1; break }
        seen[key] = 1; out = out key "\t" found "\n"
        if (substr(all, at++, 1) == "}") { finish(); break }
    }
    if (bad) exit 1
    printf "%s", out
}
