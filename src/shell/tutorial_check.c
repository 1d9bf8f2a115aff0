/*
 * tutorial_check.c — has the learner done it?  Conditions on the state of the shell, the server and
 * the files.
 *
 * They are looked at before every prompt, in whatever transaction the learner is in: a query runs
 * under a savepoint there, so that one that fails (the table is not there yet) neither aborts his
 * transaction nor shows.
 */
#include "pgmish/tutorial.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define SAVEPOINT_NAME "pgmish_tutorial"

static bool matches(const char *text, const char *pattern)
{
    regex_t regex;
    bool found;

    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE) != 0)
        return false;
    found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

static bool compares(const TutorialCondition *condition, const char *text)
{
    if (!text)
        return false;
    if (condition->compare == '=')
        return strcmp(text, condition->value) == 0;
    return condition->compare != '~' || matches(text, condition->value);
}

/* First value of a query; owned, NULL: it failed, or gave none. */
static char *ask(Shell *shell, const char *sql)
{
    PGTransactionStatusType status = PQtransactionStatus(shell->conn);
    bool in_block = status == PQTRANS_INTRANS;
    PGresult *result;
    char *value = NULL;

    if (!in_block && status != PQTRANS_IDLE)
        return NULL;
    if (in_block)
        PQclear(server_query(shell->conn, "SAVEPOINT " SAVEPOINT_NAME, 0, NULL));
    result = server_query(shell->conn, sql, 0, NULL);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) &&
        !PQgetisnull(result, 0, 0))
        value = xstrdup(PQgetvalue(result, 0, 0));
    PQclear(result);
    if (in_block)
        PQclear(server_query(shell->conn,
                             "ROLLBACK TO SAVEPOINT " SAVEPOINT_NAME
                             "; RELEASE SAVEPOINT " SAVEPOINT_NAME,
                             0, NULL));
    return value;
}

static bool query_gives(Shell *shell, const char *sql, const char *wanted)
{
    char *value = wanted ? ask(shell, sql) : NULL;
    bool same = value && strcmp(value, wanted) == 0;

    free(value);
    return same;
}

static bool transaction_is(const Shell *shell, const char *state)
{
    switch (PQtransactionStatus(shell->conn)) {
    case PQTRANS_IDLE:
        return strcmp(state, "idle") == 0;
    case PQTRANS_INTRANS:
        return strcmp(state, "open") == 0;
    case PQTRANS_INERROR:
        return strcmp(state, "failed") == 0;
    default:
        return false;
    }
}

static bool file_matches(const TutorialCondition *condition)
{
    StrBuf text = STRBUF_INIT;
    bool found = strbuf_read_file(&text, condition->name) && compares(condition, text.data);

    strbuf_free(&text);
    return found;
}

static bool holds(Shell *shell, const TutorialCondition *condition)
{
    switch (condition->kind) {
    case TUTORIAL_VAR:
        return compares(condition, var_get(shell->vars, condition->name));
    case TUTORIAL_SAME:
        return query_gives(shell, condition->value, var_get(shell->vars, condition->name));
    case TUTORIAL_SQL:
        return query_gives(shell, condition->value, "t");
    case TUTORIAL_TXN:
        return transaction_is(shell, condition->name);
    case TUTORIAL_FILE:
        return file_matches(condition);
    }
    return false;
}

bool tutorial_done(Shell *shell, const TutorialStep *step)
{
    for (size_t i = 0; i < step->check_count; i++)
        if (!holds(shell, &step->checks[i]))
            return false;
    return true;
}

/* :NAME becomes the variable's value, as far as there is such a variable. */
static char *fill_in(const Shell *shell, const char *text)
{
    StrBuf out = STRBUF_INIT;

    while (*text) {
        size_t len = *text == ':' ? strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                                                     "abcdefghijklmnopqrstuvwxyz")
                                  : 0;
        char *name = xstrndup(text + 1, len);
        const char *value = len ? var_get(shell->vars, name) : NULL;

        free(name);
        if (value) {
            strbuf_add(&out, value);
            text += len + 1;
        } else {
            strbuf_addc(&out, *text++);
        }
    }
    return strbuf_detach(&out);
}

char *tutorial_remark(Shell *shell, const TutorialStep *step)
{
    for (size_t i = 0; i < step->wrong_count; i++)
        if (holds(shell, &step->wrongs[i]))
            return fill_in(shell, step->wrongs[i].remark);
    return NULL;
}
