/*
 * test_sql_text.c — properties of the scanner and all that stands on it: compared with a naive
 * second implementation over random texts, and what must hold of every text.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "naive.h"
#include "pgmish/sql.h"

/* ---- random texts -------------------------------------------------------------------------- */

/* Always the same ones: a failure must be repeatable. */
static uint64_t random_state = 20150101;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % limit;
}

/* `letters` and the other list name characters outside ASCII, of which a text has one sort. */
static void random_text(StrBuf *text, bool letters)
{
    static const char *const pieces[] = {"'",        "'",         "\"",
                                         "\"",       "$",         "$",
                                         "$$",       "$a$",       "$a$",
                                         "$_1$",     "$1$",       "--",
                                         "/*",       "*/",        "/",
                                         "*",        "-",         "\\",
                                         "\\",       "E",         "e'",
                                         "E'",       "a",         "Z",
                                         "9",        "_",         " ",
                                         "\n",       "\r\n",      "\r",
                                         "\t",       ";",         ";",
                                         "(",        ")",         "COMMIT",
                                         "end",      "begin",     "case",
                                         "rollback", "work",      "to",
                                         "and",      "select",    "begin atomic ",
                                         "CALL ",    "pgmi_test", "CALL pgmi_test()",
                                         ";\n",      "''",        "null",
                                         ","};
    static const char *const letter[] = {"\xC3\xA9", "\xE6\xBC\xA2", "\xF0\xA0\x80\x80"};
    static const char *const other[] = {"\xE2\x82\xAC", "\xC2\xA0",     "\xE2\x80\x83",
                                        "\xE3\x80\x80", "\xE2\x80\x8B", "\xF0\x9F\x98\x80"};
    uint32_t count = random_below(24);

    strbuf_reset(text);
    while (count--) {
        uint32_t pick = random_below(lengthof(pieces) + 4);

        if (pick < lengthof(pieces))
            strbuf_add(text, pieces[pick]);
        else if (letters)
            strbuf_add(text, letter[random_below(lengthof(letter))]);
        else
            strbuf_add(text, other[random_below(lengthof(other))]);
    }
}

enum { ROUNDS = 60000 };

static void normalise_equals_naive(void **state)
{
    StrBuf text = STRBUF_INIT, got = STRBUF_INIT, want = STRBUF_INIT;
    int i;

    (void)state;
    for (i = 0; i < ROUNDS; i++) {
        random_text(&text, i & 1);
        strbuf_reset(&got);
        strbuf_reset(&want);
        sql_normalise(text.data, text.len, &got);
        naive_normalise(text.data, text.len, &want);
        if (got.len != want.len || memcmp(got.data, want.data, want.len) != 0)
            fail_msg("text <%s>\nexpected <%s>\ngot <%s>", text.data, want.data, got.data);
    }
    strbuf_free(&text);
    strbuf_free(&got);
    strbuf_free(&want);
}

static void mask_equals_naive(void **state)
{
    StrBuf text = STRBUF_INIT, want = STRBUF_INIT;
    int i;

    (void)state;
    for (i = 0; i < ROUNDS; i++) {
        char *mask;

        random_text(&text, i & 1);
        mask = sql_mask(text.data, text.len);
        strbuf_reset(&want);
        naive_mask(text.data, text.len, i & 1, &want);
        if (memcmp(mask, want.data, text.len + 1) != 0)
            fail_msg("text <%s>\nexpected <%s>\ngot <%s>", text.data, want.data, mask);
        free(mask);
    }
    strbuf_free(&text);
    strbuf_free(&want);
}

static void normalise_appends(void **state)
{
    StrBuf out = STRBUF_INIT;

    (void)state;
    strbuf_add(&out, "before ");
    sql_normalise("  /* x */ SELECT  1 ", 20, &out);
    assert_string_equal(out.data, "before select 1");
    strbuf_free(&out);
}

/* A dollar tag may hold letters outside ASCII for the mask, not for the hash (C3). */
static void masks_and_hashes_differ_in_tags(void **state)
{
    const char text[] = "SELECT $\xC3\xA9$ X -- $\xC3\xA9$ Y";
    char *mask = sql_mask(text, sizeof text - 1);
    StrBuf hash = STRBUF_INIT;

    (void)state;
    assert_string_equal(mask, "SELECT $\xC3\xA9$      $\xC3\xA9$ Y");
    sql_normalise(text, sizeof text - 1, &hash);
    assert_string_equal(hash.data, "select $\xC3\xA9$ x");
    free(mask);
    strbuf_free(&hash);
}

/* ---- splitting ------------------------------------------------------------------------------ */

typedef struct Covered {
    const char *mask;
    size_t end;
} Covered;

/* What is left out between units is blank or a semicolon of an empty statement. */
static void assert_gap(const char *text, const char *mask, size_t start, size_t end)
{
    size_t i;

    assert_true(start <= end);
    for (i = start; i < end; i++)
        if (!strchr(" \t\r\n;", mask[i]))
            fail_msg("in <%s> the text at %zu belongs to no statement", text, i);
}

static bool cover(void *ctx, const char *text, size_t start, size_t end)
{
    Covered *covered = ctx;

    assert_true(start < end);
    assert_gap(text, covered->mask, covered->end, start);
    covered->end = end;
    return true;
}

static void statements_cover_the_text(void **state)
{
    StrBuf text = STRBUF_INIT;
    int i;

    (void)state;
    for (i = 0; i < ROUNDS; i++) {
        Covered covered = {0};
        char *mask;

        random_text(&text, i & 1);
        covered.mask = mask = sql_mask(text.data, text.len);
        script_each_statement(text.data, text.len, cover, &covered);
        assert_gap(text.data, mask, covered.end, text.len);
        free(mask);
    }
    strbuf_free(&text);
}

static void units_cover_the_text(void **state)
{
    StrBuf text = STRBUF_INIT;
    int i;

    (void)state;
    for (i = 0; i < ROUNDS; i++) {
        Covered covered = {0};
        ScriptUnits units;
        char *mask;
        size_t u;

        random_text(&text, i & 1);
        covered.mask = mask = sql_mask(text.data, text.len);
        script_split(text.data, text.len, &units);
        for (u = 0; u < units.len; u++) {
            TextPlace place;

            cover(&covered, text.data, units.items[u].start, units.items[u].end);
            text_place_at(text.data, text.len, units.items[u].start, &place);
            assert_int_equal(place.line, units.items[u].line);
            assert_int_equal(place.column, units.items[u].column);
        }
        assert_gap(text.data, mask, covered.end, text.len);
        /* only a script with a terminator is cut */
        assert_true(units.has_terminator || units.len <= 1);
        script_units_free(&units);
        free(mask);
    }
    strbuf_free(&text);
}

static size_t count_units(const char *text)
{
    ScriptUnits units;
    size_t count;

    script_split(text, strlen(text), &units);
    count = units.len;
    script_units_free(&units);
    return count;
}

static void atomic_bodies(void **state)
{
    (void)state;
    /* an empty body; a CASE in the first statement; names that only look like END */
    assert_int_equal(count_units("create function f() begin atomic end; COMMIT; select 1"), 2);
    assert_int_equal(
        count_units("create function f() begin atomic select case when a then b end; "
                    "COMMIT; end; COMMIT; select 1"),
        2);
    assert_int_equal(
        count_units(
            "create function f() begin atomic select end_date; x; end; COMMIT; select 1"),
        2);
    assert_int_equal(
        count_units("create function f() begin/**/atomic x; COMMIT; y; end; select 1"), 1);
    assert_int_equal(count_units("BEGIN; select atomic; COMMIT; select 1"), 2);
}

/* ---- the macro ------------------------------------------------------------------------------- */

static size_t find_count(const char *text, bool substituted, Macro *first)
{
    MacroList list;
    Diag diag = DIAG_INIT;
    size_t count;

    if (!macro_find(text, strlen(text), substituted, &list, &diag))
        fail_msg("%s: %s", text, diag.message);
    count = list.len;
    if (count && first) {
        *first = list.items[0];
        list.items[0].pattern = list.items[0].callback = NULL;
    }
    macro_list_free(&list);
    return count;
}

static void assert_pattern(const char *text, bool substituted, const char *pattern)
{
    Macro macro;

    assert_int_equal(find_count(text, substituted, &macro), 1);
    assert_string_equal(macro.pattern, pattern);
    free(macro.pattern);
    free(macro.callback);
}

static void adjacent_macros(void **state)
{
    (void)state;
    assert_int_equal(find_count("CALL pgmi_test();CALL pgmi_test();", false, NULL), 2);
    assert_int_equal(find_count("CALL pgmi_test() CALL pgmi_test()", false, NULL), 2);
    assert_int_equal(find_count("CALL pgmi_test(call pgmi_test()", false, NULL), 1);
}

static void substituted_arguments(void **state)
{
    (void)state;
    assert_pattern("CALL pgmi_test( E'a\\\\.b''c\\'d\\n\\x41\\101\\u00e9')", true,
                   "a\\.b'c'd\nAA\xC3\xA9");
    assert_pattern("CALL pgmi_test('it''s')", true, "it's");
    assert_pattern("CALL pgmi_test('it''s\\')", false, "it's\\");
    assert_pattern("CALL pgmi_test('''', NULL)", false, "'");
    assert_int_equal(find_count("CALL pgmi_test(E'a')", false, NULL), 0);
    /* a NUL cannot be part of a text value */
    assert_int_equal(find_count("CALL pgmi_test(E'a\\000')", true, NULL), 0);
    assert_int_equal(find_count("CALL pgmi_test('a' 'b')", true, NULL), 0);
    assert_int_equal(find_count("CALL pgmi_test(N'a')", true, NULL), 0);
    assert_int_equal(find_count("CALL pgmi_test(,)", true, NULL), 0);
}

static void macro_errors(void **state)
{
    MacroList list;
    Diag diag = DIAG_INIT;
    const char *atomic =
        "create function f() returns int\nbegin atomic\n  CALL pgmi_test(); end;";
    const char *after = "create function f() begin atomic x; end; CALL pgmi_test();";
    const char *callback = "select 1;\n CALL pgmi_test('a', 'b c');";

    (void)state;
    assert_false(macro_find(atomic, strlen(atomic), false, &list, &diag));
    assert_int_equal(diag.line, 3);
    assert_int_equal(diag.column, 3);
    assert_int_equal(list.len, 0);
    diag_reset(&diag);
    assert_int_equal(find_count(after, false, NULL), 1);
    assert_false(macro_find(callback, strlen(callback), false, &list, &diag));
    assert_int_equal(diag.code, EXIT_PGMI_EXECUTION);
    assert_int_equal(diag.line, 2);
    assert_int_equal(diag.column, 2);
    diag_reset(&diag);
}

static char *generate(void *ctx, const char *pattern, const char *callback, Diag *diag)
{
    (void)callback;
    if (!pattern) {
        diag_set(diag, EXIT_PGMI_EXECUTION, "%s", (char *)ctx);
        return NULL;
    }
    return xasprintf("<%s>;", pattern);
}

static void expansion(void **state)
{
    const char *good =
        "a; CALL pgmi_test('x'); b; /* CALL pgmi_test() */ CALL pgmi_test('y') c";
    const char *bad = "CALL pgmi_test()";
    StrBuf out = STRBUF_INIT;
    MacroList list;
    Diag diag = DIAG_INIT;

    (void)state;
    assert_true(macro_find(good, strlen(good), false, &list, &diag));
    assert_true(macro_expand(good, strlen(good), &list, generate, NULL, &out, &diag));
    assert_string_equal(out.data, "a; <x>; b; /* CALL pgmi_test() */ <y>; c");
    macro_list_free(&list);
    assert_true(macro_find(bad, strlen(bad), false, &list, &diag));
    assert_false(macro_expand(bad, strlen(bad), &list, generate, "refused", &out, &diag));
    assert_string_equal(diag.message, "refused");
    macro_list_free(&list);
    diag_reset(&diag);
    strbuf_free(&out);
}

static void macros_stand_in_their_text(void **state)
{
    StrBuf text = STRBUF_INIT;
    int i;

    (void)state;
    for (i = 0; i < ROUNDS; i++) {
        MacroList list;
        Diag diag = DIAG_INIT;
        size_t m, end = 0;

        random_text(&text, i & 1);
        if (!macro_find(text.data, text.len, i & 2, &list, &diag))
            assert_int_equal(diag.code, EXIT_PGMI_EXECUTION);
        for (m = 0; m < list.len; m++) {
            assert_true(list.items[m].start >= end);
            assert_true(list.items[m].end <= text.len);
            end = list.items[m].end;
            assert_memory_equal(text.data + list.items[m].start, "CALL", 4);
        }
        macro_list_free(&list);
        diag_reset(&diag);
    }
    strbuf_free(&text);
}

/* ---- comments, kinds, places ------------------------------------------------------------------ */

static void block_comments(void **state)
{
    const char text[] = "/*a/*b*/c*/ '/*no*/' -- /*no*/\n$$/*no*/$$ /**//* open";
    size_t offset = 0, start, end;
    bool closed;

    (void)state;
    assert_true(sql_next_block_comment(text, strlen(text), &offset, &start, &end, &closed));
    assert_int_equal(end - start, strlen("a/*b*/c"));
    assert_true(closed);
    assert_true(sql_next_block_comment(text, strlen(text), &offset, &start, &end, &closed));
    assert_int_equal(end, start);
    assert_true(sql_next_block_comment(text, strlen(text), &offset, &start, &end, &closed));
    assert_false(closed);
    assert_int_equal(end - start, strlen(" open"));
    assert_false(sql_next_block_comment(text, strlen(text), &offset, &start, &end, &closed));
}

static void kinds(void **state)
{
    static const struct {
        const char *text;
        StatementKind kind;
    } cases[] = {
        {"", STATEMENT_EMPTY},
        {" -- x\n /* /* */ y */ ;", STATEMENT_EMPTY},
        {"begin", STATEMENT_BEGIN},
        {"/* a */ Start\n--b\nTransaction;", STATEMENT_BEGIN},
        {"start", STATEMENT_OTHER},
        {"COMMIT AND CHAIN", STATEMENT_END},
        {"end work;", STATEMENT_END},
        {"abort", STATEMENT_END},
        {"rollback /* x */ to savepoint a", STATEMENT_OTHER},
        {"rollback transaction to a", STATEMENT_OTHER},
        {"commit prepared 'x'", STATEMENT_OTHER},
        {"prepare transaction 'x'", STATEMENT_END},
        {"prepare x as select 1", STATEMENT_OTHER},
        {"select 1", STATEMENT_OTHER},
        {"beginning", STATEMENT_OTHER},
    };
    size_t i;

    (void)state;
    for (i = 0; i < lengthof(cases); i++)
        if (statement_kind(cases[i].text, strlen(cases[i].text)) != cases[i].kind)
            fail_msg("wrong kind: %s", cases[i].text);
}

/* psql 15's own decisions, as its behaviour with AUTOCOMMIT off shows them. */
static void statements_without_begin(void **state)
{
    static const char *const yes[] = {
        "begin",
        "START x",
        "abort;",
        "commit",
        "END",
        "rollback to x",
        "prepare transaction 'x'",
        "vacuum t",
        "cluster",
        "cluster (verbose)",
        "cluster \"t\"",
        "create database x",
        "create tablespace x",
        "create unique index concurrently i on t(a)",
        "create /* /* */ */ index -- x\nconcurrently i on t(a)",
        "alter system set a = 1",
        "drop database x",
        "drop index concurrently i",
        "drop tablespace x",
        "reindex system x",
        "reindex table concurrently t",
        "reindex index concurrently t",
        "discard all",
        "begin1",
    };
    static const char *const no[] = {
        "select 1",
        "",
        "beginx",
        "prepare x as select 1",
        "cluster t",
        "create table x()",
        "create index i on t(a)",
        "create unique table",
        "alter table x add y int",
        "drop table x",
        "reindex table t",
        "discard plans",
        "savepoint x",
        "release x",
        "set transaction read only",
        "(begin)",
        "/* begin",
    };
    size_t i;

    (void)state;
    for (i = 0; i < lengthof(yes); i++)
        if (!statement_manages_transaction(yes[i], 6))
            fail_msg("should go without BEGIN: %s", yes[i]);
    for (i = 0; i < lengthof(no); i++)
        if (statement_manages_transaction(no[i], 6))
            fail_msg("should get a BEGIN: %s", no[i]);
    assert_true(statement_is_select(" -- x\n( /* y */ (SELECT 1))", 6));
    assert_true(statement_is_select("values (1)", 6));
    assert_false(statement_is_select("with a as (select 1) select 1", 6));
    assert_false(statement_is_select("selection", 6));
    assert_false(statement_is_select("table x", 6));
}

static void irrevocable_statements(void **state)
{
    static const char *const yes[] = {
        "VACUUM",
        "vacuum (full) t",
        "CREATE DATABASE x",
        "drop database if exists x",
        "CREATE TABLESPACE x LOCATION '/'",
        "DROP TABLESPACE x",
        "create index concurrently i on t (a)",
        "CREATE /* x */ UNIQUE -- y\n INDEX CONCURRENTLY i on t(a)",
        "drop index concurrently i",
        "REINDEX TABLE CONCURRENTLY t",
        "reindex (verbose, concurrently) index i",
        "REINDEX (TABLESPACE x) DATABASE d",
        "reindex schema s",
        "reindex system d",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "DISCARD ALL",
        "PREPARE TRANSACTION 'x'",
        "COMMIT PREPARED 'x'",
        "ROLLBACK PREPARED 'x'",
        "CLUSTER",
        "cluster verbose",
        "cluster (verbose)",
        "ALTER TABLE ONLY s.t DETACH PARTITION p CONCURRENTLY",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
        "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
        "alter subscription s refresh publication with (copy_data = false)",
        "ALTER SUBSCRIPTION s SET PUBLICATION p",
        "DROP SUBSCRIPTION s",
        "ALTER DATABASE d SET TABLESPACE x",
        ";VACUUM",
    };
    static const char *const no[] = {
        "",
        "SELECT 'VACUUM'",
        "-- VACUUM",
        "ANALYZE",
        "CREATE TABLE vacuum_log (a int)",
        "CREATE INDEX i ON t (a)",
        "REINDEX TABLE t",
        "REINDEX TABLE schema",
        "reindex (verbose) index \"concurrently\"",
        "DISCARD TEMP",
        "PREPARE x AS SELECT 1",
        "COMMIT",
        "ROLLBACK TO x",
        "CLUSTER t",
        "cluster (verbose) t",
        "ALTER TABLE t DETACH PARTITION p",
        "ALTER TABLE t DETACH PARTITION p FINALIZE",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false)",
        "ALTER SUBSCRIPTION s DISABLE",
        "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
        "ALTER DATABASE d SET work_mem = '1MB'",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
        "CALL p()",
        "DO $$ BEGIN COMMIT; END $$",
    };
    static const char *const alone[] = {"VACUUM", "CALL p()", "do $$ begin Commit; end $$",
                                        "DO 'BEGIN CALL p(); END'"};
    static const char *const block[] = {"SELECT 1", "do $$ begin end $$",
                                        "INSERT INTO t SELECT 1"};

    (void)state;
    for (size_t i = 0; i < lengthof(yes); i++)
        if (!statement_irrevocable(yes[i], strlen(yes[i])))
            fail_msg("a rollback would not undo: %s", yes[i]);
    for (size_t i = 0; i < lengthof(no); i++)
        if (statement_irrevocable(no[i], strlen(no[i])))
            fail_msg("a rollback undoes: %s", no[i]);
    for (size_t i = 0; i < lengthof(alone); i++)
        assert_true(statement_needs_no_block(alone[i], strlen(alone[i])));
    for (size_t i = 0; i < lengthof(block); i++)
        assert_false(statement_needs_no_block(block[i], strlen(block[i])));
}

static void places_agree(void **state)
{
    StrBuf text = STRBUF_INIT;
    int i;

    (void)state;
    for (i = 0; i < ROUNDS / 10; i++) {
        TextPlace by_position, by_offset;
        size_t offset = 0;
        long position = 1;

        random_text(&text, i & 1);
        for (; offset < text.len; position++) {
            assert_true(text_locate(text.data, text.len, position, &by_position));
            text_place_at(text.data, text.len, offset, &by_offset);
            assert_memory_equal(&by_position, &by_offset, sizeof by_offset);
            offset += utf8_sequence((const unsigned char *)text.data + offset,
                                    text.len - offset);
        }
        assert_true(text_locate(text.data, text.len, position, &by_position));
        assert_false(text_locate(text.data, text.len, position + 1, &by_position));
    }
    strbuf_free(&text);
}

static void failed_files(void **state)
{
    static const struct {
        const char *message, *path;
    } cases[] = {
        {"[pgmi] Script failed: ./lib/api/a b.sql - it broke", "./lib/api/a b.sql"},
        {"[pgmi] Script failed: ./x.SQL - a.sql - b", "./x.SQL"},
        {"Failed in ./my file.sql: boom", "./my file.sql"},
        {"Failed in nothing, Failed in ./b.ddl: x", "./b.ddl"},
        {"Failed in .sql: x", NULL},
        {"Failed in ", NULL},
        {"", NULL},
    };
    size_t i;

    (void)state;
    for (i = 0; i < lengthof(cases); i++) {
        char *path = failed_file_in(cases[i].message);

        if (!path != !cases[i].path || (path && strcmp(path, cases[i].path) != 0))
            fail_msg("%s: got %s", cases[i].message, path ? path : "nothing");
        free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normalise_equals_naive),
        cmocka_unit_test(mask_equals_naive),
        cmocka_unit_test(normalise_appends),
        cmocka_unit_test(masks_and_hashes_differ_in_tags),
        cmocka_unit_test(statements_cover_the_text),
        cmocka_unit_test(units_cover_the_text),
        cmocka_unit_test(atomic_bodies),
        cmocka_unit_test(adjacent_macros),
        cmocka_unit_test(substituted_arguments),
        cmocka_unit_test(macro_errors),
        cmocka_unit_test(expansion),
        cmocka_unit_test(macros_stand_in_their_text),
        cmocka_unit_test(block_comments),
        cmocka_unit_test(kinds),
        cmocka_unit_test(statements_without_begin),
        cmocka_unit_test(irrevocable_statements),
        cmocka_unit_test(places_agree),
        cmocka_unit_test(failed_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
