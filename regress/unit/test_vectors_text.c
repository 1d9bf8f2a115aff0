/*
 * test_vectors_text.c — the conformance vectors of everything that is text.
 */
#include "vectors.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(redaction),
        cmocka_unit_test(exit_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
