/*
 * output.h — results as text: the printer and its formats, pager, crosstab, progress.
 *
 * Bytes are psql's.  The printer is fed rows, so that formats that can stream do; cells are kept
 * in compact chunks and, above 64 MB, in an unlinked temporary file.
 */
#ifndef PGMISH_OUTPUT_H
#define PGMISH_OUTPUT_H

#include <libpq-fe.h>
#include <stdio.h>

#include "pgmish/support.h"

/* ---- options: what \pset sets ---------------------------------------------------------- */

typedef enum PrintFormat {
    PRINT_ALIGNED,
    PRINT_WRAPPED,
    PRINT_UNALIGNED,
    PRINT_CSV,
    PRINT_HTML,
    PRINT_ASCIIDOC,
    PRINT_LATEX,
    PRINT_LATEX_LONGTABLE,
    PRINT_TROFF_MS
} PrintFormat;

typedef enum LineStyle { LINESTYLE_ASCII, LINESTYLE_OLD_ASCII, LINESTYLE_UNICODE } LineStyle;
typedef enum UnicodeLine { UNICODE_SINGLE, UNICODE_DOUBLE } UnicodeLine;

typedef enum Expanded { EXPANDED_OFF, EXPANDED_ON, EXPANDED_AUTO } Expanded;
typedef enum PagerMode { PAGER_OFF, PAGER_ON, PAGER_ALWAYS } PagerMode;

typedef struct Separator {
    char *text; /* owned */
    bool zero;  /* a zero byte instead of text */
} Separator;

typedef struct PrintOptions {
    PrintFormat format;
    Expanded expanded;
    int border;
    PagerMode pager;
    int pager_min_lines;
    bool tuples_only;
    bool footer; /* print the default "(n rows)" */
    bool numeric_locale;
    LineStyle line_style;
    UnicodeLine unicode_border, unicode_column, unicode_header;
    Separator field_sep, record_sep;
    char csv_field_sep;
    char *table_attr;        /* owned or NULL */
    char *title;             /* owned or NULL */
    char *null;              /* owned or NULL: shown for NULL */
    int columns;             /* \pset columns; 0: not set */
    int env_columns;         /* COLUMNS at start, 0: none */
    bool no_keys, no_screen; /* stdin, stdout was no terminal at start: never asked again */
    int encoding;            /* libpq client encoding id */
    /* separators of \pset numericlocale, read at start from the locale */
    const char *decimal_point, *thousands_sep;
    int group_size;
} PrintOptions;

void print_options_init(PrintOptions *options); /* psql's defaults */
void print_options_free(PrintOptions *options);
void print_options_copy(PrintOptions *to, const PrintOptions *from); /* `to` is initialised */

/* ---- pager ----------------------------------------------------------------------------------- */

/* Opens the pager when stdin and stdout are terminals, mode and line count ask for it; otherwise
 * returns stdout.  lines < 0: ask nothing, always page. */
FILE *pager_open(int lines, const PrintOptions *options);
void pager_close(FILE *pager); /* stdout is left open */
bool pager_is_open(FILE *stream);

/* ---- printing tables that are fed rows --------------------------------------------------------- */

typedef struct PrintColumn {
    const char *name; /* borrowed until print_end */
    bool right;       /* right-aligned (numbers) */
} PrintColumn;

typedef struct PrintTarget {
    FILE *out;                      /* where to */
    bool may_page;                  /* out is stdout and a pager may take its place */
    bool paged;                     /* a pager is open already: do not open another */
    FILE *log;                      /* -L: gets every table too, in aligned form; or NULL */
    const volatile bool *cancelled; /* becomes true on Ctrl-C; may be NULL */
} PrintTarget;

typedef struct Printer Printer;

/* options and columns are borrowed until print_end. */
Printer *print_begin(const PrintOptions *options, const PrintTarget *target,
                     const PrintColumn *columns, int count);
/* One cell, text[len] is NUL; NULL text is SQL NULL.  After `count` cells the row is complete. */
void print_cell(Printer *printer, const char *text, size_t len);
/* All cells of row `row` of a result. */
void print_row(Printer *printer, const PGresult *result, int row);
/* Replaces the default footer; each line printed as it is.  May be called several times. */
void print_footer(Printer *printer, const char *line);
/* Another place than the target given at first, for one that is opened when the rows are there. */
void print_to(Printer *printer, FILE *out, bool may_page);
/* Prints what is still to be printed, frees.  More chunks of one result (FETCH_COUNT): see
 * print_chunk.  False: write error (errno). */
bool print_end(Printer *printer);
/* Frees without printing (the statement failed after some rows). */
void print_abandon(Printer *printer);
/* FETCH_COUNT: prints the rows so far as psql does for one fetch and begins the next chunk;
 * first chunk has the header, last one (print_end) the footer.  False: the output has failed or
 * Ctrl-C was pressed, there is no use in fetching more. */
bool print_chunk(Printer *printer);
uint64_t print_rows(const Printer *printer); /* rows fed so far */

/* A finished result, as psql's printQuery: options, target, title, own footers (NULL-terminated
 * list or NULL).  Used for the program's own queries. */
void print_result(const PGresult *result, const PrintOptions *options,
                  const PrintTarget *target, const char *title, const char *const *footers);

/* Alignment psql gives to a type: true for numbers, oid, xid, cid, money. */
bool print_type_is_right(Oid type);

/* Text with HTML's special characters escaped, as in the html format (for tags in \H mode). */
void print_html_escaped(FILE *out, const char *text);

/* ---- crosstab --------------------------------------------------------------------------------- */

/* False: message in *diag.  args: up to four of \crosstabview, NULL where not given. */
bool print_crosstab(const PGresult *result, char *const args[4], const PrintOptions *options,
                    const PrintTarget *target, Diag *diag);

/* ---- progress ----------------------------------------------------------------------------------- */

typedef struct Progress Progress;
/* Shows nothing unless stderr is a terminal, TERM is not dumb, and 400 ms have gone by. */
Progress *progress_begin(const char *label, uint64_t total);
void progress_update(Progress *progress, uint64_t done);
void progress_label(Progress *progress, const char *label); /* another label from now on */
void progress_end(Progress *progress);                      /* wipes the line */
/* For work that reports through a callback: *progress (NULL at first) begins with the first step. */
void progress_step(Progress **progress, const char *label, uint64_t done, uint64_t total);
void progress_finish(
    Progress **progress); /* ends it, if it has begun; *progress is NULL again */

#endif
