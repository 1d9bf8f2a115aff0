/*
 * options.c — the printing options: psql's defaults, copying (for \g (...) and \watch), freeing.
 */
#include <stdlib.h>
#include <unistd.h>

#include "printer.h"

/* COLUMNS counts as it is at the start, even if \\setenv changes it later: so does psql. */
void print_options_init(PrintOptions *options)
{
    const char *columns = getenv("COLUMNS");

    memset(options, 0, sizeof(*options));
    options->format = PRINT_ALIGNED;
    options->border = 1;
    options->pager = PAGER_ON;
    options->footer = true;
    options->field_sep.text = xstrdup("|");
    options->record_sep.text = xstrdup("\n");
    options->csv_field_sep = ',';
    options->env_columns = columns ? atoi(columns) : 0;
    options->no_keys = !isatty(STDIN_FILENO);
    options->no_screen = !isatty(STDOUT_FILENO);
    numeric_locale_read(options);
}

void print_options_free(PrintOptions *options)
{
    free(options->field_sep.text);
    free(options->record_sep.text);
    free(options->table_attr);
    free(options->title);
    free(options->null);
    memset(options, 0, sizeof(*options));
}

/* Copied first, freed then: `to` may share strings with `from`. */
void print_options_copy(PrintOptions *to, const PrintOptions *from)
{
    PrintOptions copy = *from;

    copy.field_sep.text = xstrdup_null(from->field_sep.text);
    copy.record_sep.text = xstrdup_null(from->record_sep.text);
    copy.table_attr = xstrdup_null(from->table_attr);
    copy.title = xstrdup_null(from->title);
    copy.null = xstrdup_null(from->null);
    print_options_free(to);
    *to = copy;
}
