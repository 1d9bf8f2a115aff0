/*
 * fetch_count.c — FETCH_COUNT: a query through a cursor, printed fetch by fetch.
 *
 * psql 15 declares _psql_cursor and fetches so many rows at a time.  libpq's single-row mode would
 * be simpler, but the cursor can be seen: the planner prefers fast-start plans for it, so rows may
 * come in another order; pg_cursors shows it; notices of a query come between the chunks; SELECT
 * INTO is refused; error positions are one line further down.  PostgreSQL's own regression suite
 * under FETCH_COUNT shows each of these.
 */
#include "results.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Fetch {
    Shell *shell;
    const char *user_sql; /* for hints */
    int count;            /* rows a fetch */
    StrList names;        /* of the columns: the printer borrows them */
    PrintColumn *columns;
    Printer *printer;
    FILE *stream;   /* of \g, or the query output */
    bool unread;    /* nobody looks at the rows as they come */
    bool ahead;     /* the next fetch has been asked for */
    double elapsed; /* in the server and on the way, not printing */
} Fetch;

bool fetch_count_applies(const Shell *shell, const char *sql)
{
    return shell->set.fetch_count > 0 && !shell->gexec && !shell->crosstab &&
           statement_is_select(sql, shell->print.encoding);
}

/* PQexec on purpose: of a string with several statements the last result counts, and a COPY left
 * open is ended by the next command, as in psql. */
static PGresult *timed(Fetch *fetch, const char *sql)
{
    double started = monotonic_ms();
    PGresult *result = PQexec(fetch->shell->conn, sql);

    fetch->elapsed += monotonic_ms() - started;
    return result;
}

/* The rows of the fetch asked for ahead, or of one asked for now. */
static PGresult *fetched(Fetch *fetch, const char *sql)
{
    PGconn *conn = fetch->shell->conn;
    double started = monotonic_ms();
    PGresult *result = NULL, *next;

    if (!fetch->ahead)
        return timed(fetch, sql);
    fetch->ahead = false;
    while ((next = PQgetResult(conn)) != NULL) {
        PQclear(result);
        result = next;
    }
    fetch->elapsed += monotonic_ms() - started;
    return result;
}

/*
 * The server may gather the next rows while these are printed.  Not where someone reads them who may
 * have seen enough, a person or a program behind a pipe, nor before a first chunk has found its way
 * out: what is never shown is not to be fetched.
 */
static bool nobody_stops_it(FILE *out)
{
    struct stat file;

    return fstat(fileno(out), &file) == 0 &&
           (S_ISREG(file.st_mode) || (S_ISCHR(file.st_mode) && !isatty(fileno(out))));
}

static void ask_ahead(Fetch *fetch, const char *sql)
{
    if (fetch->printer && fetch->unread && !ferror(fetch->stream))
        fetch->ahead = PQsendQuery(fetch->shell->conn, sql);
}

/* True when it is of the status that was wanted.  Prints what the server refused; says nothing
 * about another kind of success, as psql does not. */
static bool accepted(Fetch *fetch, const PGresult *result, ExecStatusType wanted,
                     const Outgoing *sent)
{
    Shell *shell = fetch->shell;
    ExecStatusType status = PQresultStatus(result);

    if (status == wanted)
        return true;
    if (status == PGRES_FATAL_ERROR || status == PGRES_NONFATAL_ERROR ||
        status == PGRES_BAD_RESPONSE) {
        const char *message = PQerrorMessage(shell->conn);

        if (*message)
            log_info(&shell->log, "%s", message);
        sent_report_place(shell, result, sent, -1);
        road_hint(shell, fetch->user_sql, result);
        shell_check_connection(shell);
    }
    return false;
}

static bool command(Fetch *fetch, const char *sql)
{
    PGresult *result = timed(fetch, sql);
    bool ok = accepted(fetch, result, PGRES_COMMAND_OK, &(Outgoing){.sql = fetch->user_sql});

    results_clear_or_save(fetch->shell, result);
    return ok;
}

static bool declare(Fetch *fetch, const char *sql)
{
    static const char head[] = "DECLARE _psql_cursor NO SCROLL CURSOR FOR\n";
    char *text = xasprintf("%s%s", head, sql);
    MacroSpan span = {0, sizeof(head) - 1, 0, 0}; /* stands for nothing of the user's */
    Outgoing sent = {.sql = text, .spans = &span, .span_count = 1};
    PGresult *result = timed(fetch, text);
    bool ok = accepted(fetch, result, PGRES_COMMAND_OK, &sent);

    if (!ok)
        results_set_variables(fetch->shell, result, false);
    results_clear_or_save(fetch->shell, result);
    free(text);
    return ok;
}

static void begin_table(Fetch *fetch, const PGresult *result)
{
    Shell *shell = fetch->shell;
    PrintTarget target = shell_print_target(shell);
    int count = PQnfields(result);

    for (int i = 0; i < count; i++)
        strlist_add(&fetch->names, PQfname(result, i));
    fetch->columns = xcalloc((size_t)count, sizeof(PrintColumn));
    for (int i = 0; i < count; i++)
        fetch->columns[i] = (PrintColumn){fetch->names.items[i],
                                          print_type_is_right(PQftype(result, i))};
    target.out = fetch->stream;
    target.may_page = fetch->stream == stdout;
    fetch->printer = print_begin(&shell->print, &target, fetch->columns, count);
}

/* Prints the rows of one fetch; true when there may be more and someone still wants them. */
static bool print_fetch(Fetch *fetch, PGresult *result, const char *sql)
{
    int rows = PQntuples(result);
    bool more = rows >= fetch->count;

    if (more)
        ask_ahead(fetch, sql);
    if (!fetch->printer)
        begin_table(fetch, result);
    for (int row = 0; row < rows; row++)
        print_row(fetch->printer, result, row);
    PQclear(result); /* the printer has its own copy, and formatting wants memory */
    return more && print_chunk(fetch->printer);
}

static void set_success(Shell *shell, uint64_t rows)
{
    char number[24];

    snprintf(number, sizeof(number), "%llu", (unsigned long long)rows);
    var_set(shell->vars, "ERROR", "false");
    var_set(shell->vars, "SQLSTATE", "00000");
    var_set(shell->vars, "ROW_COUNT", number);
}

/* \gset looks at two rows: enough to see that there are too many. */
static bool gset_fetch(Fetch *fetch, PGresult *result)
{
    bool ok = special_gset(fetch->shell, result);

    results_clear_or_save(fetch->shell, result);
    if (ok)
        set_success(fetch->shell, 0);
    return ok;
}

static bool fetch_all(Fetch *fetch)
{
    Shell *shell = fetch->shell;
    char sql[64];
    bool more = true;

    snprintf(sql, sizeof(sql), "FETCH FORWARD %d FROM _psql_cursor", fetch->count);
    while (more || fetch->ahead) {
        PGresult *result = fetched(fetch, sql);

        if (PQresultStatus(result) != PGRES_TUPLES_OK) {
            /* the pager goes before the message comes */
            if (fetch->printer)
                print_abandon(fetch->printer);
            fetch->printer = NULL;
            accepted(fetch, result, PGRES_TUPLES_OK, &(Outgoing){.sql = fetch->user_sql});
            results_set_variables(shell, result, false);
            results_clear_or_save(shell, result);
            return false;
        }
        if (shell->gset_prefix)
            return gset_fetch(fetch, result);
        if (more)
            more = print_fetch(fetch, result, sql);
        else
            PQclear(result); /* asked for before the output failed */
    }
    set_success(shell, print_rows(fetch->printer));
    print_end(fetch->printer);
    fetch->printer = NULL;
    return true;
}

/* Between DECLARE and CLOSE: opens where the rows go, and closes it before anything else is sent. */
static bool show_rows(Fetch *fetch)
{
    Shell *shell = fetch->shell;
    FILE *target = NULL;
    bool is_pipe = false, ok;

    if (shell->g_target && !shell_open_output(shell, shell->g_target, &target, &is_pipe))
        return false;
    fetch->stream = target ? target : shell->out;
    fetch->unread = nobody_stops_it(fetch->stream);
    clearerr(fetch->stream);
    ok = fetch_all(fetch);
    shell_close_output(shell, target, is_pipe);
    return ok;
}

bool fetch_count_run(Shell *shell, const char *sql, const char *user_sql, double *elapsed_ms)
{
    Fetch fetch = {.shell = shell,
                   .names = STRLIST_INIT,
                   .user_sql = user_sql,
                   .count = shell->gset_prefix ? 2 : shell->set.fetch_count};
    bool own_block = PQtransactionStatus(shell->conn) == PQTRANS_IDLE, ok;

    if (own_block && !command(&fetch, "BEGIN"))
        return false;
    ok = declare(&fetch, sql) && show_rows(&fetch);
    if (shell->conn && shell->exit_now < 0) {
        /* after a failure it only bleats about the aborted transaction */
        if (ok)
            ok = command(&fetch, "CLOSE _psql_cursor");
        else
            PQclear(timed(&fetch, "CLOSE _psql_cursor"));
    }
    if (shell->conn && shell->exit_now < 0 && own_block)
        ok = command(&fetch, ok ? "COMMIT" : "ROLLBACK") && ok;
    free(fetch.columns);
    strlist_free(&fetch.names);
    *elapsed_ms = fetch.elapsed;
    return ok;
}
