/*
 * locate_function.c — the definitions of a function among the project's files.
 *
 * The server names a function by its signature, with the schema only where the search path does not
 * find it, and LANGUAGE sql by its bare name.  So name and number of arguments must agree, and the
 * schema where both sides have one.  Definitions inside a quoted text (a DO block that EXECUTEs
 * CREATE FUNCTION) are looked for only when there is none at top level.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "locate_private.h"

typedef struct Signature {
    char *schema, *name;   /* as the catalog has them; schema NULL: not given */
    int args, args_in_all; /* without and with OUT ones; -1: not given */
    StrList types;         /* the text of each argument but OUT ones */
} Signature;

static void signature_free(Signature *signature)
{
    free(signature->schema);
    free(signature->name);
    strlist_free(&signature->types);
}

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static size_t skip(const char *mask, size_t at, size_t end)
{
    while (at < end && isspace((unsigned char)mask[at]))
        at++;
    return at;
}

/* One identifier of the text; moves *at behind it.  NULL: there is none. */
static char *read_identifier(const char *text, size_t *at, size_t end)
{
    StrBuf name = STRBUF_INIT;
    size_t i = *at;

    if (i < end && text[i] == '"') {
        for (i++; i < end && (text[i] != '"' || (i + 1 < end && text[i + 1] == '"')); i++) {
            i += text[i] == '"';
            strbuf_addc(&name, text[i]);
        }
        i++;
    } else {
        while (i < end && name_char(text[i]))
            strbuf_addc(&name, fold_lower(text[i])), i++;
    }
    if (i == *at) {
        strbuf_free(&name);
        return NULL;
    }
    *at = i < end ? i : end;
    return strbuf_detach(&name);
}

/* Counts an argument; its text, mode and name and default included, is kept for its type. */
static void count_argument(const char *text, const char *mask, size_t from, size_t to,
                           Signature *signature)
{
    from = skip(mask, from, to);
    if (from == to)
        return;
    signature->args_in_all++;
    if (to - from > 4 && ascii_ncasecmp(mask + from, "out", 3) == 0 &&
        isspace((unsigned char)mask[from + 3]))
        return;
    signature->args++;
    strlist_take(&signature->types, xstrndup(text + from, to - from));
}

/* The arguments in (...); returns the offset behind them. */
static size_t read_arguments(const char *text, const char *mask, size_t at, size_t end,
                             Signature *signature)
{
    size_t from = at + 1;
    int depth = 0;

    signature->args = signature->args_in_all = 0;
    for (; at < end; at++) {
        depth += mask[at] == '(' || mask[at] == '[';
        depth -= mask[at] == ')' || mask[at] == ']';
        if (!depth || (depth == 1 && mask[at] == ',')) {
            count_argument(text, mask, from, at, signature);
            from = at + 1;
        }
        if (!depth)
            return at + 1;
    }
    return end;
}

/* "a.b(c, d)" at `at`; returns the offset behind it, 0: there is none. */
static size_t read_signature(const char *text, const char *mask, size_t at, size_t end,
                             Signature *signature)
{
    *signature = (Signature){.args = -1, .args_in_all = -1};
    at = skip(mask, at, end);
    signature->name = read_identifier(text, &at, end);
    if (!signature->name)
        return 0;
    at = skip(mask, at, end);
    if (at < end && mask[at] == '.') {
        at = skip(mask, at + 1, end);
        signature->schema = signature->name;
        signature->name = read_identifier(text, &at, end);
        if (!signature->name)
            return 0;
        at = skip(mask, at, end);
    }
    if (at < end && mask[at] == '(')
        at = read_arguments(text, mask, at, end, signature);
    return at;
}

/* Behind CREATE FUNCTION in a file into which the schema is put later, as in {{schema}}.f(...): the
 * identifier in front of the parenthesis is the name. */
static size_t read_loose_signature(const char *text, const char *mask, size_t at, size_t end,
                                   Signature *signature)
{
    const char *open = memchr(mask + at, '(', end - at);
    size_t stop = open ? (size_t)(open - mask) : at, start;

    while (stop > at && isspace((unsigned char)mask[stop - 1]))
        stop--;
    for (start = stop; start > at && name_char(text[start - 1]); start--)
        ;
    *signature = (Signature){.args = -1, .args_in_all = -1};
    if (start == stop)
        return 0;
    signature->name = read_identifier(text, &start, stop);
    return read_arguments(text, mask, (size_t)(open - mask), end, signature);
}

/* pg_temp_3 is what pg_temp is called in messages. */
static bool same_schema(const char *a, const char *b)
{
    return !a || !b || strcmp(a, b) == 0 ||
           (strncmp(a, "pg_temp", 7) == 0 && strncmp(b, "pg_temp", 7) == 0);
}

static bool same_function(const Signature *asked, const Signature *defined)
{
    return strcmp(asked->name, defined->name) == 0 &&
           same_schema(asked->schema, defined->schema) &&
           (asked->args < 0 || asked->args_in_all == defined->args ||
            asked->args_in_all == defined->args_in_all);
}

/* Other spellings of the types that the server names in its own way. */
static const char *const spellings[][4] = {
    {"integer", "int", "int4", "serial"},
    {"bigint", "int8", "bigserial", NULL},
    {"smallint", "int2", NULL, NULL},
    {"boolean", "bool", NULL, NULL},
    {"character varying", "varchar", NULL, NULL},
    {"character", "char", "bpchar", NULL},
    {"timestamp with time zone", "timestamptz", NULL, NULL},
    {"timestamp without time zone", "timestamp", NULL, NULL},
    {"time with time zone", "timetz", NULL, NULL},
    {"time without time zone", "time", NULL, NULL},
    {"double precision", "float8", "float", NULL},
    {"real", "float4", NULL, NULL},
    {"numeric", "decimal", "dec", NULL},
    {"bit varying", "varbit", NULL, NULL},
};

static bool holds_type(const char *argument, const char *type)
{
    size_t len = strlen(type), all = strlen(argument);

    for (size_t i = 0; i + len <= all; i++)
        if (ascii_ncasecmp(argument + i, type, len) == 0 && word_at(argument, all, i, len))
            return true;
    return false;
}

/* May an argument as it is written have the type that the server names? */
static bool may_have_type(const char *argument, const char *type)
{
    size_t len = strcspn(type, "["), start = 0;
    char *base;
    bool found;

    if ((type[len] == '[') != (strchr(argument, '[') || ascii_casestr(argument, " array")))
        return false;
    for (size_t i = 0; i < len; i++)
        if (type[i] == '.')
            start = i + 1;
    base = xstrndup(type + start, len - start);
    found = holds_type(argument, base);
    for (size_t i = 0; i < lengthof(spellings) && !found; i++)
        for (size_t k = 1; k < 4 && spellings[i][k] && strcmp(spellings[i][0], base) == 0; k++)
            found = found || holds_type(argument, spellings[i][k]);
    free(base);
    return found;
}

static bool same_types(const Signature *asked, const Signature *defined)
{
    if (asked->types.len != defined->types.len)
        return false;
    for (size_t i = 0; i < asked->types.len; i++)
        if (!may_have_type(defined->types.items[i], asked->types.items[i]))
            return false;
    return true;
}

/* ---- definitions ---------------------------------------------------------------------------- */

typedef struct Search {
    Locator *loc;
    const Signature *asked;
    BodyList *list;
    const Passage *in;
    size_t base; /* of the text being walked, in `in` */
    size_t rank;
    bool in_current, later;
    int depth; /* of quoted texts still to be looked into */
} Search;

/* The word at *at, behind which *at moves on to the next; false: another one stands there. */
static bool take_word(const char *mask, size_t *at, size_t end, const char *word)
{
    size_t len = strlen(word);

    if (end - *at < len || ascii_ncasecmp(mask + *at, word, len) != 0 ||
        !word_at(mask, end, *at, len))
        return false;
    *at = skip(mask, *at + len, end);
    return true;
}

/* Behind CREATE [OR REPLACE] FUNCTION; 0: the statement is something else. */
static size_t behind_create(const char *mask, size_t end)
{
    size_t at = skip(mask, 0, end);

    if (!take_word(mask, &at, end, "create"))
        return 0;
    if (take_word(mask, &at, end, "or"))
        take_word(mask, &at, end, "replace");
    return take_word(mask, &at, end, "function") || take_word(mask, &at, end, "procedure") ? at
                                                                                           : 0;
}

static size_t find_word(const char *mask, size_t at, size_t end, const char *word)
{
    size_t len = strlen(word);

    for (; at + len <= end; at++)
        if (ascii_ncasecmp(mask + at, word, len) == 0 && word_at(mask, end, at, len))
            return at;
    return SIZE_MAX;
}

/* BEGIN ATOMIC ... END; NULL: no such body. */
static Passage *atomic_body(const Search *search, const char *mask, size_t start, size_t from,
                            size_t len)
{
    size_t atomic = find_word(mask, from, len, "atomic"), end = len, next;

    if (atomic == SIZE_MAX)
        return NULL;
    atomic += strlen("atomic");
    for (size_t at = atomic; (next = find_word(mask, at, len, "end")) != SIZE_MAX;
         at = next + 3)
        end = next;
    return passage_cut(search->loc, search->in, start + atomic, start + end);
}

/* A RETURN expression instead of a body, or the definition itself where nothing else is found. */
static Passage *other_body(const Search *search, const char *mask, size_t start, size_t from,
                           size_t len)
{
    size_t at = find_word(mask, from, len, "return");

    return passage_cut(search->loc, search->in, start + (at == SIZE_MAX ? from : at),
                       start + len);
}

/* The body in the statement [start, start + len); `from` is behind its arguments. */
static Passage *body_of(const Search *search, const char *mask, size_t start, size_t from,
                        size_t len)
{
    Passage *body = atomic_body(search, mask, start, from, len);
    size_t as = from;

    while (!body && (as = find_word(mask, as, len, "as")) != SIZE_MAX) {
        size_t quote = skip(mask, as + 2, len);

        /* E'' and U&'' as well */
        while (quote < len && quote < as + 8 && mask[quote] != '\'' && mask[quote] != '$')
            quote++;
        if (quote < len && (mask[quote] == '\'' || mask[quote] == '$'))
            body = body_of_statement(search->loc, search->in, start + quote, start, start + len,
                                     NULL);
        as += 2;
    }
    return body ? body : other_body(search, mask, start, from, len);
}

static void look_into(const Search *outer, const Passage *in);

/* Quoted texts of a statement that creates no function itself. */
static void look_into_quotes(const Search *search, size_t start, size_t len)
{
    size_t at = start, behind;
    Passage *inside;

    while (at < start + len && (inside = body_of_statement(search->loc, search->in, at, start,
                                                           start + len, &behind))) {
        look_into(search, inside);
        at = behind;
    }
}

static uint32_t schema_hash(const char *schema)
{
    uint32_t hash = 2166136261u;

    if (!schema)
        return 0;
    for (; *schema; schema++)
        hash = (hash ^ (unsigned char)*schema) * 16777619u;
    return hash ? hash : 1;
}

static bool note_definition(void *ctx, const char *text, size_t start, size_t end)
{
    Search *search = ctx;
    size_t len = end - start, at, behind;
    char *mask = sql_mask(text + start, len);
    Signature defined = {0};

    at = behind_create(mask, len);
    if (at) {
        behind = read_signature(text + start, mask, at, len, &defined);
        if (!behind) {
            signature_free(&defined);
            behind = read_loose_signature(text + start, mask, at, len, &defined);
        }
        if (behind && same_function(search->asked, &defined))
            body_add(search->list, (Body){.passage = body_of(search, mask, start, behind, len),
                                          .in = search->in,
                                          .start = start + skip(mask, 0, len),
                                          .rank = search->rank,
                                          .in_current = search->in_current,
                                          .later = search->later,
                                          .same_types = same_types(search->asked, &defined),
                                          .schema = schema_hash(defined.schema)});
        signature_free(&defined);
    } else if (search->depth > 0 &&
               memmem(text + start, len, search->asked->name, strlen(search->asked->name))) {
        look_into_quotes(search, start, len);
    }
    free(mask);
    return true;
}

static void look_into(const Search *outer, const Passage *in)
{
    Search search = *outer;

    search.in = in;
    search.depth--;
    script_each_statement(in->text, in->len, note_definition, &search);
}

/* Does the text hold the name, in whatever case? */
static bool mentions(const Source *source, const char *name)
{
    return source && ascii_casestr(source->text, name) != NULL;
}

static void look_at_source(Search *search, const Source *source, const Source *current)
{
    if (!mentions(source, search->asked->name))
        return;
    search->in_current = current && current->path && source->path &&
                         strcmp(current->path, source->path) == 0;
    search->in = passage_of_source(search->loc, source);
    script_each_statement(search->in->text, search->in->len, note_definition, search);
}

/* Where each file comes in the plan; files that are not in it, behind. */
static size_t *plan_ranks(const Project *project)
{
    size_t count, *ranks = xcalloc(project->file_count + 1, sizeof(size_t));
    PlanRow *rows = project_plan(project, &count);

    for (size_t i = 0; i < project->file_count; i++)
        ranks[i] = count + 1 + i;
    for (size_t i = 0; i < count; i++) {
        size_t file = (size_t)(rows[i].file - project->files);

        if (ranks[file] > i + 1)
            ranks[file] = i + 1;
    }
    free(rows);
    return ranks;
}

static void look_everywhere(Search *search, const Source *current)
{
    const Project *project = search->loc->project;
    size_t *ranks = plan_ranks(project), running = SIZE_MAX;

    for (size_t i = 0; current && current->file && i < project->file_count; i++)
        if (&project->files[i] == current->file)
            running = ranks[i];
    search->rank = 0;
    search->later = false;
    look_at_source(search, locator_script(search->loc), current);
    for (size_t i = 0; i < project->file_count; i++) {
        search->rank = ranks[i];
        search->later = ranks[i] > running;
        if (project->files[i].role != FILE_TEST_OTHER)
            look_at_source(search, locator_file(search->loc, i), current);
    }
    free(ranks);
}

void definitions_find(Locator *loc, const Frame *frame, const Source *current, BodyList *list)
{
    size_t len = strlen(frame->name);
    Signature asked;
    Search search = {.loc = loc, .asked = &asked, .list = list};

    /* the name of LANGUAGE sql stands there as the catalog has it, not quoted */
    if (frame->kind == FRAME_SQL_FUNCTION || !strchr(frame->name, '('))
        asked = (Signature){NULL, xstrdup(frame->name), -1, -1, STRLIST_INIT};
    else
        read_signature(frame->name, frame->name, 0, len, &asked);
    if (asked.name && *asked.name) {
        look_everywhere(&search, current);
        if (!list->len) {
            search.depth = 2;
            look_everywhere(&search, current);
        }
    }
    signature_free(&asked);
}
