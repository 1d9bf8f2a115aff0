/*
 * vectors.c — loads the conformance vectors and compares, with messages that name the case.
 * See vectors.h.
 */
#include "vectors.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

static const char *vectors_dir(void)
{
    const char *dir = getenv("VECTORS_DIR");

    return dir && *dir ? dir : "../shared/vectors";
}

/* NULL: the reason has been printed. */
static json_t *load_cases(const char *file)
{
    char *path = xasprintf("%s/%s", vectors_dir(), file);
    json_error_t error;
    json_t *cases = json_load_file(path, JSON_ALLOW_NUL, &error);

    if (!cases)
        print_error("%s:%d: %s\n", path, error.line, error.text);
    else if (!json_is_array(cases) || !json_array_size(cases)) {
        print_error("%s: no cases in it\n", path);
        json_decref(cases);
        cases = NULL;
    }
    free(path);
    return cases;
}

static bool run_case(const json_t *item, VectorCheck check, StrBuf *why)
{
    const json_t *input = json_object_get(item, "input");
    const json_t *expect = json_object_get(item, "expect");
    const json_t *choices = json_object_get(expect, "any_of");
    size_t i;

    if (!input || !expect) {
        strbuf_add(why, "the case has no input or no expectation");
        return false;
    }
    if (!choices)
        return check(input, expect, why);
    for (i = 0; i < json_array_size(choices); i++)
        if (check(input, json_array_get(choices, i), why))
            return true;
    return false;
}

/* For make check-vectors, which prints one total over several test programs. */
static void tally(const char *file, size_t passed, size_t failed)
{
    const char *path = getenv("VECTORS_TALLY");
    FILE *out = path && *path ? fopen(path, "a") : NULL;

    if (!out)
        return;
    fprintf(out, "%s %zu %zu\n", file, passed, failed);
    fclose(out);
}

void vectors_run(const char *file, VectorCheck check)
{
    json_t *cases = load_cases(file);
    size_t failed = 0, count, i;

    if (!cases) {
        tally(file, 0, 1);
        fail_msg("vector file %s is missing or unusable (VECTORS_DIR=%s)", file, vectors_dir());
    }
    count = json_array_size(cases);
    for (i = 0; i < count; i++) {
        const json_t *item = json_array_get(cases, i);
        const char *name = vector_string(item, "name");
        StrBuf why = STRBUF_INIT;

        if (!run_case(item, check, &why)) {
            failed++;
            print_error("%s: %s: %s\n", file, name ? name : "?", why.data);
        }
        strbuf_free(&why);
    }
    json_decref(cases);
    tally(file, count - failed, failed);
    print_message("%s: %zu passed, %zu failed\n", file, count - failed, failed);
    if (failed)
        fail_msg("%zu of %zu cases of %s failed", failed, count, file);
}

/* ---- input ------------------------------------------------------------------- */

static char *decode_base64(const char *text, size_t *len)
{
    size_t given = strlen(text);
    unsigned char *bytes = xmalloc(given + 4);
    int got = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)given);

    if (got < 0)
        fail_msg("broken base64 in a vector: %.60s", text);
    /* EVP_DecodeBlock counts the padding as zero bytes. */
    while (given && text[given - 1] == '=') {
        given--;
        got--;
    }
    bytes[got] = '\0';
    *len = (size_t)got;
    return (char *)bytes;
}

char *vector_text(const json_t *object, size_t *len)
{
    const json_t *text = json_object_get(object, "text");
    const char *b64 = vector_string(object, "b64");

    if (json_is_string(text)) {
        *len = json_string_length(text);
        return xstrndup(json_string_value(text), *len);
    }
    if (!b64)
        fail_msg("a vector has neither text nor b64");
    return decode_base64(b64, len);
}

const char *vector_string(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* ---- expectations ---------------------------------------------------------------- */

static bool differs(StrBuf *why, const char *key, const json_t *want, const json_t *got)
{
    char *wanted = json_dumps(want, JSON_ENCODE_ANY);
    char *found = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;

    strbuf_addf(why, "\n    %s: expected %s, got %s", key, wanted ? wanted : "?",
                found ? found
                : got ? "a value that is not UTF-8"
                      : "nothing");
    free(wanted);
    free(found);
    return false;
}

/* Takes the reference to got. */
static bool compare_value(const json_t *expect, const char *key, json_t *got, StrBuf *why)
{
    const json_t *want = json_object_get(expect, key);
    bool equal = !want || (got && json_equal(want, got));

    if (!equal)
        differs(why, key, want, got);
    json_decref(got);
    return equal;
}

bool want_string(const json_t *expect, const char *key, const char *got, StrBuf *why)
{
    return compare_value(expect, key, got ? json_string(got) : json_null(), why);
}

bool want_int(const json_t *expect, const char *key, long long got, StrBuf *why)
{
    return compare_value(expect, key, json_integer(got), why);
}

bool want_bool(const json_t *expect, const char *key, bool got, StrBuf *why)
{
    return compare_value(expect, key, json_boolean(got), why);
}

bool want_strings(const json_t *expect, const char *key, const StrList *got, StrBuf *why)
{
    json_t *array = json_array();
    size_t i;

    for (i = 0; i < got->len; i++)
        json_array_append_new(array, json_string(got->items[i]));
    return compare_value(expect, key, array, why);
}

bool want_exit_code(const json_t *expect, int got, StrBuf *why)
{
    const json_t *accepted = json_object_get(expect, "exit_codes");
    size_t i;

    if (!want_int(expect, "exit_code", got, why))
        return false;
    if (!accepted)
        return true;
    for (i = 0; i < json_array_size(accepted); i++)
        if (json_integer_value(json_array_get(accepted, i)) == got)
            return true;
    strbuf_addf(why, "\n    exit_codes: %d is not among them", got);
    return false;
}

bool want_mentions(const json_t *expect, const char *text, StrBuf *why)
{
    const json_t *wanted = json_object_get(expect, "mentions");
    const json_t *unwanted = json_object_get(expect, "must_not_mention");
    size_t i;

    if (!text)
        text = "";
    for (i = 0; i < json_array_size(wanted); i++) {
        const char *word = json_string_value(json_array_get(wanted, i));

        if (!strstr(text, word)) {
            strbuf_addf(why, "\n    \"%s\" is not mentioned in: %s", word, text);
            return false;
        }
    }
    for (i = 0; i < json_array_size(unwanted); i++) {
        const char *word = json_string_value(json_array_get(unwanted, i));

        if (strstr(text, word)) {
            strbuf_addf(why, "\n    \"%s\" must not be mentioned in: %s", word, text);
            return false;
        }
    }
    return true;
}

static bool subset_at(const char *where, const json_t *expect, const json_t *got, StrBuf *why);

static bool subset_of_object(const char *where, const json_t *expect, const json_t *got,
                             StrBuf *why)
{
    const char *key;
    json_t *value;

    /* jansson's macro wants a pointer to non-const; nothing is changed */
    json_object_foreach((json_t *)expect, key, value)
    {
        char *inner = xasprintf("%s.%s", where, key);
        bool equal = subset_at(inner, value, json_object_get(got, key), why);

        free(inner);
        if (!equal)
            return false;
    }
    return true;
}

static bool subset_of_array(const char *where, const json_t *expect, const json_t *got,
                            StrBuf *why)
{
    size_t count = json_array_size(expect), i;

    if (json_array_size(got) != count) {
        strbuf_addf(why, "\n    %s: expected %zu elements, got %zu", where, count,
                    json_array_size(got));
        return differs(why, where, expect, got);
    }
    for (i = 0; i < count; i++) {
        char *inner = xasprintf("%s[%zu]", where, i);
        bool equal = subset_at(inner, json_array_get(expect, i), json_array_get(got, i), why);

        free(inner);
        if (!equal)
            return false;
    }
    return true;
}

static bool subset_at(const char *where, const json_t *expect, const json_t *got, StrBuf *why)
{
    if (json_is_object(expect) && json_is_object(got))
        return subset_of_object(where, expect, got, why);
    if (json_is_array(expect) && json_is_array(got))
        return subset_of_array(where, expect, got, why);
    if (got && json_equal(expect, got))
        return true;
    return differs(why, where, expect, got);
}

bool want_subset(const json_t *expect, const json_t *got, StrBuf *why)
{
    return subset_at("$", expect, got, why);
}
