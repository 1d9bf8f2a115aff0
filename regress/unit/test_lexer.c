/*
 * test_lexer.c — the shell's lexer: statements, variables, places, backslash arguments.  The
 * expectations were taken from psql 15.20; make check-oracle compares far more of them where
 * psql's scanner is installed as a library.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "pgmish/sql.h"

typedef struct World {
    Lexer *lexer;
    StrBuf query;
    StrBuf said;     /* warnings and errors, one per line */
    StrBuf commands; /* backquoted commands, one per line */
    bool inactive;
    uint64_t line;
} World;

static const char *const variables[][2] = {
    {"v", "value"},      {"two", "1; select 2"}, {"loop", "a :loop b"}, {"ping", ":pong 1"},
    {"pong", ":ping 2"}, {"echo", "\\echo a"},   {"open", "'it"},       {"empty", ""},
};

static char *world_variable(void *ctx, const char *name, VarQuote quote)
{
    (void)ctx;
    for (size_t i = 0; i < lengthof(variables); i++) {
        if (strcmp(name, variables[i][0]) != 0)
            continue;
        switch (quote) {
        case VAR_LITERAL:
            return xasprintf("'%s'", variables[i][1]);
        case VAR_IDENT:
            return xasprintf("\"%s\"", variables[i][1]);
        case VAR_SHELL:
            return xasprintf("{%s}", variables[i][1]);
        case VAR_PLAIN:
            return xstrdup(variables[i][1]);
        }
    }
    return NULL;
}

static bool world_active(void *ctx)
{
    return !((World *)ctx)->inactive;
}

static void world_say(void *ctx, const char *message)
{
    strbuf_addf(&((World *)ctx)->said, "%s\n", message);
}

static void world_run(void *ctx, const char *command, StrBuf *out)
{
    strbuf_addf(&((World *)ctx)->commands, "%s\n", command);
    strbuf_addf(out, "<%s>", command);
}

static int setup(void **state)
{
    World *world = xcalloc(1, sizeof(*world));
    LexerHooks hooks = {world_variable, world_active, world_say, world_say, world_run, world};

    world->lexer = lexer_new(&hooks);
    strbuf_init(&world->query);
    strbuf_init(&world->said);
    strbuf_init(&world->commands);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    World *world = *state;

    lexer_free(world->lexer);
    strbuf_free(&world->query);
    strbuf_free(&world->said);
    strbuf_free(&world->commands);
    free(world);
    return 0;
}

static void feed(World *world, const char *line, const char *encoding)
{
    lexer_feed(world->lexer, line, strlen(line), pg_char_to_encoding(encoding), true,
               ++world->line);
}

/*
 * Runs the lines through the lexer as the loop does and notes what comes out: statements as they
 * are, `\` and the whole rest of the line for a command, at the end what is open.
 */
static char *lex_in(World *world, const char *encoding, const char *const *lines)
{
    StrBuf out = STRBUF_INIT;
    LexOpen open = OPEN_NOTHING;
    LexResult result;

    for (; *lines; lines++) {
        if (world->query.len)
            strbuf_addc(&world->query, '\n');
        feed(world, *lines, encoding);
        while ((result = lexer_scan(world->lexer, &world->query, &open)) < LEX_INCOMPLETE) {
            char *name;

            if (result == LEX_SEMICOLON) {
                strbuf_addf(&out, "[%s]", world->query.data);
                strbuf_reset(&world->query);
                continue;
            }
            name = lexer_slash_command(world->lexer);
            strbuf_addf(&out, "\\%s", name);
            free(name);
            lexer_slash_end(world->lexer);
        }
        lexer_finish(world->lexer);
    }
    strbuf_addf(&out, "%s|%d", world->query.data, (int)open);
    return strbuf_detach(&out);
}

static void expect_lexed(World *world, const char *expected, const char *const *lines)
{
    char *got = lex_in(world, "UTF8", lines);

    assert_string_equal(got, expected);
    free(got);
    lexer_reset(world->lexer);
    strbuf_reset(&world->query);
}

#define LEX(world, expected, ...)                                                              \
    expect_lexed(world, expected, (const char *const[]){__VA_ARGS__, NULL})

static void test_statements(void **state)
{
    World *world = *state;

    LEX(world, "[select 1;][select 2;]|0", "select 1; select 2;");
    LEX(world, "[select ';' \";\" -- ;\n, $$;$$ /* ; /* ; */ ; */;]|0", "select ';' \";\" -- ;",
        ", $$;$$ /* ; /* ; */ ; */;");
    LEX(world, "[(;);][);]|0", "(;); );");
    LEX(world, "[a;b;]c:d|1", "a\\;b;c\\:d");
    LEX(world, "[/* kept */ 1;]|0", "-- dropped", " \t/* kept */ 1;");
}

static void test_what_is_open(void **state)
{
    World *world = *state;

    LEX(world, "select|1", "  -- dropped", "", "select");
    LEX(world, "|0", "   -- nothing");
    LEX(world, "/* a|2", "/* a");
    LEX(world, "'a|3", "'a");
    LEX(world, "E'a\\'|3", "E'a\\'");
    LEX(world, "\"a|4", "\"a");
    LEX(world, "$x$ $y$|5", "$x$ $y$");
    LEX(world, "((a)|6", "((a)");
    LEX(world, "create function f() begin atomic;|1", "create function f() begin atomic;");
}

static void test_dollar_quotes(void **state)
{
    World *world = *state;

    LEX(world, "[a$b$;][$1$$ ; $$;]|0", "a$b$; $1$$ ; $$;");
    LEX(world, "[1e5$$;][1a$$;][$a b;]|0", "1e5$$; 1a$$; $a b;");
    LEX(world, "[$a$ $b$; $a$;]|0", "$a$ $b$; $a$;");
    LEX(world, "[1e+5$$;$$;]|0", "1e+5$$;$$;");
}

static void test_function_bodies(void **state)
{
    World *world = *state;

    LEX(world, "[create or replace function f() begin atomic; case when 1 end; end;]|0",
        "create or replace function f() begin atomic; case when 1 end; end;");
    LEX(world, "[create procedure p() begin atomic select 1; end;][begin;]|0",
        "create procedure p() begin atomic select 1; end; begin;");
    LEX(world, "[create table begin;][end;]|0", "create table begin; end;");
    LEX(world, "[create function f(begin) return 1;]|0", "create function f(begin) return 1;");
}

static void test_strings(void **state)
{
    World *world = *state;

    LEX(world, "['a\\';]|0", "'a\\';");
    LEX(world, "[e'\\';';]|0", "e'\\';';");
    LEX(world, "[b'1'';';]|0", "b'1'';';");
    LEX(world, "[e'a'\n 'b\\';';]|0", "e'a'\n 'b\\';';");
    LEX(world, "[e'a'\n 'b\\';]';|3", "e'a'", " 'b\\';';");
}

static void test_variables(void **state)
{
    World *world = *state;

    LEX(world, "[value 'value' \"value\" TRUE FALSE;]|0", ":v :'v' :\"v\" :{?v} :{?nosuch};");
    LEX(world, "[a::v, :nosuch, ':v', \":v\", $$:v$$ /*:v*/;]|0",
        "a::v, :nosuch, ':v', \":v\", $$:v$$ /*:v*/;");
    LEX(world, "[select 1;][select 2+1;]|0", "select :two+1;");
    LEX(world, "\\echoselect  a b|1", "select :echo b");
    LEX(world, "select 'it; '|1", "select :open; '");
    LEX(world, ":'v :\"v :{?v :{|3", ":'v :\"v :{?v :{");
    assert_string_equal(world->said.data, "");
    LEX(world, "[a :loop b;]|0", ":loop;");
    LEX(world, "[:ping 2 1;]|0", ":ping;");
    assert_string_equal(world->said.data,
                        "skipping recursive expansion of variable \"loop\"\n"
                        "skipping recursive expansion of variable \"ping\"\n");
    world->inactive = true;
    LEX(world, "[:v :'v' FALSE;]|0", ":v :'v' :{?v};");
}

/* In SJIS and BIG5 the second byte of a character may be a backslash. */
static void test_client_encodings(void **state)
{
    World *world = *state;
    char *got = lex_in(world, "SJIS", (const char *const[]){"'\x95\x5c' \x95\x5c;", NULL});

    assert_string_equal(got, "['\x95\x5c' \x95\x5c;]|0");
    free(got);
    got = lex_in(world, "UTF8", (const char *const[]){"\x95\x5c;", NULL});
    assert_string_equal(got, "\x95;|1");
    free(got);
}

static void test_copy_count(void **state)
{
    World *world = *state;
    LexerMark mark;

    LEX(world, "[copy t from stdin;]|0", "copy t from stdin;");
    assert_int_equal(lexer_count_copy_from_stdin(world->lexer), 0); /* reset by LEX */
    free(lex_in(world, "UTF8",
                (const char *const[]){"copy t(a, b) from stdin\\; select 1\\;", NULL}));
    mark = lexer_mark(world->lexer);
    assert_int_equal(lexer_count_copy_from_stdin(world->lexer), 1);
    free(lex_in(world, "UTF8", (const char *const[]){"copy a.b from stdin (", NULL}));
    assert_int_equal(lexer_count_copy_from_stdin(world->lexer), 2);
    assert_int_equal(lexer_mark(world->lexer).paren_depth, 1);
    lexer_restore(world->lexer, &mark);
    assert_int_equal(lexer_count_copy_from_stdin(world->lexer), 1);
    assert_int_equal(lexer_mark(world->lexer).paren_depth, 0);
}

/* ---- places ------------------------------------------------------------------------------------ */

static void expect_place(const World *world, size_t i, size_t offset, unsigned line,
                         size_t column, bool substituted)
{
    size_t count;
    const LexPlace *places = lexer_places(world->lexer, &count);

    assert_in_range(i, 0, count - 1);
    assert_int_equal(places[i].offset, offset);
    assert_int_equal(places[i].line, line);
    assert_int_equal(places[i].column, column);
    assert_int_equal(places[i].substituted, substituted);
}

static void test_places(void **state)
{
    World *world = *state;
    size_t count;

    free(lex_in(
        world, "UTF8",
        (const char *const[]){"select 0;", "", "  select 1,", "2, :v + :'v',", "3", NULL}));
    assert_string_equal(world->query.data, "select 1,\n2, value + 'value',\n3");
    expect_place(world, 0, 0, 3, 3, false);
    expect_place(world, 1, 13, 4, 4, true);
    expect_place(world, 2, 18, 4, 6, false);
    expect_place(world, 3, 21, 4, 9, true);
    expect_place(world, 4, 28, 4, 13, false);
    lexer_places(world->lexer, &count);
    assert_int_equal(count, 5);
}

/* A plain statement of many lines keeps one place; a fed text of several lines counts on. */
static void test_few_places(void **state)
{
    World *world = *state;
    size_t count;

    for (int i = 0; i < 1000; i++)
        free(lex_in(world, "UTF8", (const char *const[]){"a 'b", "c'", NULL}));
    lexer_places(world->lexer, &count);
    assert_int_equal(count, 1);
    lexer_reset(world->lexer);
    strbuf_reset(&world->query);
    world->line = 0;
    free(lex_in(world, "UTF8", (const char *const[]){"x;\n\n  y :nosuch", NULL}));
    expect_place(world, 0, 0, 3, 3, false);
}

/* ---- arguments ------------------------------------------------------------------------------------ */

/* All arguments of the line, each in brackets behind its quote character. */
static void expect_args(World *world, const char *line, SlashArg kind, bool strip,
                        const char *expected)
{
    StrBuf out = STRBUF_INIT;
    char *arg, quote;

    feed(world, line, "UTF8");
    while ((arg = lexer_slash_argument(world->lexer, kind, &quote, strip)) != NULL) {
        if (quote)
            strbuf_addc(&out, quote);
        strbuf_addf(&out, "[%s]", arg);
        free(arg);
    }
    assert_string_equal(out.data, expected);
    strbuf_free(&out);
}

static void test_arguments(void **state)
{
    World *world = *state;

    expect_args(world, " a  b;; 'c' ;", SLASH_NORMAL, false, "[a][b;;]'[c][;]");
    expect_args(world, " a;; b';;'", SLASH_NORMAL, true, "[a]'[b;;]");
    expect_args(world, " '' a\\b", SLASH_NORMAL, false, "'[][a]");
    expect_args(world, "'a''b\\n\\t\\101\\x42\\q\\'c'", SLASH_NORMAL, false, "'[a'b\n\tABq'c]");
    expect_args(world, "\"a \"\"b\" x\"y z\"", SLASH_NORMAL, false,
                "\"[\"a \"\"b\"]\"[x\"y z\"]");
    expect_args(world, ":v :'v' :\"v\" :{?v} :nosuch a:v;;", SLASH_NORMAL, true,
                ":[value]:['value']:[\"value\"][TRUE]:[:nosuch]:[avalue]");
    expect_args(world, "a | b \\c ", SLASH_WHOLE_LINE, false, "[a | b \\c ]");
    expect_args(world, " a 'b' ; ;", SLASH_WHOLE_LINE, true, "[a 'b']");
    expect_args(world, " |a \\ :v 'b", SLASH_FILEPIPE, true, "[|a \\ :v 'b]");
    expect_args(world, " a |b", SLASH_FILEPIPE, true, "[a][|b]");
    expect_args(world, "A\"B\"\"C\"D", SLASH_SQLID, false, "\"[aB\"Cd]");
    expect_args(world, "A\"B\"D", SLASH_SQLIDHACK, false, "\"[ABD]");
    assert_string_equal(world->said.data, "");
    expect_args(world, "a 'b", SLASH_NORMAL, false, "[a]");
    assert_string_equal(world->said.data, "unterminated quoted string\n");
}

static void test_backquotes(void **state)
{
    World *world = *state;

    expect_args(world, "`a :v :'v'`b", SLASH_NORMAL, false, "`[<a value {value}>b]");
    expect_args(world, "`x` :v :'v' :{?v}", SLASH_NO_EVAL, false, "`[x]:[:v]:[:'v'][FALSE]");
    world->inactive = true;
    expect_args(world, "`y`", SLASH_NORMAL, false, "`[y]");
    assert_string_equal(world->commands.data, "a value {value}\n");
}

/* Commands in mid-line; the value of a variable may begin one. */
static void test_commands(void **state)
{
    World *world = *state;

    LEX(world, "\\a[select 1;]\\b|0", "\\a\\\\ select 1;\\b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_statements, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_open, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dollar_quotes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_function_bodies, setup, teardown),
        cmocka_unit_test_setup_teardown(test_strings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_variables, setup, teardown),
        cmocka_unit_test_setup_teardown(test_client_encodings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_copy_count, setup, teardown),
        cmocka_unit_test_setup_teardown(test_places, setup, teardown),
        cmocka_unit_test_setup_teardown(test_few_places, setup, teardown),
        cmocka_unit_test_setup_teardown(test_arguments, setup, teardown),
        cmocka_unit_test_setup_teardown(test_backquotes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_commands, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
