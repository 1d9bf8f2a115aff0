/*
 * pset.c — \pset: one row per option in a table, in the order in which psql lists them.  Each row
 * knows how to set the option, how to report it in a sentence and how to show its bare value.
 */
#include "pgmish/pset.h"

#include <stdlib.h>
#include <string.h>

/* Some settings are reported only when they are toggled, not when a value was given. */
typedef enum SetResult { SET_FAILED, SET_SILENT, SET_REPORT } SetResult;

typedef struct PsetOption {
    const char *names;  /* the listed one first, then shorthands */
    const char *values; /* for completion; NULL: free */
    SetResult (*set)(Shell *shell, const char *name, const char *value);
    void (*report)(const PrintOptions *options);
    void (*show)(const PrintOptions *options, StrBuf *out);
} PsetOption;

/* ---- helpers ------------------------------------------------------------------------------ */

/* as \\pset shows booleans; any of psql's boolean words is accepted when setting */
static const char *on_off(bool value)
{
    return value ? "on" : "off";
}

/* The listing's strings: in single quotes, newlines and quotes escaped with a backslash. */
static void show_quoted(StrBuf *out, const char *text)
{
    strbuf_addc(out, '\'');
    for (; text && *text; text++) {
        if (*text == '\n') {
            strbuf_add(out, "\\n");
            continue;
        }
        if (*text == '\'')
            strbuf_addc(out, '\\');
        strbuf_addc(out, *text);
    }
    strbuf_addc(out, '\'');
}

/* Copied first: value may be the old text itself. */
static void replace(char **owned, const char *value)
{
    char *copy = xstrdup_null(value);

    free(*owned);
    *owned = copy;
}

/* Whether value abbreviates word, ignoring case; as in psql the empty string does. */
static bool abbreviates(const char *value, const char *word)
{
    return ascii_ncasecmp(word, value, strlen(value)) == 0;
}

/* With a value: silent, even when it changes something.  Toggled: reported, as nobody can know what it was
 * before (psql does so for the options of this kind). */
static SetResult set_bool(Shell *shell, bool *option, const char *name, const char *value)
{
    if (!value) {
        *option = !*option;
        return SET_REPORT;
    }
    return parse_bool(&shell->log, value, name, option) ? SET_SILENT : SET_FAILED;
}

/* psql's message for enumerations, which is one message of two lines. */
static SetResult bad_value(Shell *shell, const char *name, const char *value,
                           const char *allowed)
{
    log_error(&shell->log, "unrecognized value \"%s\" for \"%s\"\nAvailable values are: %s.",
              value, name, allowed);
    return SET_FAILED;
}

/* ---- border, columns, pager_min_lines: numbers, unchecked as in psql --------------------------- */

static SetResult set_border(Shell *shell, const char *name, const char *value)
{
    (void)name;
    if (value)
        shell->print.border = (unsigned short)atoi(value); /* psql keeps it in 16 bits */
    return SET_REPORT;
}

static void report_border(const PrintOptions *options)
{
    printf("Border style is %d.\n", options->border);
}

static void show_border(const PrintOptions *options, StrBuf *out)
{
    strbuf_addf(out, "%d", options->border);
}

/* 0 means: take the terminal's width, or none where there is no terminal. */
static SetResult set_columns(Shell *shell, const char *name, const char *value)
{
    (void)name;
    if (value)
        shell->print.columns = atoi(value);
    return SET_REPORT;
}

static void report_columns(const PrintOptions *options)
{
    if (options->columns)
        printf("Target width is %d.\n", options->columns);
    else
        printf("Target width is unset.\n");
}

static void show_columns(const PrintOptions *options, StrBuf *out)
{
    strbuf_addf(out, "%d", options->columns);
}

static SetResult set_pager_min_lines(Shell *shell, const char *name, const char *value)
{
    (void)name;
    if (value)
        shell->print.pager_min_lines = atoi(value);
    return SET_REPORT;
}

static void report_pager_min_lines(const PrintOptions *options)
{
    printf("Pager won't be used for less than %d line%s.\n", options->pager_min_lines,
           options->pager_min_lines == 1 ? "" : "s");
}

static void show_pager_min_lines(const PrintOptions *options, StrBuf *out)
{
    strbuf_addf(out, "%d", options->pager_min_lines);
}

/* ---- expanded, pager: three states ---------------------------------------------------------------- */

/* Without a value "auto" turns to off, as "on" does. */
static SetResult set_expanded(Shell *shell, const char *name, const char *value)
{
    Expanded *expanded = &shell->print.expanded;
    bool on;

    if (!value)
        *expanded = *expanded ? EXPANDED_OFF : EXPANDED_ON;
    else if (ascii_casecmp(value, "auto") == 0)
        *expanded = EXPANDED_AUTO;
    else if (parse_bool(&shell->log, value, NULL, &on))
        *expanded = on ? EXPANDED_ON : EXPANDED_OFF;
    else
        return bad_value(shell, name, value, "on, off, auto");
    return SET_REPORT;
}

static void report_expanded(const PrintOptions *options)
{
    static const char *const states[] = {"off", "on", "used automatically"};

    printf("Expanded display is %s.\n", states[options->expanded]);
}

static void show_expanded(const PrintOptions *options, StrBuf *out)
{
    static const char *const states[] = {"off", "on", "auto"};

    strbuf_add(out, states[options->expanded]);
}

/* Without a value "always" turns to on, unlike expanded: psql toggles between on and off only. */
static SetResult set_pager(Shell *shell, const char *name, const char *value)
{
    PagerMode *pager = &shell->print.pager;
    bool on;

    if (!value)
        *pager = *pager == PAGER_ON ? PAGER_OFF : PAGER_ON;
    else if (ascii_casecmp(value, "always") == 0)
        *pager = PAGER_ALWAYS;
    else if (parse_bool(&shell->log, value, NULL, &on))
        *pager = on ? PAGER_ON : PAGER_OFF;
    else
        return bad_value(shell, name, value, "on, off, always");
    return SET_REPORT;
}

static void report_pager(const PrintOptions *options)
{
    static const char *const states[] = {"usage is off", "is used for long output",
                                         "is always used"};

    printf("Pager %s.\n", states[options->pager]);
}

/* The listing shows the number, not the word. */
static void show_pager(const PrintOptions *options, StrBuf *out)
{
    strbuf_addf(out, "%d", (int)options->pager);
}

/* ---- separators ---------------------------------------------------------------------------------------- */

/* A separator that is a quote or ends the line would make files that nothing can read back. */
static SetResult set_csv_fieldsep(Shell *shell, const char *name, const char *value)
{
    (void)name;
    if (!value)
        return SET_REPORT;
    if (strlen(value) != 1) {
        log_error(&shell->log, "\\pset: csv_fieldsep must be a single one-byte character");
        return SET_FAILED;
    }
    if (strchr("\"\n\r", *value)) {
        log_error(&shell->log, "\\pset: csv_fieldsep cannot be a double quote, a newline, or a "
                               "carriage return");
        return SET_FAILED;
    }
    shell->print.csv_field_sep = *value;
    return SET_REPORT;
}

static void report_csv_fieldsep(const PrintOptions *options)
{
    printf("Field separator for CSV is \"%c\".\n", options->csv_field_sep);
}

static void show_csv_fieldsep(const PrintOptions *options, StrBuf *out)
{
    char text[2] = {options->csv_field_sep, '\0'};

    show_quoted(out, text);
}

static SetResult set_separator(Separator *separator, const char *value)
{
    if (value) {
        replace(&separator->text, value);
        separator->zero = false;
    }
    return SET_REPORT;
}

/* The text is forgotten, so that the listing shows it empty; setting a text ends the zero byte. */
static SetResult zero_separator(Separator *separator)
{
    replace(&separator->text, NULL);
    separator->zero = true;
    return SET_REPORT;
}

static SetResult set_fieldsep(Shell *shell, const char *name, const char *value)
{
    (void)name;
    return set_separator(&shell->print.field_sep, value);
}

static SetResult set_fieldsep_zero(Shell *shell, const char *name, const char *value)
{
    (void)name;
    (void)value;
    return zero_separator(&shell->print.field_sep);
}

static void report_fieldsep(const PrintOptions *options)
{
    if (options->field_sep.zero)
        printf("Field separator is zero byte.\n");
    else
        printf("Field separator is \"%s\".\n", options->field_sep.text);
}

static void show_fieldsep(const PrintOptions *options, StrBuf *out)
{
    show_quoted(out, options->field_sep.text);
}

static void show_fieldsep_zero(const PrintOptions *options, StrBuf *out)
{
    strbuf_add(out, on_off(options->field_sep.zero));
}

static SetResult set_recordsep(Shell *shell, const char *name, const char *value)
{
    (void)name;
    return set_separator(&shell->print.record_sep, value);
}

static SetResult set_recordsep_zero(Shell *shell, const char *name, const char *value)
{
    (void)name;
    (void)value;
    return zero_separator(&shell->print.record_sep);
}

static void report_recordsep(const PrintOptions *options)
{
    const Separator *separator = &options->record_sep;

    if (separator->zero)
        printf("Record separator is zero byte.\n");
    else if (strcmp(separator->text, "\n") == 0)
        printf("Record separator is <newline>.\n");
    else
        printf("Record separator is \"%s\".\n", separator->text);
}

static void show_recordsep(const PrintOptions *options, StrBuf *out)
{
    show_quoted(out, options->record_sep.text);
}

static void show_recordsep_zero(const PrintOptions *options, StrBuf *out)
{
    strbuf_add(out, on_off(options->record_sep.zero));
}

/* ---- booleans ---------------------------------------------------------------------------------------------- */

static SetResult set_footer(Shell *shell, const char *name, const char *value)
{
    return set_bool(shell, &shell->print.footer, name, value);
}

static void report_footer(const PrintOptions *options)
{
    printf("Default footer is %s.\n", on_off(options->footer));
}

static void show_footer(const PrintOptions *options, StrBuf *out)
{
    strbuf_add(out, on_off(options->footer));
}

static SetResult set_numericlocale(Shell *shell, const char *name, const char *value)
{
    return set_bool(shell, &shell->print.numeric_locale, name, value);
}

static void report_numericlocale(const PrintOptions *options)
{
    printf("Locale-adjusted numeric output is %s.\n", on_off(options->numeric_locale));
}

static void show_numericlocale(const PrintOptions *options, StrBuf *out)
{
    strbuf_add(out, on_off(options->numeric_locale));
}

static SetResult set_tuples_only(Shell *shell, const char *name, const char *value)
{
    return set_bool(shell, &shell->print.tuples_only, name, value);
}

static void report_tuples_only(const PrintOptions *options)
{
    printf("Tuples only is %s.\n", on_off(options->tuples_only));
}

static void show_tuples_only(const PrintOptions *options, StrBuf *out)
{
    strbuf_add(out, on_off(options->tuples_only));
}

/* ---- format and line styles ------------------------------------------------------------------------------------ */

/* In the order of the enumerations. */
static const char *const format_names[] = {
    "aligned",  "wrapped", "unaligned",       "csv",     "html",
    "asciidoc", "latex",   "latex-longtable", "troff-ms"};
static const char *const line_style_names[] = {"ascii", "old-ascii", "unicode"};
static const char *const unicode_line_names[] = {"single", "double"};

static SetResult set_format(Shell *shell, const char *name, const char *value)
{
    /* psql's order, which decides which two names an ambiguity names */
    static const PrintFormat order[] = {PRINT_ALIGNED,   PRINT_ASCIIDOC, PRINT_CSV,
                                        PRINT_HTML,      PRINT_LATEX,    PRINT_TROFF_MS,
                                        PRINT_UNALIGNED, PRINT_WRAPPED};
    int found = -1;

    (void)name;
    if (!value)
        return SET_REPORT;
    for (size_t i = 0; i < lengthof(order); i++) {
        if (!abbreviates(value, format_names[order[i]]))
            continue;
        if (found >= 0) {
            log_error(&shell->log,
                      "\\pset: ambiguous abbreviation \"%s\" matches both \"%s\" and \"%s\"",
                      value, format_names[found], format_names[order[i]]);
            return SET_FAILED;
        }
        found = (int)order[i];
    }
    /* "latex" is whole and no abbreviation of this one, so it is looked at last */
    if (found < 0 && abbreviates(value, "latex-longtable"))
        found = PRINT_LATEX_LONGTABLE;
    if (found < 0) {
        log_error(&shell->log,
                  "\\pset: allowed formats are aligned, asciidoc, csv, html, latex, "
                  "latex-longtable, troff-ms, unaligned, wrapped");
        return SET_FAILED;
    }
    shell->print.format = (PrintFormat)found;
    return SET_REPORT;
}

static void report_format(const PrintOptions *options)
{
    printf("Output format is %s.\n", format_names[options->format]);
}

static void show_format(const PrintOptions *options, StrBuf *out)
{
    strbuf_add(out, format_names[options->format]);
}

/* The first match counts: unlike formats, these words have no common beginnings. */
static SetResult set_linestyle(Shell *shell, const char *name, const char *value)
{
    (void)name;
    if (!value)
        return SET_REPORT;
    for (size_t i = 0; i < lengthof(line_style_names); i++) {
        if (abbreviates(value, line_style_names[i])) {
            shell->print.line_style = (LineStyle)i;
            return SET_REPORT;
        }
    }
    log_error(&shell->log, "\\pset: allowed line styles are ascii, old-ascii, unicode");
    return SET_FAILED;
}

static void report_linestyle(const PrintOptions *options)
{
    printf("Line style is %s.\n", line_style_names[options->line_style]);
}

static void show_linestyle(const PrintOptions *options, StrBuf *out)
{
    strbuf_add(out, line_style_names[options->line_style]);
}

static SetResult set_unicode(Shell *shell, UnicodeLine *line, const char *part,
                             const char *value)
{
    if (!value)
        return SET_REPORT;
    for (size_t i = 0; i < lengthof(unicode_line_names); i++) {
        if (abbreviates(value, unicode_line_names[i])) {
            *line = (UnicodeLine)i;
            return SET_REPORT;
        }
    }
    log_error(&shell->log, "\\pset: allowed Unicode %s line styles are single, double", part);
    return SET_FAILED;
}

/* border, column and header differ only in their word and field */
#define UNICODE_OPTION(part)                                                                   \
    static SetResult set_unicode_##part(Shell *shell, const char *name, const char *value)     \
    {                                                                                          \
        (void)name;                                                                            \
        return set_unicode(shell, &shell->print.unicode_##part, #part, value);                 \
    }                                                                                          \
    static void report_unicode_##part(const PrintOptions *options)                             \
    {                                                                                          \
        printf("Unicode " #part " line style is \"%s\".\n",                                    \
               unicode_line_names[options->unicode_##part]);                                   \
    }                                                                                          \
    static void show_unicode_##part(const PrintOptions *options, StrBuf *out)                  \
    {                                                                                          \
        strbuf_add(out, unicode_line_names[options->unicode_##part]);                          \
    }

UNICODE_OPTION(border)
UNICODE_OPTION(column)
UNICODE_OPTION(header)

/* ---- texts ---------------------------------------------------------------------------------------------------------- */

/* Only a value changes it: clearing takes an empty string. */
static SetResult set_null(Shell *shell, const char *name, const char *value)
{
    (void)name;
    if (value)
        replace(&shell->print.null, value);
    return SET_REPORT;
}

static void report_null(const PrintOptions *options)
{
    printf("Null display is \"%s\".\n", options->null ? options->null : "");
}

static void show_null(const PrintOptions *options, StrBuf *out)
{
    show_quoted(out, options->null);
}

/* Without a value these two are cleared, not only reported. */
static SetResult set_tableattr(Shell *shell, const char *name, const char *value)
{
    (void)name;
    replace(&shell->print.table_attr, value);
    return SET_REPORT;
}

static void report_tableattr(const PrintOptions *options)
{
    if (options->table_attr)
        printf("Table attributes are \"%s\".\n", options->table_attr);
    else
        printf("Table attributes unset.\n");
}

static void show_tableattr(const PrintOptions *options, StrBuf *out)
{
    if (options->table_attr)
        show_quoted(out, options->table_attr);
}

static SetResult set_title(Shell *shell, const char *name, const char *value)
{
    (void)name;
    replace(&shell->print.title, value);
    return SET_REPORT;
}

static void report_title(const PrintOptions *options)
{
    if (options->title)
        printf("Title is \"%s\".\n", options->title);
    else
        printf("Title is unset.\n");
}

static void show_title(const PrintOptions *options, StrBuf *out)
{
    if (options->title)
        show_quoted(out, options->title);
}

/* ---- the table -------------------------------------------------------------------------------------------------------- */

#define FORMAT_VALUES                                                                          \
    "aligned asciidoc csv html latex latex-longtable troff-ms unaligned wrapped"
#define UNICODE_VALUES "single double"

static const PsetOption pset_options[] = {
    {"border", NULL, set_border, report_border, show_border},
    {"columns", NULL, set_columns, report_columns, show_columns},
    {"csv_fieldsep", NULL, set_csv_fieldsep, report_csv_fieldsep, show_csv_fieldsep},
    {"expanded x vertical", "on off auto", set_expanded, report_expanded, show_expanded},
    {"fieldsep", NULL, set_fieldsep, report_fieldsep, show_fieldsep},
    {"fieldsep_zero", NULL, set_fieldsep_zero, report_fieldsep, show_fieldsep_zero},
    {"footer", "on off", set_footer, report_footer, show_footer},
    {"format", FORMAT_VALUES, set_format, report_format, show_format},
    {"linestyle", "ascii old-ascii unicode", set_linestyle, report_linestyle, show_linestyle},
    {"null", NULL, set_null, report_null, show_null},
    {"numericlocale", "on off", set_numericlocale, report_numericlocale, show_numericlocale},
    {"pager", "on off always", set_pager, report_pager, show_pager},
    {"pager_min_lines", NULL, set_pager_min_lines, report_pager_min_lines,
     show_pager_min_lines},
    {"recordsep", NULL, set_recordsep, report_recordsep, show_recordsep},
    {"recordsep_zero", NULL, set_recordsep_zero, report_recordsep, show_recordsep_zero},
    {"tableattr T", NULL, set_tableattr, report_tableattr, show_tableattr},
    {"title C", NULL, set_title, report_title, show_title},
    {"tuples_only t", "on off", set_tuples_only, report_tuples_only, show_tuples_only},
    {"unicode_border_linestyle", UNICODE_VALUES, set_unicode_border, report_unicode_border,
     show_unicode_border},
    {"unicode_column_linestyle", UNICODE_VALUES, set_unicode_column, report_unicode_column,
     show_unicode_column},
    {"unicode_header_linestyle", UNICODE_VALUES, set_unicode_header, report_unicode_header,
     show_unicode_header},
};

/* The next word of a list; NULL: no more.  *list is moved behind it. */
static const char *next_word(const char **list, size_t *len)
{
    const char *word = *list + strspn(*list, " ");

    *len = strcspn(word, " ");
    *list = word + *len;
    return *len ? word : NULL;
}

/* Names are compared whole and with their case: only values may be abbreviated. */
static const PsetOption *find_option(const char *name)
{
    size_t wanted = strlen(name), len;

    for (size_t i = 0; i < lengthof(pset_options); i++) {
        const char *list = pset_options[i].names, *word;

        while ((word = next_word(&list, &len)))
            if (len == wanted && memcmp(word, name, len) == 0)
                return &pset_options[i];
    }
    return NULL;
}

bool pset_set(Shell *shell, const char *name, const char *value, bool quiet)
{
    const PsetOption *option = find_option(name);
    SetResult result;

    if (!option) {
        log_error(&shell->log, "\\pset: unknown option: %s", name);
        return false;
    }
    result = option->set(shell, name, value);
    if (result == SET_REPORT && !quiet)
        option->report(&shell->print);
    return result != SET_FAILED;
}

/* Shorthands are not listed. */
void pset_list(Shell *shell)
{
    StrBuf value = STRBUF_INIT;

    for (size_t i = 0; i < lengthof(pset_options); i++) {
        const char *list = pset_options[i].names;
        size_t len;
        const char *name = next_word(&list, &len);

        strbuf_reset(&value);
        pset_options[i].show(&shell->print, &value);
        printf("%-24.*s %s\n", (int)len, name, value.data);
    }
    strbuf_free(&value);
}

/* ---- completion ----------------------------------------------------------------------------------------------------------- */

static void add_matches(const char *words, const char *text, bool only_first, StrList *list)
{
    size_t typed = strlen(text), len;
    const char *word;

    while (words && (word = next_word(&words, &len))) {
        if (typed <= len && memcmp(word, text, typed) == 0)
            strlist_take(list, xstrndup(word, len));
        if (only_first)
            break;
    }
}

void pset_complete_name(const char *text, StrList *list)
{
    for (size_t i = 0; i < lengthof(pset_options); i++)
        add_matches(pset_options[i].names, text, true, list);
}

void pset_complete_value(const char *name, const char *text, StrList *list)
{
    const PsetOption *option = find_option(name);

    if (option)
        add_matches(option->values, text, false, list);
}
