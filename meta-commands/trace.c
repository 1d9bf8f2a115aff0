/*
 * \trace — which statement of which file takes the time (shell.md section 7).
 */
#include "pgmish/trace.h"
#include "pgmish/meta.h"

#include <stdlib.h>
#include <string.h>

enum { SLOWEST = 20, TEXT_CHARACTERS = 50 };

/* ---- \trace: the tables -------------------------------------------------------------------- */

typedef struct Row {
    const TraceFile *file;
    size_t statement;  /* not in rows of whole files */
    size_t statements; /* how many of them ran */
    uint64_t calls;
    double total;
} Row;

typedef struct Rows {
    Row *items;
    size_t len;
    double total;
} Rows;

/* Slowest first; what took the same time in the order of the files. */
static int compare_rows(const void *a, const void *b)
{
    const Row *left = a, *right = b;

    if (left->total != right->total)
        return left->total < right->total ? 1 : -1;
    if (left->file != right->file)
        return left->file < right->file ? -1 : 1;
    return left->statement < right->statement ? -1 : left->statement > right->statement;
}

/* What ran: each statement, or each file as a whole. */
static Rows collect(const TraceFile *files, size_t count, bool whole)
{
    Rows rows = {NULL, 0, 0};
    size_t cap = 0;

    for (size_t i = 0; i < count; i++) {
        Row sum = {.file = &files[i]};

        for (size_t k = 0; files[i].times && k < files[i].marks.len; k++) {
            const struct TraceTimes *times = &files[i].times[k];

            if (!times->calls)
                continue;
            sum.statements++;
            sum.calls += times->calls;
            sum.total += times->total;
            rows.total += times->total;
            if (whole)
                continue;
            if (rows.len == cap)
                rows.items = xrealloc(rows.items, (cap = cap ? 2 * cap : 64) * sizeof(Row));
            rows.items[rows.len++] = (Row){&files[i], k, 1, times->calls, times->total};
        }
        if (!whole || !sum.calls)
            continue;
        if (rows.len == cap)
            rows.items = xrealloc(rows.items, (cap = cap ? 2 * cap : 64) * sizeof(Row));
        rows.items[rows.len++] = sum;
    }
    if (rows.len)
        qsort(rows.items, rows.len, sizeof(Row), compare_rows);
    return rows;
}

static void cell(Printer *printer, char *text)
{
    char *shown = project_show_path(text);

    print_cell(printer, shown, strlen(shown));
    free(shown);
    free(text);
}

/* The first line of a statement, cut to what a table can take.  "" when the file has changed on disk since
 * it was loaded. */
static char *statement_text(const Shell *shell, const Row *row)
{
    StrBuf content = STRBUF_INIT;
    Diag ignored = DIAG_INIT;
    char *text = NULL;

    if (project_read(session_project(shell->session), row->file->file, &content, &ignored)) {
        const char *start = content.data + row->file->marks.items[row->statement].offset;
        const char *end = start;

        for (int i = 0; i < TEXT_CHARACTERS && *end && *end != '\n' && *end != '\r'; i++)
            end += PQmblenBounded(end, pg_char_to_encoding("UTF8"));
        text = xstrndup(start, (size_t)(end - start));
    }
    diag_reset(&ignored);
    strbuf_free(&content);
    return text ? text : xstrdup("");
}

static void add_times(Printer *printer, const Row *row, double total)
{
    StrBuf milliseconds = STRBUF_INIT;

    strbuf_add_decimal(&milliseconds, row->total, 1);
    cell(printer, xasprintf("%llu", (unsigned long long)row->calls));
    cell(printer, strbuf_detach(&milliseconds));
    cell(printer, xasprintf("%.0f", total > 0 ? 100 * row->total / total : 0));
}

static void statement_row(Shell *shell, Printer *printer, const Row *row, double total)
{
    uint32_t line = row->file->marks.items[row->statement].line;

    cell(printer, xasprintf("%s:%u", row->file->file->path, line));
    add_times(printer, row, total);
    cell(printer, statement_text(shell, row));
}

static void file_row(Shell *shell UNUSED, Printer *printer, const Row *row, double total)
{
    cell(printer, xstrdup(row->file->file->path));
    cell(printer, xasprintf("%zu", row->statements));
    add_times(printer, row, total);
}

typedef struct Table {
    const char *title;
    PrintColumn columns[5];
    void (*row)(Shell *shell, Printer *printer, const Row *row, double total);
} Table;

static const Table by_statement = {"Slowest statements",
                                   {{"Place", false},
                                    {"Calls", true},
                                    {"Milliseconds", true},
                                    {"%", true},
                                    {"Statement", false}},
                                   statement_row};
static const Table by_file = {"Total by file",
                              {{"File", false},
                               {"Statements", true},
                               {"Calls", true},
                               {"Milliseconds", true},
                               {"%", true}},
                              file_row};

static void print_table(Shell *shell, const Table *table, const Rows *rows, bool all)
{
    PrintTarget target = shell_print_target(shell);
    PrintOptions options;
    Printer *printer;
    size_t shown = all || rows->len < SLOWEST ? rows->len : SLOWEST;

    print_options_init(&options);
    print_options_copy(&options, &shell->print);
    free(options.title);
    options.title = xstrdup(table->title);
    printer = print_begin(&options, &target, table->columns, lengthof(table->columns));
    for (size_t i = 0; i < shown; i++)
        table->row(shell, printer, &rows->items[i], rows->total);
    if (shown < rows->len) {
        char *footer = xasprintf("(%zu of %zu rows; \\trace+ shows all)", shown, rows->len);

        print_footer(printer, footer);
        free(footer);
    }
    print_end(printer);
    fflush(shell->out);
    print_options_free(&options);
}

static MetaResult show_times(Shell *shell, bool all)
{
    size_t count;
    const TraceFile *files = trace_files(shell->session, &count);
    Rows statements = collect(files, count, false), totals = collect(files, count, true);

    if (statements.len) {
        print_table(shell, &by_statement, &statements, all);
        print_table(shell, &by_file, &totals, all);
    } else if (trace_mode(shell->session) == TRACE_OFF) {
        fputs("Trace is off.\n", shell->out);
    } else {
        fputs("Trace is on; no statement of a traced file has run yet.\n", shell->out);
    }
    if (trace_mode(shell->session) != TRACE_OFF)
        shell_list_untraced(shell);
    free(statements.items);
    free(totals.items);
    return META_DONE;
}

/* ---- \trace on, off ---------------------------------------------------------------------------- */

static void say_state(Shell *shell)
{
    size_t count, marked = 0;
    const TraceFile *files = trace_files(shell->session, &count);

    if (shell->set.quiet)
        return;
    for (size_t i = 0; i < count; i++)
        marked += files[i].marked;
    if (trace_mode(shell->session) == TRACE_OFF)
        fputs("Trace is off.\n", stdout);
    else if (session_state(shell->session) != SESSION_LOADED)
        fputs("Trace is on for the next load.\n", stdout);
    else
        printf("Trace is on: %zu of %zu SQL file%s marked.\n", marked, count,
               count == 1 ? "" : "s");
    fflush(stdout);
}

static MetaResult run_trace(Shell *shell, const MetaCall *call)
{
    const char *word = meta_arg(call, 0);
    Diag diag = DIAG_INIT;
    bool on, ok;

    if (!word)
        return show_times(shell, meta_modifier(call, 5, '+'));
    if (!parse_bool(&shell->log, word, "\\trace", &on))
        return META_ERROR;
    cancel_install(shell->conn);
    ok = trace_apply(shell->session, shell->conn, on ? TRACE_ON : TRACE_OFF, &diag);
    cancel_install(NULL);
    if (ok) {
        say_state(shell);
        if (on)
            shell_list_untraced(shell);
    } else {
        log_diag(&shell->log, &diag);
        shell_check_connection(shell);
    }
    diag_reset(&diag);
    return ok ? META_DONE : META_ERROR;
}

static void complete_trace(Shell *shell UNUSED, const MetaCall *before UNUSED, size_t index,
                           const char *text, StrList *list)
{
    static const char *const words[] = {"on", "off"};

    for (size_t i = 0; index == 0 && i < lengthof(words); i++)
        if (strncmp(words[i], text, strlen(text)) == 0)
            strlist_add(list, words[i]);
}

META_COMMAND(trace) = {
    .names = "trace trace+",
    .args = "n",
    .group = HELP_PGMI,
    .synopsis = "\\trace[+] [on|off]",
    .brief = "trace the statements of files that deploy.sql runs; show the slowest",
    .help = "While trace is on, the content column of pgmi_plan_view and pgmi_source_view has "
            "a mark in\n"
            "front of each statement of a SQL file, by which the shell learns what runs and "
            "for how\n"
            "long.  A terminal shows it live, an error at run time gets its line, and \\trace "
            "alone\n"
            "lists the slowest statements and the total by file (+: all of them).  Tables, "
            "sizes and\n"
            "checksums stay as they are.  A file whose only statement hands back rows has no "
            "mark, as\n"
            "it may be read by a cursor.  \\trace on marks what is loaded and every later "
            "load, and\n"
            "forgets earlier times; what cannot be marked safely is listed.",
    .complete = complete_trace,
    .run = run_trace,
};
