/*
 * fuzz_sql_text.c — a libFuzzer target for everything that reads SQL as text: arbitrary bytes, in
 * which only memory safety and a few invariants can be asked for.  Not run by make check:
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Iinclude -I$(pg_config \
 *       --includedir) regress/fuzz/fuzz_sql_text.c src/sql/{scan,letters,mask,normalise,macro}.c \
 *       src/sql/{literal,statements,split,transaction,place,failed_file}.c src/support/{strbuf,memory}.c \
 *       src/support/{diag,utf8,redact,json}.c -lpq -o build/fuzz_sql_text
 *   build/fuzz_sql_text -max_total_time=30
 */
#include "pgmish/sql.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_masks(const char *text, size_t len)
{
    char *mask = sql_mask(text, len);
    StrBuf normal = STRBUF_INIT;
    size_t offset = 0, start, end;
    bool closed;

    sql_normalise(text, len, &normal);
    require(normal.len <= len);
    require(!normal.len || (normal.data[0] != ' ' && normal.data[normal.len - 1] != ' '));
    require(!memmem(normal.data, normal.len, "  ", 2));
    while (sql_next_block_comment(text, len, &offset, &start, &end, &closed)) {
        require(start <= end && end <= offset && offset <= len);
        require(mask[start] == ' ' || start == len);
    }
    strbuf_free(&normal);
    free(mask);
}

static bool in_order(void *ctx, const char *text, size_t start, size_t end)
{
    size_t *last = ctx;

    (void)text;
    require(*last <= start && start < end);
    *last = end;
    return true;
}

static void check_statements(const char *text, size_t len)
{
    ScriptUnits units;
    size_t last = 0, i;

    script_each_statement(text, len, in_order, &last);
    require(last <= len);
    script_split(text, len, &units);
    for (i = 0, last = 0; i < units.len; i++)
        in_order(&last, text, units.items[i].start, units.items[i].end);
    require(last <= len);
    script_units_free(&units);
    statement_kind(text, len);
}

static void check_macros(const char *text, size_t len, bool substituted)
{
    MacroList list;
    Diag diag = DIAG_INIT;
    size_t last = 0, i;

    macro_find(text, len, substituted, &list, &diag);
    for (i = 0; i < list.len; i++)
        in_order(&last, text, list.items[i].start, list.items[i].end);
    require(last <= len);
    macro_list_free(&list);
    diag_reset(&diag);
}

static void check_places(const char *text, size_t len, long position)
{
    TextPlace place;

    if (!text_locate(text, len, position, &place))
        return;
    require(place.line >= 1 && place.column >= 1);
    require(place.line_start + place.line_length <= len);
}

/* Functions that take C strings. */
static void check_strings(const char *text)
{
    StrBuf json = STRBUF_INIT;
    char *clean = redact(text), *path = failed_file_in(text);

    json_add_string(&json, text);
    require(utf8_valid_prefix(json.data, json.len) == json.len);
    statement_manages_transaction(text, 6);
    statement_is_select(text, 6);
    callback_name_valid(text);
    strbuf_free(&json);
    free(clean);
    free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *exact = xmalloc(size), *string = xstrndup((const char *)data, size);

    /* no byte behind the text, so that reading past its end is seen */
    if (size)
        memcpy(exact, data, size);
    check_masks(exact, size);
    check_statements(exact, size);
    check_macros(exact, size, false);
    check_macros(exact, size, true);
    check_places(exact, size, size ? data[0] : 1);
    check_strings(string);
    free(exact);
    free(string);
    return 0;
}
