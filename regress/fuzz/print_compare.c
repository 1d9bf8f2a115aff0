/*
 * print_compare.c — the printer behind a script: print_compare.py feeds the same options and
 * queries to this program and to psql and compares what they print, byte by byte.
 *
 * Standard input, one order per line, values in hexadecimal:
 *   S NAME [VALUE]   \pset NAME VALUE        R          psql's default options
 *   Q SQL            runs it, prints         F N SQL    the same in chunks of N rows
 *   X SQL A B C D    \crosstabview           E TEXT     prints TEXT and a newline
 */
#include <stdlib.h>
#include <string.h>

#include "pgmish/pset.h"

static char *unhex(const char *hex)
{
    size_t len = strlen(hex) / 2;
    char *text = xmalloc(len + 1);

    for (size_t i = 0; i < len; i++) {
        unsigned byte = 0;

        sscanf(hex + 2 * i, "%2x", &byte);
        text[i] = (char)byte;
    }
    text[len] = '\0';
    return text;
}

static PrintTarget target_of(Shell *shell)
{
    return (PrintTarget){.out = stdout, .may_page = true, .log = shell->log_file};
}

/* Rows one by one, as the shell feeds them; a chunk ends whenever it is full. */
static void print_fed(Shell *shell, const PGresult *result, int chunk)
{
    PrintTarget target = target_of(shell);
    int count = PQnfields(result), rows = PQntuples(result);
    PrintColumn *columns = xcalloc((size_t)count, sizeof(PrintColumn));
    Printer *printer;

    for (int i = 0; i < count; i++)
        columns[i] = (PrintColumn){PQfname(result, i), print_type_is_right(PQftype(result, i))};
    printer = print_begin(&shell->print, &target, columns, count);
    for (int row = 0; row < rows; row++) {
        print_row(printer, result, row);
        if ((row + 1) % chunk == 0)
            print_chunk(printer);
    }
    print_end(printer);
    free(columns);
}

static void run_query(Shell *shell, const char *hex, int chunk, char *const crosstab[4])
{
    PrintTarget target = target_of(shell);
    char *sql = unhex(hex);
    PGresult *result = PQexec(shell->conn, sql);
    Diag diag = DIAG_INIT;

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fprintf(stderr, "%s: %s", sql, PQerrorMessage(shell->conn));
    else if (crosstab) {
        if (!print_crosstab(result, crosstab, &shell->print, &target, &diag))
            log_diag(&shell->log, &diag);
        diag_reset(&diag);
    } else if (chunk)
        print_fed(shell, result, chunk);
    else
        print_result(result, &shell->print, &target, NULL, NULL);
    PQclear(result);
    free(sql);
}

static void reset_options(Shell *shell)
{
    print_options_free(&shell->print);
    print_options_init(&shell->print);
    shell->print.encoding = PQclientEncoding(shell->conn);
}

static void obey(Shell *shell, char *line)
{
    char *words[8] = {NULL}, *rest = line + 1, *args[4];
    int count = 0;

    while (count < 8 && (words[count] = strsep(&rest, " ")))
        count++;
    switch (*line) {
    case 'R':
        reset_options(shell);
        break;
    case 'S': {
        char *value = words[2] ? unhex(words[2]) : NULL;

        pset_set(shell, words[1], value, shell->set.quiet);
        free(value);
        break;
    }
    case 'Q':
        run_query(shell, words[1], 0, NULL);
        break;
    case 'F':
        run_query(shell, words[2], atoi(words[1]), NULL);
        break;
    case 'X':
        for (int i = 0; i < 4; i++)
            args[i] = words[i + 2] ? unhex(words[i + 2]) : NULL;
        run_query(shell, words[1], 0, args);
        for (int i = 0; i < 4; i++)
            free(args[i]);
        break;
    case 'E':
        puts(words[1]);
        break;
    }
}

int main(int argc, char **argv)
{
    static Shell shell; /* zeroed; only printing, messages and the connection are used */
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    log_init(&shell.log, "psql");
    shell.log.terse = true;
    shell.set.quiet = true;
    shell.conn = PQconnectdb("");
    if (PQstatus(shell.conn) != CONNECTION_OK) {
        fputs(PQerrorMessage(shell.conn), stderr);
        return 2;
    }
    if (argc > 1)
        shell.log_file = fopen(argv[1], "a");
    reset_options(&shell);
    while ((len = getline(&line, &cap, stdin)) > 0) {
        line[len - 1] = '\0';
        obey(&shell, line);
        fflush(stdout); /* so that messages come in their places */
    }
    free(line);
    if (shell.log_file)
        fclose(shell.log_file);
    print_options_free(&shell.print);
    PQfinish(shell.conn);
    return 0;
}
