/*
 * pager.c — long output goes through a pager when both ends are terminals.
 *
 * SIGPIPE: the pager may be left before all is written.  psql ignores the signal meanwhile; here
 * it is blocked instead, so that nothing need be remembered about who else ignores it (\o with a
 * pipe does): closing swallows what is pending and unblocks.
 */
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "printer.h"

/* what psql is built with where nothing else was configured */
#define DEFAULT_PAGER "more"

static void block_sigpipe(bool block)
{
    sigset_t set;
    struct timespec now = {0, 0};

    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    if (!block)
        while (sigtimedwait(&set, NULL, &now) == SIGPIPE)
            ;
    sigprocmask(block ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* Without a terminal on both sides nobody could leave the pager again. */
static bool pager_wanted(int lines, const PrintOptions *options)
{
    int columns, rows;

    if (options->pager == PAGER_OFF || options->no_keys || options->no_screen ||
        !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return false;
    if (options->pager == PAGER_ALWAYS || lines < 0)
        return true;
    if (!term_size(STDOUT_FILENO, &columns, &rows))
        return true;
    /* "not less": the prompt takes a line too */
    return lines >= rows && lines >= options->pager_min_lines;
}

/*
 * PSQL_PAGER, then PAGER, then more; a blank value means none.  All streams are flushed first, or
 * the pager's output would overtake ours.
 */
FILE *pager_open(int lines, const PrintOptions *options)
{
    const char *command;
    FILE *pager;

    if (!pager_wanted(lines, options))
        return stdout;
    command = getenv("PSQL_PAGER");
    if (!command)
        command = getenv("PAGER");
    if (!command)
        command = DEFAULT_PAGER;
    if (strspn(command, " \t\r\n") == strlen(command))
        return stdout;
    fflush(NULL);
    pager = popen(command, "w");
    if (!pager)
        return stdout;
    block_sigpipe(true);
    return pager;
}

void pager_close(FILE *pager)
{
    if (!pager_is_open(pager))
        return;
    pclose(pager);
    block_sigpipe(false);
}

bool pager_is_open(FILE *stream)
{
    return stream && stream != stdout;
}

/* For a table of a printer: the caller closes it again when the table is printed. */
void printer_open_pager(Printer *printer, FILE **out, uint64_t lines)
{
    if (printer->is_pager || !printer->target.may_page)
        return;
    *out = pager_open(lines > INT_MAX ? INT_MAX : (int)lines, printer->options);
    printer->is_pager = printer->own_pager = pager_is_open(*out);
}

/*
 * psql's count: rows and one header line, or columns and a record header per row; explicit
 * footers (the default one is not counted, nor are newlines inside cells here).
 */
uint64_t printer_pager_lines(const Printer *printer, bool expanded)
{
    uint64_t lines = expanded ? ((uint64_t)printer->ncolumns + 1) * printer->rows
                              : printer->rows + 1;

    return printer->options->tuples_only ? lines : lines + printer->footers.len;
}

/* \pset columns, else COLUMNS or the terminal's width when output goes to it; 0: no limit. */
int printer_output_columns(const Printer *printer, FILE *out)
{
    int columns, rows;

    if (printer->options->columns > 0)
        return printer->options->columns;
    if (!printer->is_pager &&
        !(out == stdout && !printer->options->no_screen && isatty(STDOUT_FILENO)))
        return 0;
    if (printer->options->env_columns > 0)
        return printer->options->env_columns;
    return !printer->options->no_screen && term_size(STDOUT_FILENO, &columns, &rows) ? columns
                                                                                     : 0;
}
