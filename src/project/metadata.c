/*
 * metadata.c — finds a file's <pgmi-meta> block and checks what it says (contract section 4).
 *
 * A block decides whether a file runs again and when, so one that is not understood is an error and never
 * ignored: a misspelt element would otherwise run a migration twice.  The XML itself is read by xml.c,
 * which is where hostile documents are kept out.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "pgmish/sql.h"

enum { MAX_BLOCK = 10240 }; /* M2 */

#define SCAFFOLD_HINT "\"pgmi metadata scaffold\" writes a valid block."

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* M1: "<", optional blanks, the name, then a blank or ">", anywhere in the text. */
static bool mentions(const char *text, size_t len, const char *name)
{
    size_t name_len = strlen(name);
    const char *end = text + len;

    for (const char *p = text; (p = memchr(p, '<', (size_t)(end - p))) != NULL;) {
        p++;
        while (p < end && is_blank(*p))
            p++;
        if ((size_t)(end - p) > name_len && memcmp(p, name, name_len) == 0 &&
            (is_blank(p[name_len]) || p[name_len] == '>'))
            return true;
    }
    return false;
}

/* ---- finding the block (M1, M2) ----------------------------------------------------------- */

typedef struct Found {
    const char *text;
    size_t len;
    int line; /* 0: nothing found */
} Found;

static bool refuse_old(int line, Diag *diag)
{
    diag_set(diag, EXIT_PGMI_CONFIG, "metadata block in the old form <pgmi:meta>");
    diag_hint(diag, "Write <pgmi-meta> instead, without the namespace. " SCAFFOLD_HINT);
    return diag_at(diag, NULL, line, 0);
}

static bool refuse_second(int first, int line, Diag *diag)
{
    diag_set(diag, EXIT_PGMI_CONFIG,
             "second metadata block in one file (the first is on line %d)", first);
    diag_hint(diag, "Keep one <pgmi-meta> block; also a comment that only mentions the element "
                    "counts.");
    return diag_at(diag, NULL, line, 0);
}

/* One comment: is it the block?  False: *diag says what is wrong. */
static bool look_at_comment(const char *comment, size_t len, bool closed, int line,
                            Found *found, Diag *diag)
{
    if (mentions(comment, len, "pgmi:meta"))
        return refuse_old(line, diag);
    if (!mentions(comment, len, "pgmi-meta"))
        return true;
    if (found->line)
        return refuse_second(found->line, line, diag);
    if (!closed) {
        diag_set(diag, EXIT_PGMI_CONFIG, "comment with the metadata block is not closed");
        diag_hint(diag, "End the comment with */.");
        return diag_at(diag, NULL, line, 0);
    }
    *found = (Found){comment, len, line};
    return true;
}

/* Looks at every top-level block comment. */
static bool find_block(const char *text, size_t len, Found *found, Diag *diag)
{
    size_t offset = 0, start, end, counted = 0;
    int line = 1;
    bool closed;

    while (sql_next_block_comment(text, len, &offset, &start, &end, &closed)) {
        const char *comment = text + start;
        size_t comment_len = end - start;

        text_trim(&comment, &comment_len);
        line += text_line_at(text + counted, (size_t)(comment - text) - counted) - 1;
        counted = (size_t)(comment - text);
        if (!look_at_comment(comment, comment_len, closed, line, found, diag))
            return false;
    }
    return true;
}

/* ---- checking what it says (M4) --------------------------------------------------------------- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The accepted spellings of a UUID into the canonical one; NULL: not a UUID. */
static char *canonical_uuid(const char *text)
{
    size_t len = strlen(text);
    bool dashes = true;
    char out[37];
    size_t n = 0;

    if (len == 45 && ascii_ncasecmp(text, "urn:uuid:", 9) == 0)
        text += 9;
    else if (len == 38 && text[0] == '{' && text[37] == '}')
        text++;
    else if (len == 32)
        dashes = false;
    else if (len != 36)
        return NULL;
    for (int i = 0; n < 36; i++) {
        if (n == 8 || n == 13 || n == 18 || n == 23) {
            out[n++] = '-';
            if (!dashes)
                i--;
            else if (text[i] != '-')
                return NULL;
        } else if (is_hex(text[i])) {
            out[n++] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] + 32 : text[i]);
        } else {
            return NULL;
        }
    }
    return xstrndup(out, 36);
}

/* 1, 0, or -1 for anything that is no boolean.  Trimmed first. */
static int parse_boolean(const char *text)
{
    static const char *const yes[] = {"true", "TRUE", "True", "t", "T", "1"};
    static const char *const no[] = {"false", "FALSE", "False", "f", "F", "0"};
    size_t len = strlen(text);

    text_trim(&text, &len);
    for (size_t i = 0; i < lengthof(yes); i++) {
        if (strlen(yes[i]) == len && memcmp(text, yes[i], len) == 0)
            return 1;
        if (strlen(no[i]) == len && memcmp(text, no[i], len) == 0)
            return 0;
    }
    return -1;
}

static bool is_all_blank(const char *text)
{
    size_t len = strlen(text);

    text_trim(&text, &len);
    return len == 0;
}

typedef struct Problems {
    StrBuf text;
    int count;
} Problems;

static void add_problem(Problems *problems, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void add_problem(Problems *problems, const char *fmt, ...)
{
    va_list args;

    problems->count++;
    strbuf_addf(&problems->text, "%s(%d) ", problems->count > 1 ? "; " : "", problems->count);
    va_start(args, fmt);
    strbuf_vaddf(&problems->text, fmt, args);
    va_end(args);
}

/* M5: attributes that do not parse are reported alone. */
static bool parse_attributes(const XmlBlock *block, Metadata *meta, Diag *diag)
{
    int value;

    if (block->id && (meta->id = canonical_uuid(block->id)) == NULL) {
        diag_set(diag, EXIT_PGMI_CONFIG, "invalid metadata: id is not a UUID");
        return diag_hint(diag,
                         "Write id=\"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\" with hexadecimal "
                         "digits. " SCAFFOLD_HINT);
    }
    if (!block->idempotent)
        return true;
    value = parse_boolean(block->idempotent);
    if (value < 0) {
        diag_set(diag, EXIT_PGMI_CONFIG,
                 "invalid metadata: idempotent is neither true nor false");
        return diag_hint(diag,
                         "Write idempotent=\"true\" or idempotent=\"false\". " SCAFFOLD_HINT);
    }
    meta->idempotent = value;
    return true;
}

/* M4's rules on content; all that is wrong, numbered, in one message. */
static bool check_content(const XmlBlock *block, const Metadata *meta, Diag *diag)
{
    Problems problems = {STRBUF_INIT, 0};

    if (!block->id)
        add_problem(&problems, "id is missing");
    else if (strcmp(meta->id, "00000000-0000-0000-0000-000000000000") == 0)
        add_problem(&problems, "id is the nil UUID");
    if (!block->idempotent)
        add_problem(&problems, "idempotent is missing");
    if (block->description && *block->description && is_all_blank(block->description))
        add_problem(&problems, "description is blank");
    for (size_t i = 0; i < block->keys.len; i++)
        if (is_all_blank(block->keys.items[i]))
            add_problem(&problems, "sortKeys[%zu] is blank", i);
    if (problems.count) {
        diag_set(diag, EXIT_PGMI_CONFIG, "invalid metadata: %s",
                 problems.text.data + (problems.count == 1 ? 4 : 0));
        diag_hint(diag, SCAFFOLD_HINT);
    }
    strbuf_free(&problems.text);
    return problems.count == 0;
}

static Metadata *build_metadata(const Found *found, Diag *diag)
{
    XmlBlock block;
    Metadata *meta;

    if (found->len > MAX_BLOCK) {
        diag_set(diag, EXIT_PGMI_CONFIG, "metadata block is larger than %d bytes", MAX_BLOCK);
        diag_hint(diag, "Move the prose into another comment.");
        return NULL;
    }
    if (!xml_block_parse(found->text, found->len, found->line, &block, diag))
        return NULL;
    meta = xcalloc(1, sizeof *meta);
    meta->line = found->line;
    if (!parse_attributes(&block, meta, diag) || !check_content(&block, meta, diag)) {
        metadata_free(meta);
        xml_block_free(&block);
        return NULL;
    }
    meta->description = xstrdup(block.description ? block.description : "");
    meta->sort_keys = block.keys;
    block.keys = (StrList)STRLIST_INIT;
    xml_block_free(&block);
    return meta;
}

MetadataStatus metadata_parse(const char *path, const char *text, size_t len, Metadata **meta,
                              Diag *diag)
{
    Found found = {NULL, 0, 0};
    char *shown;

    *meta = NULL;
    /* Most files have no block; then the scanner is not needed. */
    if (!memmem(text, len, "pgmi-meta", 9) && !memmem(text, len, "pgmi:meta", 9))
        return METADATA_NONE;
    if (find_block(text, len, &found, diag)) {
        if (!found.line)
            return METADATA_NONE;
        *meta = build_metadata(&found, diag);
        if (*meta)
            return METADATA_OK;
    }
    shown = project_show_path(path);
    diag_at(diag, shown, diag->line ? diag->line : found.line, 0);
    free(shown);
    return METADATA_ERROR;
}

void metadata_free(Metadata *meta)
{
    if (!meta)
        return;
    free(meta->id);
    free(meta->description);
    strlist_free(&meta->sort_keys);
    free(meta);
}
