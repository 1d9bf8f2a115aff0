/*
 * deploy_report.c — a DeployResult as JSON (contract E7) and as text (E4).  Everything is redacted
 * here (E8), at the last door.
 *
 * The JSON object is gathered in a sorted map and printed from it: its keys come in the order of the
 * alphabet, and one that has no value is not there.  Members that E7 does not know are only added,
 * so that whoever reads E7's finds them unchanged.
 */
#include <stdlib.h>
#include <string.h>

#include "deploy_private.h"

/* ---- JSON -------------------------------------------------------------------------------------- */

/* Keys come sorted out of a StrMap, as E7 wants them. */
static void add_text(StrMap *map, const char *key, const char *text)
{
    StrBuf value = STRBUF_INIT;
    char *clean;

    if (!text || !*text)
        return;
    clean = redact(text);
    json_add_string(&value, clean);
    free(clean);
    strmap_set(map, key, strbuf_detach(&value));
}

static void add_number(StrMap *map, const char *key, long long number)
{
    strmap_set(map, key, xasprintf("%lld", number));
}

static void add_bool(StrMap *map, const char *key, bool truth)
{
    strmap_set(map, key, xstrdup(truth ? "true" : "false"));
}

static void add_counts(StrMap *map, const DeployResult *result)
{
    add_number(map, "filesLoaded", (long long)result->files);
    add_number(map, "testMacros", (long long)result->macros);
    add_number(map, "durationMs", (long long)result->milliseconds);
    add_text(map, "database", result->database ? result->database : "");
    if (result->executing) {
        add_number(map, "executionUnits", (long long)result->units);
        add_number(map, "unitsCommitted", (long long)result->units_committed);
    }
    if (result->dry_run)
        add_bool(map, "dryRun", true);
    if (result->left_open)
        add_bool(map, "transactionLeftOpen", true);
}

static void add_list(StrMap *map, const char *key, const StrList *list)
{
    StrBuf value = STRBUF_INIT;

    for (size_t i = 0; i < list->len; i++) {
        char *clean = redact(list->items[i]);

        strbuf_add(&value, i ? ", " : "[");
        json_add_string(&value, clean);
        free(clean);
    }
    strbuf_addc(&value, ']');
    strmap_set(map, key, strbuf_detach(&value));
}

/* What goes beyond E7: the line of the file, others with the same text, the way there. */
static void add_place(StrMap *map, const ErrorPlace *place)
{
    StrBuf value = STRBUF_INIT;
    char *file;

    if (!place->file)
        return;
    file = redact(place->file);
    strbuf_add(&value, "{");
    if (place->column)
        strbuf_addf(&value, "\"column\": %d, ", place->column);
    strbuf_add(&value, "\"file\": ");
    json_add_string(&value, file);
    if (place->line)
        strbuf_addf(&value, ", \"line\": %d", place->line);
    strbuf_addc(&value, '}');
    strmap_set(map, "place", strbuf_detach(&value));
    free(file);
    add_text(map, "fileSource", place->source_line);
    if (place->also.len)
        add_list(map, "sameText", &place->also);
    if (place->chain.len > 1)
        add_list(map, "chain", &place->chain);
}

static void add_error(StrMap *map, const DeployResult *result)
{
    const DeployError *error = &result->error;
    static const char *const outcomes[] = {
        [COMMIT_COMMITTED] = "committed",
        [COMMIT_ROLLED_BACK] = "rolled back",
        [COMMIT_UNKNOWN] = "unknown",
    };

    add_text(map, "error", error->message ? error->message : "interrupted");
    add_text(map, "sqlstate", error->sqlstate);
    add_text(map, "detail", error->detail);
    add_text(map, "hint", error->hint);
    add_text(map, "where", error->where);
    add_text(map, "failedFile", error->failed_file);
    add_text(map, "script", error->script);
    add_text(map, "sourceLine", error->source_line);
    if (result->executing && (result->causes & CAUSE_EXECUTION))
        add_text(map, "executionMode", result->in_tail ? "psql" : "atomic");
    if (error->file_line)
        add_number(map, "fileLine", error->file_line);
    if (error->file_column)
        add_number(map, "fileColumn", error->file_column);
    add_place(map, &error->place);
    if (!error->line && error->place.line && !error->failed_file) {
        add_number(map, "line", error->place.line);
        if (error->place.column)
            add_number(map, "column", error->place.column);
        add_bool(map, "scriptExpanded", result->macros > 0);
    }
    if (error->line) {
        add_number(map, "line", error->line);
        if (error->column)
            add_number(map, "column", error->column);
        add_bool(map, "scriptExpanded", result->macros > 0);
        if (result->macros) {
            add_number(map, "expandedLine", error->sent_line);
            add_number(map, "expandedColumn", error->sent_column);
        }
    }
    if (result->outcome != COMMIT_NOT_ASKED)
        add_text(map, "commitOutcome", outcomes[result->outcome]);
}

void deploy_result_json(const DeployResult *result, int indent, StrBuf *out)
{
    StrMap map;

    strmap_init(&map, free);
    add_text(&map, "status", result->causes ? "failed" : "success");
    add_number(&map, "exitCode", pgmi_exit_code(result->causes));
    add_text(&map, "target", result->target);
    if (result->attempted)
        add_counts(&map, result);
    if (result->causes)
        add_error(&map, result);
    strbuf_add(out, "{\n");
    for (size_t i = 0; i < map.len; i++)
        strbuf_addf(out, "%*s  \"%s\": %s%s\n", indent, "", map.entries[i].key,
                    (char *)map.entries[i].value, i + 1 < map.len ? "," : "");
    strbuf_addf(out, "%*s}", indent, "");
    strmap_free(&map);
}

/* ---- text ---------------------------------------------------------------------------------------- */

/* Blanks up to the caret, tabs kept. */
static void add_caret(StrBuf *out, const char *line, int column, size_t lead)
{
    const char *p = line;
    int encoding = pg_char_to_encoding("UTF8");

    while (lead-- > 0)
        strbuf_addc(out, ' ');
    for (int i = 1; i < column && *p; i++) {
        int width = PQdsplen(p, encoding);

        if (*p == '\t')
            strbuf_addc(out, '\t');
        else
            while (width-- > 0)
                strbuf_addc(out, ' ');
        p += strnlen(p, (size_t)PQmblen(p, encoding));
    }
    strbuf_add(out, "^\n");
}

static void add_line(StrBuf *out, const char *label, const char *text)
{
    if (text && *text)
        strbuf_addf(out, "%s: %s\n", label, text);
}

static void add_script_place(const DeployResult *result, StrBuf *out)
{
    const DeployError *error = &result->error;
    char label[32];

    if (!error->line || !error->column) /* without a column the message has the line */
        return;
    strbuf_addf(out, "LOCATION: deploy.sql line %d, column %d", error->line, error->column);
    if (result->macros)
        strbuf_addf(out, " (line %d of the expanded script)", error->sent_line);
    strbuf_addc(out, '\n');
    if (!error->source_line)
        return;
    snprintf(label, sizeof(label), "LINE %d: ", error->line);
    strbuf_addf(out, "%s%s\n", label, error->source_line);
    add_caret(out, error->source_line, error->column, strlen(label));
}

static void add_file_place(const DeployError *error, StrBuf *out)
{
    enum { WIDTH = 120 };
    const ErrorPlace *place = &error->place;

    /* a position in deploy.sql has been told; a problem of the project's files has the file in its
     * message already */
    if (place->file && (!error->line || error->failed_file || place->chain.len > 1))
        error_place_text(place, "FILE: ", WIDTH, out);
    else if (!place->file && error->failed_file && error->message &&
             strncmp(error->message, error->failed_file, strlen(error->failed_file)) != 0)
        strbuf_addf(out, "FILE: %s\n", error->failed_file);
}

void deploy_error_text(const DeployResult *result, StrBuf *out)
{
    const DeployError *error = &result->error;
    StrBuf text = STRBUF_INIT;
    char *clean, *shown;

    strbuf_addf(&text, "%s\n", error->message ? error->message : "interrupted");
    add_line(&text, "DETAIL", error->detail);
    add_line(&text, "HINT", error->hint);
    add_line(&text, "WHERE", error->where);
    add_script_place(result, &text);
    add_file_place(error, &text);
    clean = redact(text.data);
    shown = harmless_text(clean);
    strbuf_add(out, shown);
    free(shown);
    free(clean);
    strbuf_free(&text);
}

/* ---- the last line --------------------------------------------------------------------------- */

static void add_failure(const DeployResult *result, StrBuf *out)
{
    if (!result->executing)
        return;
    if (result->in_tail)
        strbuf_addf(out, "; message %zu of %zu failed, %zu already committed",
                    result->units_committed + (result->outcome != COMMIT_COMMITTED),
                    result->units, result->units_committed);
    else
        strbuf_addf(out, "; %s",
                    result->outcome == COMMIT_COMMITTED || result->units_committed
                        ? "the head is committed"
                    : result->outcome == COMMIT_UNKNOWN ? "whether it was committed is unknown"
                                                        : "nothing was committed");
}

void deploy_result_summary(const DeployResult *result, StrBuf *out)
{
    const char *plain = getenv("NO_COLOR");
    bool words = plain && *plain;

    strbuf_addf(out, "%s %s: %zu file%s loaded, %zu macro%s expanded, ",
                result->causes ? (words ? "FAILED" : "\xe2\x9c\x97")
                               : (words ? "ok" : "\xe2\x9c\x93"),
                result->database ? result->database : "(no database)", result->files,
                result->files == 1 ? "" : "s", result->macros, result->macros == 1 ? "" : "s");
    strbuf_add_decimal(out, result->milliseconds / 1000, 2);
    strbuf_add(out, " s");
    if (result->causes)
        add_failure(result, out);
    else if (result->dry_run)
        strbuf_addf(out,
                    "; dry run: the head was rolled back, %zu statement%s of the tail not run. "
                    "Values taken from sequences and effects outside the database stay",
                    result->tail_skipped, result->tail_skipped == 1 ? "" : "s");
}
