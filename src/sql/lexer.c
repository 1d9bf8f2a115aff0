/*
 * lexer.c — the shell's lexer: its life, the texts it reads from and where text came from.
 *
 * psql scans its input line by line with a generated scanner; scripts depend on every quirk of
 * it.  Ours is written by hand, behaves the same byte for byte (make check-oracle compares them)
 * and besides keeps the place of every piece of a statement.  lexer_scan.c holds the rules of
 * SQL text, lexer_slash.c those of backslash commands.
 */
#include "lexer_private.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

Lexer *lexer_new(const LexerHooks *hooks)
{
    Lexer *lexer = xcalloc(1, sizeof(*lexer));

    lexer->hooks = *hooks;
    lexer->cap = 4;
    lexer->sources = xcalloc(lexer->cap, sizeof(*lexer->sources));
    lexer->depth = 1;
    lexer->safe_encoding = lexer->std_strings = true;
    return lexer;
}

static void source_free(LexSource *src)
{
    free(src->mask);
    free(src->value);
    free(src->name);
    memset(src, 0, sizeof(*src));
}

void lexer_free(Lexer *lexer)
{
    if (!lexer)
        return;
    lexer_finish(lexer);
    free(lexer->sources);
    free(lexer->dollar_tag);
    free(lexer->places);
    free(lexer);
}

/* ---- the texts being read ------------------------------------------------------------- */

/*
 * Client-only encodings (SJIS, BIG5, GBK, UHC, GB18030, JOHAB) have characters whose second byte
 * is an ASCII one, a backslash or a quote say.  Those bytes are masked before scanning.
 */
static char *mask_text(const char *text, size_t len, int encoding)
{
    char *mask = xmalloc(len + 1);
    size_t i = 0;

    while (i < len) {
        int bytes = PQmblen(text + i, encoding);

        mask[i] = text[i];
        for (i++; --bytes > 0 && i < len; i++)
            mask[i] = (char)0xFF;
    }
    mask[len] = '\0';
    return mask;
}

static void source_open(const Lexer *lexer, LexSource *src, const char *text, size_t len)
{
    src->orig = src->text = text;
    src->len = len;
    src->pos = src->run = 0;
    if (!lexer->safe_encoding)
        src->text = src->mask = mask_text(text, len, lexer->encoding);
}

void lexer_feed(Lexer *lexer, const char *line, size_t len, int encoding, bool std_strings,
                uint64_t line_number)
{
    lexer_finish(lexer);
    lexer->encoding = encoding;
    lexer->safe_encoding = pg_valid_server_encoding_id(encoding);
    lexer->std_strings = std_strings;
    lexer->line = line_number;
    lexer->line_start = 0;
    source_open(lexer, &lexer->sources[0], line, len);
}

void lexer_push(Lexer *lexer, char *value, char *name)
{
    LexSource *src;

    if (lexer->depth == lexer->cap) {
        lexer->cap *= 2;
        lexer->sources = xrealloc(lexer->sources, lexer->cap * sizeof(*lexer->sources));
    }
    if (lexer->depth == 1) { /* all that comes of it stands where its colon stands */
        lexer->variable_at = lexer->sources[0].pos - strlen(name) - 1;
        lexer->variable_placed = false;
    }
    src = &lexer->sources[lexer->depth++];
    memset(src, 0, sizeof(*src));
    src->value = value;
    src->name = name;
    source_open(lexer, src, value, strlen(value));
}

static void drop_variables(Lexer *lexer)
{
    while (lexer->depth > 1)
        source_free(&lexer->sources[--lexer->depth]);
}

bool lexer_is_source(const Lexer *lexer, const char *name)
{
    size_t i;

    for (i = 1; i < lexer->depth; i++) {
        if (strcmp(lexer->sources[i].name, name) == 0)
            return true;
    }
    return false;
}

LexSource *lexer_source(Lexer *lexer)
{
    for (;;) {
        LexSource *src = &lexer->sources[lexer->depth - 1];

        if (src->pos < src->len)
            return src;
        if (lexer->depth == 1)
            return NULL;
        source_free(src);
        lexer->depth--;
    }
}

void lexer_finish(Lexer *lexer)
{
    drop_variables(lexer);
    source_free(&lexer->sources[0]);
}

/* ---- state that outlives the line ------------------------------------------------------ */

void lexer_reset(Lexer *lexer)
{
    lexer->state = IN_PLAIN;
    lexer->comment_depth = 0;
    free(lexer->dollar_tag);
    lexer->dollar_tag = NULL;
    lexer->mark.paren_depth = lexer->mark.begin_depth = 0;
    lexer->mark.copy_count = lexer->mark.word_count = 0;
    lexer->place_len = 0;
}

bool lexer_in_quote(const Lexer *lexer)
{
    return lexer->state != IN_PLAIN && lexer->state != BEHIND_STRING;
}

size_t lexer_column(const Lexer *lexer)
{
    return lexer->sources[0].pos;
}

LexerMark lexer_mark(const Lexer *lexer)
{
    return lexer->mark;
}

void lexer_restore(Lexer *lexer, const LexerMark *mark)
{
    lexer->mark = *mark;
}

/* ---- places ------------------------------------------------------------------------------ */

const LexPlace *lexer_places(const Lexer *lexer, size_t *count)
{
    *count = lexer->place_len;
    return lexer->places;
}

/* Column of an offset in the line that was fed, which may hold line feeds when it comes from an
 * editor or the history: then lexer->line moves on.  Offsets only grow. */
static size_t column_at(Lexer *lexer, size_t at)
{
    const char *text = lexer->sources[0].orig;
    const char *feed;

    while ((feed = memchr(text + lexer->line_start, '\n', at - lexer->line_start)) != NULL) {
        lexer->line_start = (size_t)(feed - text) + 1;
        if (lexer->line)
            lexer->line++;
    }
    return at - lexer->line_start + 1;
}

static void place_add(Lexer *lexer, size_t at, bool substituted)
{
    size_t offset = lexer->out->len, column = column_at(lexer, at);

    /* What \if threw away again leaves no place. */
    while (lexer->place_len && lexer->places[lexer->place_len - 1].offset >= offset)
        lexer->place_len--;
    if (lexer->place_len == lexer->place_cap) {
        lexer->place_cap = lexer->place_cap ? lexer->place_cap * 2 : 16;
        lexer->places = xrealloc(lexer->places, lexer->place_cap * sizeof(*lexer->places));
    }
    lexer->places[lexer->place_len++] = (LexPlace){offset, lexer->line, column, substituted};
}

/* True when counting line feeds from the last place leads here by itself: the text goes on where
 * it ended, or in the next line behind the line feed that the loop puts between two lines.  A
 * statement of a million lines needs one place then. */
static bool place_follows(const Lexer *lexer, size_t column)
{
    const StrBuf *out = lexer->out;
    size_t end = lexer->end_offset;

    if (!lexer->place_len || lexer->places[lexer->place_len - 1].substituted)
        return false;
    if (out->len == end)
        return lexer->line == lexer->end_line && column == lexer->end_column;
    return out->len == end + 1 && out->data[end] == '\n' && column == 1 && lexer->line &&
           lexer->line == lexer->end_line + 1;
}

static void place_run(Lexer *lexer, size_t from, size_t to)
{
    if (!place_follows(lexer, column_at(lexer, from)))
        place_add(lexer, from, false);
    lexer->end_column = column_at(lexer, to);
    lexer->end_line = lexer->line;
    lexer->end_offset = lexer->out->len + (to - from);
}

void lexer_flush(Lexer *lexer, LexSource *src)
{
    if (src->pos > src->run) {
        if (src == &lexer->sources[0]) {
            place_run(lexer, src->run, src->pos);
        } else if (!lexer->variable_placed) {
            place_add(lexer, lexer->variable_at, true);
            lexer->variable_placed = true;
        }
        strbuf_addn(lexer->out, src->orig + src->run, src->pos - src->run);
    }
    src->run = src->pos;
}

void lexer_put_value(Lexer *lexer, const LexSource *src, size_t at, const char *value)
{
    if (src == &lexer->sources[0])
        place_add(lexer, at, true);
    strbuf_add(lexer->out, value);
}

/* ---- variables ----------------------------------------------------------------------------- */

bool lexer_active(const Lexer *lexer)
{
    return !lexer->hooks.active || lexer->hooks.active(lexer->hooks.ctx);
}

char *lexer_lookup(Lexer *lexer, const char *name, VarQuote quote)
{
    if (!lexer->hooks.variable || !lexer_active(lexer))
        return NULL;
    return lexer->hooks.variable(lexer->hooks.ctx, name, quote);
}

static bool variable_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || (unsigned char)c >= 0x80;
}

size_t lexer_variable_end(const LexSource *src, size_t at)
{
    while (at < src->len && variable_char(src->text[at]))
        at++;
    return at;
}

size_t lexer_quoted_variable(const LexSource *src, size_t at, char **name, char *form)
{
    size_t start = at + 2, end;
    char open = at + 1 < src->len ? src->text[at + 1] : '\0';

    if (open == '{' && start < src->len && src->text[start] == '?')
        start++;
    else if (open != '\'' && open != '"')
        return 0;
    end = lexer_variable_end(src, start);
    if (end == start || end >= src->len || src->text[end] != (open == '{' ? '}' : open))
        return 0;
    *name = xstrndup(src->orig + start, end - start);
    *form = open;
    return end + 1 - at;
}

char *lexer_quoted_value(Lexer *lexer, const char *name, char form)
{
    char *value;
    bool known;

    if (form != '{')
        return lexer_lookup(lexer, name, form == '"' ? VAR_IDENT : VAR_LITERAL);
    value = lexer_lookup(lexer, name, VAR_PLAIN);
    known = value != NULL;
    free(value);
    return xstrdup(known ? "TRUE" : "FALSE");
}
