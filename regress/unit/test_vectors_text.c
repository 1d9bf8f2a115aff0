/*
 * test_vectors_text.c — the conformance vectors of everything that is text.
 */
#include "vectors.h"

#include "pgmish/sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool check_redaction(const json_t *input, const json_t *expect, StrBuf *why)
{
    size_t len;
    char *text = vector_text(input, &len);
    char *clean = redact(text);
    bool ok = want_string(expect, "text", clean, why);

    free(clean);
    free(text);
    return ok;
}

static void redaction(void **state)
{
    (void)state;
    vectors_run("redaction.json", check_redaction);
}

/* Names of the causes in exit_codes.json, in the order of the bits. */
static unsigned cause_bit(const char *name)
{
    static const struct {
        const char *name;
        unsigned bit;
    } causes[] = {
        {"other", CAUSE_OTHER},
        {"usage", CAUSE_USAGE},
        {"config", CAUSE_CONFIG},
        {"connection", CAUSE_CONNECTION},
        {"approval_denied", CAUSE_APPROVAL},
        {"execution", CAUSE_EXECUTION},
        {"deploy_sql_missing", CAUSE_NO_DEPLOY_SQL},
        {"concurrent", CAUSE_CONCURRENT},
        {"deadline", CAUSE_DEADLINE},
        {"interrupt", CAUSE_INTERRUPT},
    };
    size_t i;

    for (i = 0; i < lengthof(causes); i++)
        if (!strcmp(causes[i].name, name))
            return causes[i].bit;
    fail_msg("exit_codes.json names an unknown cause: %s", name);
    return 0;
}

static bool check_exit_code(const json_t *input, const json_t *expect, StrBuf *why)
{
    const json_t *causes = json_object_get(input, "causes");
    unsigned bits = 0;
    size_t i;

    for (i = 0; i < json_array_size(causes); i++)
        bits |= cause_bit(json_string_value(json_array_get(causes, i)));
    return want_exit_code(expect, pgmi_exit_code(bits), why);
}

static void exit_codes(void **state)
{
    (void)state;
    vectors_run("exit_codes.json", check_exit_code);
}

/* ---- SQL as text ------------------------------------------------------------------ */

static bool check_checksum(const json_t *input, const json_t *expect, StrBuf *why)
{
    StrBuf normalised = STRBUF_INIT;
    char hash[65], raw[65];
    size_t len;
    char *text = vector_text(input, &len);
    bool ok;

    sql_normalise(text, len, &normalised);
    sha256_hex(normalised.data, normalised.len, hash);
    sha256_hex(text, len, raw);
    ok = want_string(expect, "normalized", normalised.data, why) &&
         want_string(expect, "sha256_normalized", hash, why) &&
         want_string(expect, "sha256_raw", raw, why);
    strbuf_free(&normalised);
    free(text);
    return ok;
}

static json_t *macros_as_json(const MacroList *list)
{
    json_t *array = json_array();
    size_t i;

    for (i = 0; i < list->len; i++) {
        const Macro *macro = &list->items[i];

        json_array_append_new(array,
                              json_pack("{s:s?, s:s?, s:I, s:I, s:i, s:i}", "pattern",
                                        macro->pattern, "callback", macro->callback, "start",
                                        (json_int_t)macro->start, "end", (json_int_t)macro->end,
                                        "line", macro->line, "column", macro->column));
    }
    return json_pack("{s:o}", "macros", array);
}

static bool check_macros(const json_t *input, const json_t *expect, StrBuf *why)
{
    MacroList list;
    Diag diag = DIAG_INIT;
    size_t len;
    char *text = vector_text(input, &len);
    bool ok = macro_find(text, len, false, &list, &diag);

    if (ok) {
        json_t *got = macros_as_json(&list);

        ok = want_subset(expect, got, why);
        json_decref(got);
    } else {
        strbuf_add(why, diag.message);
    }
    macro_list_free(&list);
    diag_reset(&diag);
    free(text);
    return ok;
}

static bool check_units(const json_t *input, const json_t *expect, StrBuf *why)
{
    ScriptUnits units;
    json_t *array = json_array(), *got;
    size_t len, i;
    char *text = vector_text(input, &len);
    bool ok;

    script_split(text, len, &units);
    for (i = 0; i < units.len; i++) {
        const ScriptUnit *unit = &units.items[i];

        json_array_append_new(array, json_pack("{s:s%, s:I, s:i, s:i}", "sql",
                                               text + unit->start, unit->end - unit->start,
                                               "offset", (json_int_t)unit->start, "line",
                                               unit->line, "column", unit->column));
    }
    got = json_pack("{s:o}", "units", array);
    ok = want_subset(expect, got, why);
    json_decref(got);
    script_units_free(&units);
    free(text);
    return ok;
}

static bool check_location(const json_t *input, const json_t *expect, StrBuf *why)
{
    const char *script = vector_string(input, "script");
    long position = (long)json_integer_value(json_object_get(input, "position"));
    TextPlace place;
    char *source;
    bool ok;

    if (!text_locate(script, strlen(script), position, &place)) {
        strbuf_add(why, "no location");
        return json_is_null(json_object_get(expect, "location"));
    }
    source = xstrndup(script + place.line_start, place.line_length);
    ok = want_int(expect, "line", place.line, why) &&
         want_int(expect, "column", place.column, why) &&
         want_string(expect, "source_line", source, why) &&
         want_string(expect, "location", source, why); /* null where there should be none */
    free(source);
    return ok;
}

static bool check_failed_file(const json_t *input, const json_t *expect, StrBuf *why)
{
    char *path = failed_file_in(vector_string(input, "message"));
    bool ok = want_string(expect, "failed_file", path, why);

    free(path);
    return ok;
}

/* What needs no server: the name is refused, or taken over as it stands.  The empty name means
 * the default callback, which the generated suite names (G4). */
static bool check_callbacks(const json_t *input, const json_t *expect, StrBuf *why)
{
    const char *callback = vector_string(input, "callback");
    char *text = xasprintf("CALL pgmi_test(NULL, '%s')", callback);
    MacroList list;
    Diag diag = DIAG_INIT;
    bool found = macro_find(text, strlen(text), false, &list, &diag);
    bool ok = want_bool(expect, "ok", found, why);

    if (found) {
        const char *name = list.len ? list.items[0].callback : "no macro";

        ok = want_string(expect, "calls", name ? name : "pg_temp.pgmi_test_callback", why) &&
             ok;
    } else {
        assert_int_equal(diag.code, EXIT_PGMI_EXECUTION);
    }
    assert_int_equal(callback_name_valid(callback), found && *callback);
    macro_list_free(&list);
    diag_reset(&diag);
    free(text);
    return ok;
}

static void checksum(void **state)
{
    (void)state;
    vectors_run("checksum.json", check_checksum);
}

static void macros(void **state)
{
    (void)state;
    vectors_run("macros.json", check_macros);
}

static void units(void **state)
{
    (void)state;
    vectors_run("units.json", check_units);
}

static void location(void **state)
{
    (void)state;
    vectors_run("location.json", check_location);
}

static void failed_file(void **state)
{
    (void)state;
    vectors_run("failed_file.json", check_failed_file);
}

static void callbacks(void **state)
{
    (void)state;
    vectors_run("callbacks.json", check_callbacks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(redaction),   cmocka_unit_test(exit_codes), cmocka_unit_test(checksum),
        cmocka_unit_test(macros),      cmocka_unit_test(units),      cmocka_unit_test(location),
        cmocka_unit_test(failed_file), cmocka_unit_test(callbacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
