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

/* ---- the path of the file that a statement runs ------------------------------------------------ */

typedef struct Search {
    size_t left; /* statements still to be passed */
    char *path;
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
    static const char *const words[] = {UNGUARDED, TIMED};
    Search *search = ctx;

    if (search->left-- > 0)
        return true;
    for (size_t i = 0; i < lengthof(words); i++) {
        size_t len = strlen(words[i]);

        if (end - start > len && strncmp(text + start, words[i], len) == 0)
            search->path = literal(text + start + len, text + end);
    }
    return false;
}

char *deploy_suite_path(const char *text, size_t len, size_t statements_before)
{
    Search search = {statements_before, NULL};

    script_each_statement(text, len, find_statement, &search);
    return search.path;
}
