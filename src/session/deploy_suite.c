/*
 * deploy_suite.c — the generated test suite inside a deployment.
 *
 * pgmi_run_test_source puts the file's path into the message of an error (contract G5), for which
 * it needs an exception handler, and so a subtransaction for every test.  Behind thousands of new tables
 * the end of a subtransaction costs the server more than a small test does, and the handler
 * destroys the error's position.  A deployment knows which statement of its message failed, so it
 * runs the files without the handler and puts the path in front of the message itself.
 */
#include <stdlib.h>
#include <string.h>

#include "deploy_private.h"
#include "session_private.h"

#define UNGUARDED "SELECT pg_temp._pgmi_run_unguarded("
#define TIMED     "SELECT " SUITE_CLOCK ", pg_temp._pgmi_run_unguarded("
#define MERGED    "SELECT " SUITE_RUN_TEST "("

/* ---- the path of the file that a statement runs ------------------------------------------------ */

typedef struct Search {
    size_t left; /* statements still to be passed */
    char *path;
    bool merged; /* the statement also sends events */
} Search;

/* The quoted literal at text, as the server's format(%L) writes it: no path holds a backslash. */
static char *literal(const char *text, const char *end)
{
    StrBuf path = STRBUF_INIT;

    if (text < end && *text == '\'')
        for (text++; text < end; text++) {
            if (*text == '\'' && (text + 1 >= end || *++text != '\''))
                return strbuf_detach(&path);
            strbuf_addc(&path, *text);
        }
    strbuf_free(&path);
    return NULL;
}

static bool find_statement(void *ctx, const char *text, size_t start, size_t end)
{
    static const char *const words[] = {UNGUARDED, TIMED, MERGED};
    Search *search = ctx;

    if (search->left-- > 0)
        return true;
    for (size_t i = 0; i < lengthof(words); i++) {
        size_t len = strlen(words[i]);

        if (end - start <= len || strncmp(text + start, words[i], len) != 0)
            continue;
        search->path = literal(text + start + len, text + end);
        search->merged = strcmp(words[i], MERGED) == 0;
    }
    return false;
}

/* Of a statement that sends events too: was it the file that failed?  The words of a context's line are
 * translated, the names in it are not. */
static bool failed_in_file(const PGresult *error)
{
    static const char frame[] = SUITE_RUN_TEST "(";
    const char *name = strchr(frame, '.'); /* the temporary schema has a number there */
    const char *hit = PQresultErrorField(error, PG_DIAG_CONTEXT), *last = NULL;

    for (; hit && (hit = strstr(hit, name)) != NULL; hit++)
        last = hit;
    return last && memmem(last, strcspn(last, "\n"), " EXECUTE", strlen(" EXECUTE"));
}

char *deploy_suite_path(const char *text, size_t len, size_t statements_before,
                        const PGresult *error)
{
    Search search = {.left = statements_before};

    script_each_statement(text, len, find_statement, &search);
    if (search.merged && !failed_in_file(error)) {
        free(search.path);
        return NULL;
    }
    return search.path;
}
