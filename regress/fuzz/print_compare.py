#!/usr/bin/env python3
"""Random tables, random printing options: psql 15 and pgmish must print the same bytes.

usage: print_compare.py PGMISH [--psql PATH] [--seed N] [--cases N] [--only FORMAT]

`make check-fuzz-print` runs it; by hand it needs a server (PGHOST and the like).  Also compares the -L logs.  Prints the first differing
cases and exits 1.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile

FORMATS = ["aligned", "wrapped", "unaligned", "csv", "html", "asciidoc", "latex",
           "latex-longtable", "troff-ms"]
PIECES = ["a", "b", "word", "longer text", " ", "\n", "\n\n", "\t", "\r", "\r\n", "\x01", "\x7f",
          "\u0085", "ä", "é", "e\u0301", "\u0301", "漢字", "ﾊﾝ", "\u200b", "\u00ad", "😀", "\U0001fffe",
          "'", '"', "\\", "\\.", "|", "||", "^", "&", "<", ">", "<b>", "$", "%", "#", "_", "{", "}", "~", "~~",
          ",", ";", ".", "\u2028", "x" * 30, "lorem ipsum dolor sit amet ", "0", "\u0e01\u0e33", "-", "+", "*",
          "\ufeff", "\u3000", "  lead", "trail  "]


def random_text(rng, limit=5):
    kind = rng.random()
    if kind < 0.1:
        return ""
    if kind < 0.15:
        return " " * rng.randint(1, 3)
    if kind < 0.4:
        return "".join(rng.choice("abcdefghij klm") for _ in range(rng.randint(1, 12)))
    if kind < 0.45:
        return "".join(rng.choice("abc ") for _ in range(rng.randint(40, 300)))
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, limit)))


def literal(text):
    out = "E'"
    for c in text:
        if c in "'\\":
            out += c + c
        elif ord(c) < 32 or ord(c) == 127:
            out += "\\x%02x" % ord(c)
        else:
            out += c
    return out + "'"


def random_query(rng):
    columns = rng.choice([0, 1, 1, 2, 2, 3, 4, 7])
    rows = rng.choice([0, 1, 1, 2, 3, 5, 12])
    if columns == 0:
        return "select from generate_series(1,%d)" % rows
    kinds = [rng.choice(["text", "text", "int", "float", "numeric", "money"]) for _ in range(columns)]
    nasty = rng.random() < 0.5

    def value(kind):
        if rng.random() < 0.15:
            return "null"
        if kind == "int":
            return "'%d'" % rng.randint(-10 ** rng.randint(0, 9), 10 ** rng.randint(0, 9))
        if kind == "float":
            return "'%r'" % (rng.uniform(-1, 1) * 10 ** rng.randint(-20, 20)) if rng.random() < 0.9 else "'NaN'"
        if kind == "numeric":
            return "'%d.%d'" % (rng.randint(-10 ** 12, 10 ** 12), rng.randint(0, 99))
        if kind == "money":
            return "'%d.%02d'" % (rng.randint(-10 ** 9, 10 ** 9), rng.randint(0, 99))
        if nasty:
            return literal(random_text(rng))
        return literal("".join(rng.choice("abcdefgh ") for _ in range(rng.randint(0, 20))))

    types = {"text": "text", "int": "int8", "float": "float8", "numeric": "numeric", "money": "money"}
    names = []
    for i in range(columns):
        name = random_text(rng, 3) if rng.random() < 0.4 else "col%d" % i
        name = name[:20] or "n"
        names.append('"' + name.replace('"', '""') + '"')
    selects = []
    for r in range(max(rows, 1)):
        selects.append("select " + ", ".join(
            "%s::%s%s" % (value(k), types[k], " as " + names[i] if r == 0 else "")
            for i, k in enumerate(kinds)))
    sql = " union all ".join(selects)
    if rows == 0:
        sql = "select * from (" + sql + ") _ limit 0"
    return sql


def random_options(rng, only):
    options = []
    fmt = only or rng.choice(FORMATS)
    options.append(("format", fmt))
    options.append(("border", str(rng.randint(0, 3))))
    if rng.random() < 0.5:
        options.append(("expanded", rng.choice(["on", "on", "auto"])))
    if fmt == "wrapped" or rng.random() < 0.2:
        options.append(("columns", str(rng.choice([1, 5, 10, 15, 20, 25, 30, 40, 60, 80, 100, 200]))))
    options.append(("linestyle", rng.choice(["ascii", "old-ascii", "unicode"])))
    for part in ("border", "column", "header"):
        options.append(("unicode_%s_linestyle" % part, rng.choice(["single", "double"])))
    if rng.random() < 0.3:
        options.append(("title", rng.choice(["T", "A title", "two\nlines", "<ä & b>", "x" * 50, "  "])))
    if rng.random() < 0.2:
        options.append(("tuples_only", "on"))
    if rng.random() < 0.2:
        options.append(("footer", "off"))
    if rng.random() < 0.4:
        options.append(("null", rng.choice(["NULL", "(null)", "∅", "a\nb", "<n>", ""])))
    if rng.random() < 0.2:
        options.append(("numericlocale", "on"))
    if rng.random() < 0.3:
        options.append(("fieldsep", rng.choice([",", "", "::", "\t", "\n"])))
    elif rng.random() < 0.15:
        options.append(("fieldsep_zero", None))
    if rng.random() < 0.3:
        options.append(("recordsep", rng.choice(["", "--", "\n\n", ";"])))
    elif rng.random() < 0.15:
        options.append(("recordsep_zero", None))
    if rng.random() < 0.3:
        options.append(("csv_fieldsep", rng.choice([";", "|", "\\", ".", "\t", " "])))
    if rng.random() < 0.2:
        options.append(("tableattr", rng.choice(["border=5", "l|r", "0.2,0.8", "0.3 0.4", "  ", ""])))
    return options


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n").replace("\t", "\\t") + "'"


RESET = [("format", "aligned"), ("border", "1"), ("expanded", "off"), ("columns", "0"),
         ("linestyle", "ascii"), ("unicode_border_linestyle", "single"),
         ("unicode_column_linestyle", "single"), ("unicode_header_linestyle", "single"),
         ("title", None), ("tuples_only", "off"), ("footer", "on"), ("null", ""),
         ("numericlocale", "off"), ("fieldsep", "|"), ("recordsep", "\n"), ("csv_fieldsep", ","),
         ("tableattr", None), ("pager", "off")]


def random_crosstab(rng):
    rows = rng.choice([0, 1, 3, 8, 8, 60])
    if rows == 60:  # many columns of equal rank
        values = ",".join("(%d,'c%d',%d)" % (i % 3, i, rng.randint(0, 4)) for i in range(rng.randint(7, 60)))
        return "select v,h,s as d,s from (values %s) as _(v,h,s)" % values, ["v", "h", "d", "s"]
    values = []
    for _ in range(rows):
        values.append("(%s,%s,%s,%s)" % tuple(
            rng.choice(["null", literal(rng.choice(["a", "b", "c", "d\ne", "漢", ""]))]) if i < 3
            else rng.choice(["null", str(rng.randint(-3, 9))]) for i in range(4)))
    if not values:
        sql = "select 'a' as v,'b' as h,'c' as d, 1 as s limit 0"
    else:
        sql = "select v,h,string_agg(d,E'\\n') as d,min(s::int) as s from (values %s) as _(v,h,d,s) group by 1,2 order by 1,2" % ",".join(values)
        if rng.random() < 0.2:
            sql = "select * from (values %s) as _(v,h,d,s)" % ",".join(values)
        if rng.random() < 0.3:
            sql = "select v,h,d from (%s) _" % sql
    pool = ["v", "h", "d", "s", "1", "2", "3", "4", "5", "0", "x", "V", '"V"', '"v"', ""]
    args = []
    for default in ["v", "h", "d", "s"][:rng.randint(0, 4)]:
        args.append(default if rng.random() < 0.7 else rng.choice(pool))
    return sql, args


def make_case(rng, only, crosstab):
    options = random_options(rng, only)
    shape = rng.random()
    if shape < 0.1 and crosstab:
        sql, args = random_crosstab(rng)
        return options, sql, ("crosstab", args)
    sql = random_query(rng)
    if shape < 0.3:
        return options, sql, ("fetch", rng.choice([1, 2, 3, 5]))
    return options, sql, None


def script_of(cases):
    lines = []
    for i, (options, sql, how) in enumerate(cases):
        for name, value in RESET + options:
            lines.append("\\pset %s %s" % (name, "" if value is None else quoted(value)))
        if how and how[0] == "crosstab":
            lines.append(sql + " \\crosstabview " + " ".join(quoted(a) if '"' not in a else a for a in how[1]))
        elif how:
            lines += ["\\set FETCH_COUNT %d" % how[1], sql + ";", "\\set FETCH_COUNT 0"]
        else:
            lines.append(sql + ";")
        mark = "=====case%d=====" % i
        lines.append("\\echo " + mark)
        lines.append("select '%s' as mark \\g /dev/null" % mark)
    return "\n".join(lines) + "\n"


def run(program, script, env):
    """What the program prints, and its log."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        done = subprocess.run([program, "-X", "-q", "-L", log], input=script.encode(), env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with open(log, "rb") as stream:
            return done.returncode, done.stdout, stream.read()


def split(output, count):
    parts = []
    for i in range(count):
        mark = b"=====case%d=====\n" % i
        part, found, output = output.partition(mark)
        parts.append(part if found else b"(missing) " + part)
    return parts


def show(case, psql, ours):
    print("options:", case[0], "how:", case[2])
    print("sql:", case[1])
    for name, text in (("psql", psql), ("ours", ours)):
        print("---", name)
        for line in text.split(b"\n"):
            print("   ", line if b"\x00" in line or b"\r" in line else line.decode("utf8", "backslashreplace"))


def show_log(cases, psql_log, our_log):
    """The case at whose end the logs differ; the log holds its mark as a query."""
    for i, case in enumerate(cases):
        mark = b"select '=====case%d====='" % i
        psql, _, psql_log = psql_log.partition(mark)
        ours, _, our_log = our_log.partition(mark)
        if psql != ours:
            show(case, psql, ours)
            return


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--psql", default="/usr/lib/postgresql/15/bin/psql")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--only")
    parser.add_argument("--no-crosstab", action="store_true")
    parser.add_argument("--show", type=int, default=3)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    cases = [make_case(rng, args.only, not args.no_crosstab) for _ in range(args.cases)]
    script = script_of(cases)
    env = dict(os.environ, PGCLIENTENCODING="UTF8", LC_ALL="C.UTF-8")
    env.pop("COLUMNS", None)
    psql_status, psql_out, psql_log = run(args.psql, script, env)
    our_status, our_out, our_log = run(args.program, script, env)
    bad = 0
    for case, a, b in zip(cases, split(psql_out, len(cases)), split(our_out, len(cases))):
        if a != b:
            bad += 1
            if bad <= args.show:
                show(case, a, b)
    if psql_log != our_log:
        print("the logs differ")
        if not bad:
            show_log(cases, psql_log, our_log)
    if psql_status != our_status:
        print("status %d, psql %d" % (our_status, psql_status))
    print("%d of %d cases differ (seed %d)" % (bad, len(cases), args.seed))
    return 1 if bad or psql_log != our_log or psql_status != our_status else 0


sys.exit(main())
