/*
 * lexer_compare.c — runs our lexer and psql's own scanner (psql_scan of libpgfeutils, where
 * postgresql-server-dev is installed) over the same random lines and compares everything that
 * can be seen: results, query text, what is open, counters.  Optional: `make check-oracle`.
 *
 *   lexer_compare [SECONDS [SEED]]     random lines
 *   lexer_compare - < FILE             the lines of a file
 */
#include "pgmish/sql.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* PostgreSQL's headers redefine printf and friends; keep them away from ours. */
#define FRONTEND 1
#undef lengthof
#include "c.h"
#include "fe_utils/psqlscan.h"
#include "fe_utils/psqlscan_int.h"
#undef printf
#undef fprintf

enum { ENC_UTF8 = 6, ENC_SJIS = 35, ENC_BIG5 = 36 };

typedef struct Run {
    Lexer *ours;
    StrBuf query;
    PsqlScanState theirs;
    PQExpBuffer buffer;
    StrBuf log; /* the lines of this run, for the report */
    unsigned long lines;
    uint64_t number;
} Run;

/* Both sides see the same variables: r and s refer to themselves and each other. */
static const char *const variables[][2] = {
    {"v", "value"},  {"q", "'quo''ted'"}, {"semi", "a; b"},        {"e", ""},
    {"n", "1e"},     {"b", "begin"},      {"nl", "'a'\n 'b'"},     {"c", "/* x *"},
    {"d", "$t$ in"}, {"r", "x :s y"},     {"s", ":r z"},           {"bs", "\\echo hi"},
    {"o", "'open"},  {"p", "("},          {"dash", "-- c"},        {"ws", "  "},
    {"dd", "$"},     {"sq", "'x'"},       {"f", "create function"}};

static char *value_of(const char *name, int quote)
{
    size_t i;

    for (i = 0; i < lengthof(variables); i++) {
        if (strcmp(name, variables[i][0]) == 0)
            return quote ? xasprintf("<%d%s>", quote, name) : xstrdup(variables[i][1]);
    }
    return NULL;
}

static char *our_variable(void *ctx UNUSED, const char *name, VarQuote quote)
{
    return value_of(name, (int)quote);
}

static char *their_variable(const char *name, PsqlScanQuoteType quote, void *ctx UNUSED)
{
    return value_of(name, (int)quote);
}

static const PsqlScanCallbacks their_callbacks = {their_variable};

static void fail(const Run *run, const char *what)
{
    printf("differs: %s\n-- ours   [%s]\n-- theirs [%s]\n-- lines:\n%s\n", what,
           run->query.data, run->buffer->data, run->log.data);
    exit(1);
}

static void check(const Run *run, int our_result, int their_result, int our_open,
                  int their_open)
{
    const PsqlScanState theirs = run->theirs;
    LexerMark mark = lexer_mark(run->ours);

    if (our_result != their_result)
        fail(run, xasprintf("result %d, theirs %d", our_result, their_result));
    if (our_open != their_open)
        fail(run, xasprintf("open %d, theirs %d", our_open, their_open));
    if (strcmp(run->query.data, run->buffer->data) != 0)
        fail(run, "query text");
    if (lexer_in_quote(run->ours) != psql_scan_in_quote(theirs))
        fail(run, "in quote");
    if (mark.paren_depth != theirs->paren_depth || mark.begin_depth != theirs->begin_depth)
        fail(run, "parenthesis or BEGIN depth");
    if (mark.copy_count != theirs->copy_stdin_count ||
        mark.word_count != theirs->init_idents_count ||
        (mark.word_count && memcmp(mark.words, theirs->init_idents, sizeof(mark.words)) != 0))
        fail(run, xasprintf("%d words %.8s %d copies, theirs %d %.8s %d", mark.word_count,
                            mark.words, mark.copy_count, theirs->init_idents_count,
                            theirs->init_idents, theirs->copy_stdin_count));
}

static void reset(Run *run)
{
    lexer_reset(run->ours);
    psql_scan_reset(run->theirs);
    strbuf_reset(&run->query);
    resetPQExpBuffer(run->buffer);
    strbuf_reset(&run->log);
}

static void one_line(Run *run, const char *line, int encoding, bool std_strings, bool keep)
{
    int our_result, their_result;

    run->lines++;
    if (run->query.len) {
        strbuf_addc(&run->query, '\n');
        appendPQExpBufferChar(run->buffer, '\n');
    }
    strbuf_addf(&run->log, "%d %d %s\n", encoding, std_strings, line);
    lexer_feed(run->ours, line, strlen(line), encoding, std_strings, ++run->number);
    psql_scan_setup(run->theirs, line, (int)strlen(line), encoding, std_strings);
    do {
        static const int opens[] = {OPEN_NOTHING,      OPEN_STATEMENT,    OPEN_COMMENT,
                                    OPEN_SINGLE_QUOTE, OPEN_DOUBLE_QUOTE, OPEN_DOLLAR_QUOTE,
                                    OPEN_PAREN};
        LexOpen our_open;
        promptStatus_t prompt = PROMPT_READY;

        our_result = (int)lexer_scan(run->ours, &run->query, &our_open);
        their_result = (int)psql_scan(run->theirs, run->buffer, &prompt);
        check(run, our_result, their_result, (int)our_open, opens[prompt]);
        if (our_result == LEX_SEMICOLON && !keep) {
            if (lexer_count_copy_from_stdin(run->ours) !=
                psql_scan_count_copy_from_stdin(run->theirs))
                fail(run, "COPY FROM STDIN");
            lexer_reset(run->ours);
            psql_scan_reset(run->theirs);
            strbuf_reset(&run->query);
            resetPQExpBuffer(run->buffer);
        }
    } while (our_result == LEX_SEMICOLON || our_result == LEX_BACKSLASH);
    lexer_finish(run->ours);
    psql_scan_finish(run->theirs);
}

static void random_line(StrBuf *line)
{
    static const char *const pieces[] = {
        " ",      "  ",    "\n",   "\t",      "\r",       "\f",        "\v",       ";",
        ";",      "(",     ")",    "'",       "'",        "''",        "\"",       "\"\"",
        "\\",     "\\;",   "\\:",  "\\\\",    "\\'",      "$",         "$$",       "$t$",
        "$a",     "$1",    "-",    "--",      "/",        "*",         "/*",       "*/",
        ":",      "::",    ":=",   ":v",      ":'v'",     ":\"v\"",    ":{?v}",    ":{?zz}",
        ":'v",    ":{?v",  ":{",   ":zz",     ":q",       ":semi",     ":e",       ":n",
        ":b",     ":nl",   ":c",   ":d",      ":r",       ":s",        ":bs",      ":o",
        ":p",     ":dash", ":ws",  ":dd",     ":sq",      ":f",        "e'",       "E'",
        "b'",     "x'",    "n'",   "u&'",     "U&\"",     "u&",        "a",        "_x",
        "create", "or",    "case", "replace", "FUNCTION", "begin",     "BEGIN",    "end",
        "End",    "copy",  "from", "stdin",   "stdout",   "procedure", "1",        "1.5",
        "1..2",   ".5",    ".",    "..",      "1e5",      "1e+",       "1e-5",     "2.e",
        "+",      "*-",    "@",    "<>",      "\x83\\",   "\x95\x5c",  "\xc3\xa9", "\xff",
        ",",      "=",     "[",    "`",       "{",        "}",         "?",        "e"};
    int n = rand() % 14;

    strbuf_reset(line);
    while (n-- > 0)
        strbuf_add(line, pieces[(size_t)rand() % lengthof(pieces)]);
}

static void random_run(Run *run)
{
    static const int encodings[] = {ENC_UTF8, ENC_UTF8, ENC_SJIS, ENC_BIG5};
    int encoding = encodings[rand() % 4], lines = rand() % 6;
    bool std_strings = rand() % 4 != 0, keep = rand() % 4 == 0;
    StrBuf line = STRBUF_INIT;

    reset(run);
    if (rand() % 3 == 0)
        one_line(run, "create or replace function f() ", encoding, std_strings, keep);
    else if (rand() % 4 == 0)
        one_line(run, rand() % 2 ? "copy t " : "copy ", encoding, std_strings, keep);
    while (lines-- > 0) {
        random_line(&line);
        one_line(run, line.data, encoding, std_strings, keep);
    }
    strbuf_free(&line);
}

static void file_run(Run *run)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    while ((len = getline(&line, &cap, stdin)) >= 0) {
        if (len && line[len - 1] == '\n')
            line[len - 1] = '\0';
        strbuf_reset(&run->log);
        one_line(run, line, ENC_UTF8, true, false);
    }
    free(line);
}

int main(int argc, char **argv)
{
    LexerHooks hooks = {.variable = our_variable};
    Run run = {.ours = lexer_new(&hooks),
               .query = STRBUF_INIT,
               .theirs = psql_scan_create(&their_callbacks),
               .buffer = createPQExpBuffer(),
               .log = STRBUF_INIT};
    bool from_file = argc > 1 && strcmp(argv[1], "-") == 0;
    time_t until = time(NULL) + (argc > 1 ? atoi(argv[1]) : 10);

    /* psql's scanner warns about recursive variables there, thousands of times. */
    if (!freopen("/dev/null", "w", stderr))
        return 1;
    srand(argc > 2 ? (unsigned)atoi(argv[2]) : (unsigned)time(NULL));
    if (from_file)
        file_run(&run);
    else
        while (time(NULL) < until)
            random_run(&run);
    printf("%lu lines, no difference\n", run.lines);
    lexer_free(run.ours);
    strbuf_free(&run.query);
    strbuf_free(&run.log);
    psql_scan_destroy(run.theirs);
    destroyPQExpBuffer(run.buffer);
    return 0;
}
