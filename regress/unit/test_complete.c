/*
 * test_complete.c — completion's engine without a terminal or a server: words, patterns, offers,
 * tables of a statement; what the history masks; the history file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/shell/complete.h"
#include "../../src/shell/editing.h"

/* ---- words ------------------------------------------------------------------------------- */

static char *joined(const StrList *list)
{
    StrBuf out = STRBUF_INIT;

    for (size_t i = 0; i < list->len; i++) {
        if (i)
            strbuf_addc(&out, ' ');
        strbuf_add(&out, list->items[i]);
    }
    return strbuf_detach(&out);
}

static void check_words(const char *text, WordPlace place, const char *words,
                        const char *current)
{
    Words found;
    char *list;

    words_scan(text, strlen(text), &found);
    words_fold_lists(&found.list);
    list = joined(&found.list);
    assert_string_equal(list, words);
    assert_string_equal(found.current, current);
    assert_int_equal(found.place, place);
    assert_int_equal(found.start, strlen(text) - strlen(current));
    free(list);
    words_free(&found);
}

static void test_words(void **state)
{
    (void)state;
    check_words("", PLACE_SQL, "", "");
    check_words("sel", PLACE_SQL, "", "sel");
    check_words("select ", PLACE_SQL, "select", "");
    check_words("select a.\"b c\".d, e fr", PLACE_SQL, "select e", "fr");
    check_words("select f(1, (2)) from t", PLACE_SQL, "select f () from", "t");
    check_words("insert into t (a, b", PLACE_SQL, "insert into t ( a ,", "b");
    check_words("create table t (a int, b te", PLACE_SQL, "create table t ( b", "te");
    check_words("drop table a, b,", PLACE_SQL, "drop table b ,", "");
    check_words("select 1; drop ", PLACE_SQL, "drop", "");
    check_words("select 'it''s' x", PLACE_SQL, "select 'it''s'", "x");
    check_words("copy t from '/tmp/x", PLACE_STRING, "copy t from", "'/tmp/x");
    check_words("select /* a 'b */ 1 -- c\n from ", PLACE_SQL, "select 1 from", "");
    check_words("select /* a", PLACE_NOWHERE, "select", "");
    check_words("select -- a", PLACE_NOWHERE, "select", "");
    check_words("select :na", PLACE_VARIABLE, "select", ":na");
    check_words("select :'na", PLACE_VARIABLE, "select", ":'na");
    check_words("select x::te", PLACE_SQL, "select x ::", "te");
    check_words("select 1 \\g fi", PLACE_SLASH, "select 1", "\\g fi");
    check_words("select 1 \\; select ", PLACE_SQL, "select", "");
    check_words("do $$ begin if x then update ", PLACE_SQL, "update", "");
    check_words("select $x$ a $x$ fr", PLACE_SQL, "select $x$ a $x$", "fr");
    check_words("update t set a = 1, ", PLACE_SQL, "update t set a = 1 ,", "");
    check_words("select )) a", PLACE_SQL, "select", "a");
}

/* Nothing that was ever typed may break the scanner. */
static void test_any_bytes(void **state)
{
    static const char bytes[] = "a'\"$(),;:\\/*-. \n{?E\x80\xff";
    unsigned seed = 1;
    char text[40];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        Words words;
        size_t len = 0;

        for (; len < sizeof text - 1; len++) {
            seed = seed * 1103515245u + 12345u;
            text[len] = bytes[(seed >> 16) % (sizeof bytes - 1)];
        }
        text[len] = '\0';
        words_scan(text, len, &words);
        words_fold_lists(&words.list);
        assert_true(words.start <= len);
        assert_int_equal(strlen(words.current), len - words.start);
        words_free(&words);
    }
}

/* ---- patterns ------------------------------------------------------------------------------- */

static bool matches(const char *pattern, const char *text, bool exact, char **captured)
{
    char *line = xasprintf("%s ", text);
    const char *word = NULL;
    Words words;
    bool found;

    words_scan(line, strlen(line), &words);
    words_fold_lists(&words.list);
    found = rule_matches(pattern, &words.list, words.list.len, exact, &word);
    if (captured)
        *captured = xstrdup_null(word);
    words_free(&words);
    free(line);
    return found;
}

static void test_patterns(void **state)
{
    char *captured;

    (void)state;
    assert_true(matches("^ DROP TABLE", "drop table", false, NULL));
    assert_false(matches("^ DROP TABLE", "explain drop table", false, NULL));
    assert_true(matches("DROP TABLE", "explain drop table", false, NULL));
    assert_true(matches("^ DROP TABLE|VIEW _", "drop view v", false, NULL));
    assert_false(matches("^ DROP TABLE|VIEW _", "drop view", false, NULL));
    assert_true(matches("^ DROP TABLE [IF EXISTS] _", "drop table t", false, NULL));
    assert_true(matches("^ DROP TABLE [IF EXISTS] _", "drop table if exists t", false, NULL));
    assert_false(
        matches("^ DROP TABLE [IF EXISTS] _", "drop table if exists t x", false, NULL));
    assert_true(matches("^ A [B] [C D] E", "a c d e", false, NULL));
    assert_true(matches("^ GRANT ... ON", "grant select , insert ( a , b ) on", false, NULL));
    assert_true(matches("^ A ... Z", "a z", false, NULL));
    assert_false(matches("^ A ...", "a b ,", false, NULL));
    assert_true(matches("^ UPDATE !ONLY", "update t", false, NULL));
    assert_false(matches("^ UPDATE !ONLY", "update only", false, NULL));
    assert_true(matches("FROM... ,", "select x from a b ,", false, NULL));
    assert_false(matches("FROM... ,", "select x from a where b ,", false, NULL));
    assert_true(matches("WHERE...", "select x from a where b = c", false, NULL));
    assert_true(matches("^ VACUUM (", "vacuum (", false, NULL));
    assert_true(matches("^ VACUUM ()", "vacuum (full)", false, NULL));
    assert_true(matches("^ dA", "dA", true, NULL));
    assert_false(matches("^ dA", "da", true, NULL));
    assert_true(
        matches("^ ALTER TABLE @ DROP", "alter table s.\"T 1\" drop", false, &captured));
    assert_string_equal(captured, "s.\"T 1\"");
    free(captured);
}

/* ---- offers without a server --------------------------------------------------------------------- */

static void check_offers(CompCase comp_case, const char *query, const char *line,
                         const char *expected)
{
    Shell shell = {.set.comp_case = comp_case};
    Completion completion = {0};
    char *list;

    complete_text(&shell, query, line, strlen(line), &completion);
    strlist_sort(&completion.matches);
    list = joined(&completion.matches);
    assert_string_equal(list, expected);
    free(list);
    completion_free(&completion);
}

static void test_offers(void **state)
{
    (void)state;
    check_offers(COMP_PRESERVE_UPPER, "", "sel", "select");
    check_offers(COMP_PRESERVE_UPPER, "", "SEL", "SELECT");
    check_offers(COMP_UPPER, "", "sel", "SELECT");
    check_offers(COMP_LOWER, "", "SEL", "select");
    check_offers(COMP_PRESERVE_LOWER, "", "drop ta", "table tablespace");
    check_offers(COMP_PRESERVE_LOWER, "", "start ", "transaction");
    check_offers(COMP_PRESERVE_UPPER, "", "start ", "TRANSACTION");
    check_offers(COMP_UPPER, "create table t\n(a int)", "inh", "INHERITS (");
    check_offers(COMP_UPPER, "", "drop table if ", "EXISTS");
    check_offers(COMP_UPPER, "", "select a from t order ", "BY");
    check_offers(COMP_UPPER, "", "select a from t left outer ", "JOIN");
    check_offers(COMP_UPPER, "", "set transaction isolation level ",
                 "READ REPEATABLE READ SERIALIZABLE");
    check_offers(COMP_UPPER, "", "explain (analyze, f", "FORMAT");
    check_offers(COMP_UPPER, "", "nosuchstatement ", "");
    check_offers(COMP_UPPER, "", "\\pset pager ", "always off on");
    check_offers(COMP_UPPER, "", "\\echo x \\pset pager a", "always");
    check_offers(COMP_UPPER, "", "\\h drop own", "OWNED");
}

/* Every row is well formed: brackets close, a source is known or special. */
static void test_rows(void **state)
{
    static const CompleteRule *const tables[] = {complete_rules_create, complete_rules_alter,
                                                 complete_rules_drop, complete_rules_misc,
                                                 complete_rules_query};
    size_t count = 0;

    (void)state;
    for (size_t t = 0; t < lengthof(tables); t++) {
        for (const CompleteRule *rule = tables[t]; rule->when; rule++, count++) {
            int depth = 0;

            for (const char *p = rule->when; *p; p++) {
                depth += (*p == '[') - (*p == ']');
                assert_in_range(depth, 0, 1);
            }
            assert_int_equal(depth, 0);
            assert_null(strstr(rule->when, "  "));
            assert_null(strstr(rule->offer, ",,"));
            for (const char *p = strchr(rule->offer, '@'); p; p = strchr(p + 1, '@')) {
                char *name = xstrndup(p + 1, strcspn(p + 1, ", "));

                if (!complete_source_known(name))
                    fail_msg("\"%s\": no source \"%s\"", rule->when, name);
                free(name);
            }
        }
    }
    assert_true(count > 900);
}

static void test_tables(void **state)
{
    static const char text[] =
        "SELECT x FROM a, s.b AS c JOIN LATERAL d e ON true WHERE EXISTS "
        "(SELECT FROM hidden) ";
    NamedTables tables = {0};
    Words words;

    (void)state;
    words_scan(text, strlen(text), &words);
    named_tables_find(&words.list, &tables);
    assert_int_equal(tables.len, 3);
    assert_string_equal(tables.items[0].name, "a");
    assert_null(tables.items[0].alias);
    assert_string_equal(tables.items[1].name, "s.b");
    assert_string_equal(tables.items[1].alias, "c");
    assert_string_equal(tables.items[2].name, "d");
    assert_string_equal(tables.items[2].alias, "e");
    named_tables_free(&tables);
    words_free(&words);
}

static void test_identifiers(void **state)
{
    static const struct {
        const char *text, *schema, *name;
        bool quoted;
    } cases[] = {
        {"Abc", NULL, "abc", false},  {"\"Abc", NULL, "Abc", true},
        {"S.Abc", "s", "abc", false}, {"\"a.b\".\"c\"\"d\"", "a.b", "c\"d", true},
        {"db.s.t", "s", "t", false},  {"s.", "s", "", false},
        {"", NULL, "", false},        {"..", "", "", false},
    };

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++) {
        char *schema, *name;
        bool quoted;

        split_identifier(cases[i].text, &schema, &name, &quoted);
        if (cases[i].schema)
            assert_string_equal(schema, cases[i].schema);
        else
            assert_null(schema);
        assert_string_equal(name, cases[i].name);
        assert_int_equal(quoted, cases[i].quoted);
        free(schema);
        free(name);
    }
}

/* ---- history ------------------------------------------------------------------------------------------ */

static void test_masks(void **state)
{
    static const struct {
        const char *entry, *kept;
    } cases[] = {
        {"SELECT 'a=b';", "SELECT 'a=b';"},
        {"\\pgmi load dir k=v", "\\pgmi load dir k=***"},
        {"\\pgmi load dir k='a b' l=\"c d\" m", "\\pgmi load dir k=*** l=*** m"},
        {"\\pgmi  load 'k=it\\'s open", "\\pgmi  load 'k=***"},
        {"\\pgmi set k v w", "\\pgmi set k *** ***"},
        {"\\pgmi set k=v", "\\pgmi set k=***"},
        {"\\pgmi settle k v", "\\pgmi settle k v"},
        {"SELECT 1 \\g\n\\pgmi set k v\nSELECT 2", "SELECT 1 \\g\n\\pgmi set k ***\nSELECT 2"},
        {"\\password", "\\password"},
        {"  \\password bob secret", "  \\password bob"},
        {"SELECT '\\password bob secret'", "SELECT '\\password bob secret'"},
    };

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++) {
        char *kept = history_masked(cases[i].entry);

        assert_string_equal(kept, cases[i].kept);
        free(kept);
    }
}

static void append(const char *path, const char *a, const char *b, int max)
{
    StrList entries = STRLIST_INIT;

    if (a)
        strlist_add(&entries, a);
    if (b)
        strlist_add(&entries, b);
    assert_true(history_file_append(path, &entries, max));
    strlist_free(&entries);
}

static void check_file(const char *path, const char *text, const char *entries)
{
    StrBuf raw = STRBUF_INIT;
    StrList list = STRLIST_INIT;
    char *found;

    assert_true(strbuf_read_file(&raw, path));
    assert_string_equal(raw.data, text);
    history_file_read(path, &list);
    found = joined(&list);
    assert_string_equal(found, entries);
    free(found);
    strlist_free(&list);
    strbuf_free(&raw);
}

static void test_history_file(void **state)
{
    static const char vis[] = "_HiStOrY_V2_\na\\040b\n\\^A\\134\n";
    char path[] = "/tmp/pgmish-history-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    append(path, "a\nb", "c", -1);
    check_file(path, "a\001b\nc\n", "a\nb c");
    append(path, "d", NULL, 2);
    check_file(path, "c\nd\n", "c d");
    append(path, "e", "f", 1);
    check_file(path, "f\n", "f");
    append(path, NULL, NULL, 0);
    check_file(path, "", "");
    assert_int_equal(pwrite(fd, vis, strlen(vis), 0), strlen(vis));
    check_file(path, vis, "a b \n\\");
    append(path, "x y", NULL, 2);
    check_file(path, "_HiStOrY_V2_\n\\^A\\134\nx\\040y\n", "\n\\ x y");
    close(fd);
    unlink(path);
    assert_false(history_file_append("/nowhere/history", &(StrList)STRLIST_INIT, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_patterns),     cmocka_unit_test(test_offers),
        cmocka_unit_test(test_rows),         cmocka_unit_test(test_tables),
        cmocka_unit_test(test_identifiers),  cmocka_unit_test(test_masks),
        cmocka_unit_test(test_history_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
