/*
 * suite.c — takes a generated suite apart: which statement belongs to which fixture or test.
 *
 * The text is our own (pgmi_test_generate), so little of SQL need be known: statements end in a
 * semicolon outside quotes, quotes are doubled and never escaped by a backslash, since no path holds
 * one (contract D16).  A fixture, test or teardown begins with its savepoints and is named by its
 * first event; it ends with the event or the ROLLBACK TO of contract section 13.
 */
#include <stdlib.h>
#include <string.h>

#include "session_private.h"

#define RUN_CALL       "pg_temp.pgmi_run_test_source("
#define UNGUARDED_CALL "pg_temp._pgmi_run_unguarded("

void suite_free(Suite *suite)
{
    if (!suite)
        return;
    for (size_t i = 0; i < suite->step_count; i++) {
        free(suite->steps[i].path);
        free(suite->steps[i].directory);
        free(suite->steps[i].savepoint);
    }
    free(suite->steps);
    free(suite->statements);
    free(suite->text);
    free(suite);
}

/* ---- literals -------------------------------------------------------------------------------- */

/* Behind the quotation that begins at p, or the end of the text. */
static const char *skip_literal(const char *p)
{
    for (p++; *p; p++)
        if (*p == '\'' && *++p != '\'')
            return p;
    return p;
}

/* Owned value of the literal at *p, which moves on; NULL for the word NULL. */
static char *take_literal(const char **p)
{
    const char *end;
    StrBuf value = STRBUF_INIT;

    if (**p != '\'') {
        *p += strcspn(*p, ",)");
        return NULL;
    }
    end = skip_literal(*p);
    for (const char *from = *p + 1; from < end - 1; from++) {
        strbuf_addc(&value, *from);
        from += *from == '\'';
    }
    *p = end;
    return strbuf_detach(&value);
}

static const char *behind_comma(const char *p)
{
    p += strcspn(p, ",");
    return *p ? p + 1 + strspn(p + 1, " ") : p;
}

/* ---- statements -------------------------------------------------------------------------------- */

/* End of the statement that begins at p. */
static const char *statement_end(const char *p)
{
    if (strncmp(p, "DO ", 3) == 0)
        return p + strlen(p);
    while (*p && *p != ';')
        p = *p == '\'' ? skip_literal(p) : p + strcspn(p + 1, "';") + 1;
    return *p ? p + 1 : p;
}

static SuiteStep *open_step(Suite *suite)
{
    if (suite->step_count == suite->step_cap) {
        suite->step_cap = suite->step_cap ? 2 * suite->step_cap : 64;
        suite->steps = xrealloc(suite->steps, suite->step_cap * sizeof(SuiteStep));
    }
    suite->steps[suite->step_count] = (SuiteStep){.first = suite->count, .run = SIZE_MAX};
    return &suite->steps[suite->step_count++];
}

static bool starts(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

static void take_savepoint(SuiteStep *step, const char *name)
{
    free(step->savepoint);
    step->savepoint = xstrndup(name, strcspn(name, ";"));
}

/* ... ROW('event', path, directory, ...): names the step.  True: the event is its last statement. */
static bool take_event(SuiteStep *step, const char *statement, const char *end)
{
    static const char mark[] = "ROW('";
    const char *p = memmem(statement, (size_t)(end - statement), mark, sizeof(mark) - 1);
    char *event;
    bool last = false;

    if (!p)
        return true;
    p += sizeof(mark) - 2;
    event = take_literal(&p);
    p = behind_comma(p);
    if (!step->directory) {
        step->kind = starts(event, "fixture")    ? STEP_FIXTURE
                     : starts(event, "test")     ? STEP_TEST
                     : starts(event, "teardown") ? STEP_TEARDOWN
                                                 : STEP_SUITE;
        step->path = take_literal(&p);
        p = behind_comma(p);
        step->directory = take_literal(&p);
    }
    if (step->kind != STEP_TEST)
        last = step->kind == STEP_SUITE || strstr(event, "_end");
    free(event);
    return last;
}

/* Adds a statement to the open step.  True: the step is complete. */
static bool take_statement(SuiteStep *step, const char *statement, const char *end,
                           size_t number)
{
    if (starts(statement, "SAVEPOINT ")) {
        take_savepoint(step, statement + strlen("SAVEPOINT "));
    } else if (starts(statement, "ROLLBACK TO SAVEPOINT ")) {
        if (step->kind == STEP_TEST)
            take_savepoint(step, statement + strlen("ROLLBACK TO SAVEPOINT "));
        return step->kind == STEP_TEST;
    } else if (starts(statement, "SELECT " RUN_CALL)) {
        step->run = number;
    } else if (!starts(statement, "RELEASE ")) {
        return take_event(step, statement, end);
    }
    return false;
}

static SuiteStatement *add_statement(Suite *suite)
{
    if (suite->count == suite->cap) {
        suite->cap = suite->cap ? 2 * suite->cap : 256;
        suite->statements = xrealloc(suite->statements, suite->cap * sizeof(SuiteStatement));
    }
    return &suite->statements[suite->count++];
}

Suite *suite_parse(char *text)
{
    Suite *suite = xcalloc(1, sizeof(*suite));
    SuiteStep *step = NULL;
    const char *p = text + strspn(text, "\n ");

    suite->text = text;
    while (*p) {
        const char *end = statement_end(p);
        size_t number = suite->count;

        if (!step)
            step = open_step(suite);
        *add_statement(suite) = (SuiteStatement){.start = (size_t)(p - text),
                                                 .end = (size_t)(end - text),
                                                 .step = suite->step_count - 1};
        step->last = number;
        if (take_statement(step, p, end, number))
            step = NULL;
        p = end + strspn(end, "\n ");
    }
    for (size_t i = 0; i < suite->step_count; i++)
        if (!suite->steps[i].directory)
            suite->steps[i].directory = xstrdup("");
    return suite;
}

/* ---- what is sent ---------------------------------------------------------------------------------- */

void suite_statement(const Suite *suite, size_t i, unsigned flags, StrBuf *out)
{
    const SuiteStatement *at = &suite->statements[i];
    const char *text = suite->text + at->start;
    const char *end = suite->text + at->end;

    if (!flags || suite->steps[at->step].run != i) {
        strbuf_addn(out, text, (size_t)(end - text));
        return;
    }
    text += strlen("SELECT ");
    strbuf_add(out, flags & SUITE_TIMED ? "SELECT " SUITE_CLOCK ", " : "SELECT ");
    if (flags & SUITE_UNGUARDED) {
        strbuf_add(out, UNGUARDED_CALL);
        text += strlen(RUN_CALL);
    }
    strbuf_addn(out, text, (size_t)(end - 1 - text));
    strbuf_add(out, flags & SUITE_TIMED ? ", " SUITE_CLOCK ";" : ";");
}

/* A test whose events go to the default callback, as one statement.  False: it is none. */
static bool merged_test(const Suite *suite, const SuiteStep *step, size_t i, StrBuf *out)
{
    static const char event[] = "SELECT pg_temp.pgmi_test_callback(ROW('test_start', ";
    static const char tail[] = ", NULL)::pg_temp.pgmi_test_event);";
    const SuiteStatement *at = &suite->statements[i];
    const char *text = suite->text + at->start;
    size_t len = at->end - at->start;

    if (step->kind != STEP_TEST || i + 1 != step->run || !starts(text, event))
        return false;
    text += sizeof(event) - 1;
    len -= sizeof(event) - 1 + sizeof(tail) - 1;
    strbuf_add(out, "SELECT " SUITE_RUN_TEST "(");
    strbuf_addn(out, text, len);
    strbuf_add(out, ");");
    return true;
}

void suite_text(const Suite *suite, unsigned flags, StrBuf *out)
{
    if (!suite->count)
        strbuf_add(out, suite->text); /* blanks, where tests were to be left out */
    for (size_t i = 0; i < suite->count; i++) {
        const SuiteStep *step = &suite->steps[suite->statements[i].step];

        if (i)
            strbuf_addc(out, '\n');
        if (flags == SUITE_UNGUARDED && merged_test(suite, step, i, out))
            i = step->last - 1; /* only the ROLLBACK TO is left */
        else
            suite_statement(suite, i, flags, out);
    }
}

/* Microseconds; what timestamptz_send gives is 64 bits in network order. */
static bool read_clock(const PGresult *row, int column, int64_t *clock)
{
    size_t len = 0;
    unsigned char *bytes = PQunescapeBytea((const unsigned char *)PQgetvalue(row, 0, column),
                                           &len);
    uint64_t value = 0;

    for (size_t i = 0; bytes && i < len && i < 8; i++)
        value = value << 8 | bytes[i];
    PQfreemem(bytes);
    *clock = (int64_t)value;
    return len == 8;
}

double suite_duration(const PGresult *row)
{
    int64_t before, after;

    if (PQnfields(row) != 3 || PQntuples(row) != 1 || !read_clock(row, 0, &before) ||
        !read_clock(row, 2, &after))
        return -1;
    return after > before ? (double)(after - before) / 1000 : 0;
}

size_t suite_teardown(const Suite *suite, size_t i)
{
    const char *directory = suite->steps[i].directory;

    for (i++; i + 1 < suite->step_count; i++)
        if (suite->steps[i].kind == STEP_TEARDOWN &&
            strcmp(suite->steps[i].directory, directory) == 0)
            break;
    return i;
}
