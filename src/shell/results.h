/*
 * results.h — collecting and showing the results of one message.  Private to src/shell.
 */
#ifndef PGMISH_RESULTS_H
#define PGMISH_RESULTS_H

#include "road.h"

/* Sends out->text and shows every result.  *elapsed_ms gets the client-side time.
 * *savepoint_gone becomes true when the user's commands ended the rollback savepoint.
 * Returns false when anything failed. */
bool results_run(Shell *shell, Outgoing *out, const char *user_sql, double *elapsed_ms,
                 bool *savepoint_gone);
/* Shows one finished result as the last one of a message (one-shot requests included). */
bool results_show(Shell *shell, PGresult *result);
/* ERROR, SQLSTATE, ROW_COUNT, LAST_ERROR_*. */
void results_set_variables(Shell *shell, const PGresult *result, bool success);
/* The place of an error of what was sent, behind `done` results; done -1: it is not known. */
void sent_report_place(Shell *shell, const PGresult *error, const Outgoing *out, long done);
/* The place of a macro's call at this byte of the statement, which could not be expanded. */
void sent_report_call(Shell *shell, const char *message, size_t offset);
/* Keeps an error for \errverbose, frees anything else. */
void results_clear_or_save(Shell *shell, PGresult *result);

/* The query as the extended protocol sends it (extended.c); only with shell->send_mode set. */
bool extended_send(Shell *shell, const char *sql);

/* FETCH_COUNT (fetch_count.c): does it hold for this query; runs it through a cursor.  False when
 * anything failed. */
bool fetch_count_applies(const Shell *shell, const char *sql);
bool fetch_count_run(Shell *shell, const char *sql, const char *user_sql, double *elapsed_ms);

/* one-shot requests, in special.c */
bool special_gset(Shell *shell, const PGresult *result);
bool special_gexec(Shell *shell, const PGresult *result);
bool special_crosstab(Shell *shell, const PGresult *result, FILE *out);
bool special_gdesc(Shell *shell, const Outgoing *out, double *elapsed_ms);

/* Commands COPY ... FROM STDIN in a string, as psql counts them before it skips data. */
int copy_from_stdin_count(Shell *shell, const char *sql);

#endif
