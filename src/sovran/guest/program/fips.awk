# FIPS 140-2 power-up tests (change notice 2) of blocks of 2,500 bytes, given as `od -An -v -tu1` prints them.
# Prints: blocks failures monobit poker runs long_run.
# Bytes are counted, and pairs of neighbours by how the run at their border looks; runs are worked out once a block.
function power(base, exponent) { return exponent ? base * power(base, exponent - 1) : 1 }
# What is known of each byte: its nibbles, how its first and last run look (2 * length + bit), the runs between.
function prepare(   value, bits, i, bit, length_, kind, first) {
    for (value = 0; value < 256; value++) {
        high[value] = int(value / 16); low[value] = value % 16
        length_ = 0; first = 1; bits = value
        for (i = 0; i < 8; i++) {
            bit = int(bits / 128); bits = (bits % 128) * 2
            if (i && bit != kind) {
                if (first) lead[value] = 2 * length_ + kind
                else pack(value, kind, length_)
                first = 0; length_ = 0
            }
            kind = bit; length_++
        }
        if (first) { lead[value] = kind; tail[value] = 0 }
        else tail[value] = (2 * length_ + kind) * 32
    }
    for (i = 0; i < 16; i++) ones_of[i] = int(i / 8) + int(i / 4) % 2 + int(i / 2) % 2 + i % 2
}
# Three counts of runs in one number, 32,768 apart: a block has 20,000 bits.
function pack(value, kind, length_,   place) {
    place = kind * 6 + length_ - 1
    inner[int(place / 3), value] += power(32768, place % 3)
}
function run(kind, length_, times) {
    if (!length_) return
    if (length_ > 25) long_run = 1
    runs[kind * 6 + (length_ > 6 ? 6 : length_) - 1] += times
}
function judge(   value, n, i, place, key, kind, length_, other, rest, packed, ones, squares, bad, word) {
    at[run_now + 1 - int(run_now / 32) % 2]++
    long_run = 0
    for (i = 0; i < 12; i++) runs[i] = 0
    for (i = 0; i < 16; i++) poker[i] = 0
    p0 = p1 = p2 = p3 = 0
    for (value in count) {
        n = count[value]
        poker[high[value]] += n; poker[low[value]] += n
        p0 += n * in0[value]; p1 += n * in1[value]; p2 += n * in2[value]; p3 += n * in3[value]
    }
    packed[0] = p0; packed[1] = p1; packed[2] = p2; packed[3] = p3
    for (i = 0; i < 12; i++) {
        place = int(i / 3)
        runs[i] += packed[place] % 32768; packed[place] = int(packed[place] / 32768)
    }
    for (key in at) {
        n = at[key]; rest = key % 32; word = int(key / 32)
        kind = word % 2; length_ = int(word / 2); other = rest % 2; rest = int(rest / 2)
        if (kind == other) run(kind, length_ + rest, n)
        else { run(kind, length_, n); run(other, rest, n) }
    }
    for (i = 0; i < 16; i++) { ones += poker[i] * ones_of[i]; squares += poker[i] * poker[i] }
    for (i = 0; i < 12; i++) if (runs[i] < least[i % 6] || runs[i] > most[i % 6]) bad = 1
    word = squares * 16 / 5000 - 5000
    if (ones <= 9725 || ones >= 10275) { monobits++; failed = 1 }
    if (word <= 2.16 || word >= 46.17) { pokers++; failed = 1 }
    if (bad) { run_tests++; failed = 1 }
    if (long_run) { long_runs++; failed = 1 }
    failures += failed; failed = 0; blocks++
    split("", count); split("", at)
    run_now = 0; seen = 0
}
BEGIN {
    prepare()
    for (i = 0; i < 256; i++) {
        in0[i] = inner[0, i] + 0; in1[i] = inner[1, i] + 0; in2[i] = inner[2, i] + 0; in3[i] = inner[3, i] + 0
    }
    split("2315 1114 527 240 103 103", words); for (i = 0; i < 6; i++) least[i] = words[i + 1]
    split("2685 1386 723 384 209 209", words); for (i = 0; i < 6; i++) most[i] = words[i + 1]
}
{
    for (i = 1; i <= NF; i++) {
        byte = $i + 0
        count[byte]++
        edge = lead[byte]
        if (edge > 1) { at[run_now + edge]++; run_now = tail[byte] }
        else if (int(run_now / 32) % 2 == edge) run_now += 512
        else { at[run_now + edge]++; run_now = (16 + edge) * 32 }
        if (++seen == 2500) judge()
    }
}
END { print blocks + 0, failures + 0, monobits + 0, pokers + 0, run_tests + 0, long_runs + 0 }
