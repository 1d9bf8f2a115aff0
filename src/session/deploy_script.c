/*
 * deploy_script.c — deploy.sql as `deploy` sees it: SQL only, its macros expanded as a whole before
 * anything runs (contract T6), cut into head and tail (X6).
 *
 * Errors are to be told in terms of the file as written, so each expansion is remembered as a span;
 * what the server counts in the text sent is led back through these.
 */
#include <stdlib.h>
#include <string.h>

#include "deploy_private.h"

/* On the mask a backslash can only be one outside quotes and comments, where SQL has no use for it. */
static bool refuse_backslash(const StrBuf *text, Diag *diag)
{
    char *mask = sql_mask(text->data, text->len);
    const char *hit = memchr(mask, '\\', text->len);
    TextPlace place;
    size_t at, word;

    if (!hit) {
        free(mask);
        return true;
    }
    at = (size_t)(hit - mask);
    word = 1 + strcspn(text->data + at + 1, " \t\r\n\\;\"'");
    text_place_at(text->data, text->len, at, &place);
    diag_set(diag, EXIT_PGMI_CONFIG,
             "backslash command \"%.*s\" in deploy.sql, which is SQL only",
             (int)(word < 40 ? word : 40), text->data + at);
    diag_hint(diag, "pgmish runs scripts with backslash commands: pgmish -f deploy.sql.");
    diag_at(diag, "./deploy.sql", place.line, place.column);
    free(mask);
    return false;
}

DeployScript *deploy_script_read(const char *root, Diag *diag)
{
    DeployScript *script = xcalloc(1, sizeof(*script));

    strbuf_init(&script->text);
    strbuf_init(&script->sent);
    if (project_read_deploy_sql(root, &script->text, diag) &&
        refuse_backslash(&script->text, diag) &&
        macro_find(script->text.data, script->text.len, false, &script->macros, diag))
        return script;
    deploy_script_free(script);
    return NULL;
}

bool deploy_script_uncatch(DeployScript *script)
{
    StrBuf text = STRBUF_INIT;
    MacroList macros = {NULL, 0, 0};
    Diag ignored = DIAG_INIT;
    bool changed = sql_uncatch(script->text.data ? script->text.data : "", script->text.len,
                               &text) &&
                   macro_find(text.data, text.len, false, &macros, &ignored);

    if (changed) {
        strbuf_free(&script->text);
        macro_list_free(&script->macros);
        script->text = text;
        script->macros = macros;
    } else {
        strbuf_free(&text);
        macro_list_free(&macros);
    }
    diag_reset(&ignored);
    return changed;
}

static void forget_expansion(DeployScript *script)
{
    strbuf_free(&script->sent);
    script_units_free(&script->units);
    for (size_t i = 0; script->suites && i < script->macros.len; i++)
        suite_free(script->suites[i]);
    free(script->suites);
    script->suites = NULL;
    free(script->spans);
    script->spans = NULL;
}

void deploy_script_free(DeployScript *script)
{
    if (!script)
        return;
    forget_expansion(script);
    macro_list_free(&script->macros);
    strbuf_free(&script->text);
    free(script);
}

bool deploy_script_expand(DeployScript *script, MacroGenerator generate, void *ctx, bool timed,
                          Diag *diag)
{
    unsigned flags = SUITE_UNGUARDED | (timed ? SUITE_TIMED : 0);
    StrBuf *sent = &script->sent;
    size_t from = 0;
    TextPlace at;

    forget_expansion(script);
    script->spans = xcalloc(script->macros.len + 1, sizeof(MacroSpan));
    script->suites = xcalloc(script->macros.len + 1, sizeof(Suite *));
    for (size_t i = 0; i < script->macros.len; i++) {
        const Macro *macro = &script->macros.items[i];
        char *suite = generate(ctx, macro->pattern, macro->callback, diag);

        if (!suite) {
            text_place_at(script->text.data, script->text.len, macro->start, &at);
            return diag_at(diag, "./deploy.sql", at.line, at.column);
        }
        strbuf_addn(sent, script->text.data + from, macro->start - from);
        script->suites[i] = suite_parse(suite);
        script->spans[i] = (MacroSpan){sent->len, 0, macro->start, macro->end};
        suite_text(script->suites[i], flags, sent);
        script->spans[i].end = sent->len;
        from = macro->end;
    }
    strbuf_addn(sent, script->text.data + from, script->text.len - from);
    script_split(sent->data, sent->len, &script->units);
    return true;
}

const MacroSpan *deploy_script_span(const DeployScript *script, size_t offset)
{
    for (size_t i = 0; i < script->macros.len; i++)
        if (offset >= script->spans[i].start && offset < script->spans[i].end)
            return &script->spans[i];
    return NULL;
}

size_t deploy_script_origin(const DeployScript *script, size_t offset)
{
    size_t sent = 0, written = 0; /* behind the last span in front of offset */

    for (size_t i = 0; i < script->macros.len; i++) {
        const MacroSpan *span = &script->spans[i];

        if (offset < span->start)
            break;
        if (offset < span->end)
            return span->call;
        sent = span->end;
        written = span->call_end;
    }
    return written + (offset - sent);
}

/* ---- the head ----------------------------------------------------------------------------- */

typedef struct HeadWalk {
    HeadShape *head;
    size_t first_macro; /* in the expanded text */
    bool begins_first;  /* BEGIN stands in front of the first macro */
} HeadWalk;

static bool look_at(void *ctx, const char *text, size_t start, size_t end)
{
    HeadWalk *walk = ctx;
    size_t base = walk->head->start;

    if (statement_kind(text + start, end - start) == STATEMENT_BEGIN) {
        walk->head->begins = true;
        if (base + start < walk->first_macro)
            walk->begins_first = true;
    }
    walk->head->terminator = base + start; /* the last one, in the end */
    return true;
}

HeadShape deploy_script_head(const DeployScript *script)
{
    HeadShape head = {0};
    HeadWalk walk = {&head, SIZE_MAX, false};
    bool macro;

    if (!script->units.len)
        return head;
    head.start = script->units.items[0].start;
    head.end = script->units.items[0].end;
    macro = script->macros.len && script->spans[0].start < head.end;
    if (macro)
        walk.first_macro = script->spans[0].start;
    script_each_statement(script->sent.data + head.start, head.end - head.start, look_at,
                          &walk);
    head.wants_begin = macro && !walk.begins_first;
    if (!script->units.has_terminator)
        head.terminator = head.end;
    return head;
}
