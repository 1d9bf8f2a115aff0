/*
 * step_script.c — the text that is stepped through, and where its statements stand.
 *
 * What runs next is found out by the loop as it reads; variables and \if decide that.  The list of
 * items made here beforehand only answers questions about lines: which statement a breakpoint on a
 * line means, how far a statement reaches, which one it is after the file has changed.
 */
#include "step_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "path.h"

enum { CONTEXT_BEFORE = 2, CONTEXT_AFTER = 2, CONTEXT_MOST = 12 };

/* ---- lines ---------------------------------------------------------------------------------------- */

uint64_t step_line_of(const char *text, size_t offset)
{
    const char *end = text + offset;
    uint64_t line = 1;

    while (text < end && (text = memchr(text, '\n', (size_t)(end - text))) != NULL) {
        line++;
        text++;
    }
    return line;
}

static const char *line_at(const char *text, uint64_t line)
{
    while (--line && (text = strchr(text, '\n')))
        text++;
    return text;
}

size_t step_script_offset(const StepScript *script, uint64_t line, size_t column)
{
    const char *start = line_at(script->text, line);
    size_t offset = start ? (size_t)(start - script->text) + column - 1 : script->len;

    return offset < script->len ? offset : script->len;
}

/* A line of a file may hold anything; a terminal gets nothing but text and tabs of it. */
static void show_text(const char *text, size_t len)
{
    while (len) {
        const char *tab = memchr(text, '\t', len);
        size_t part = tab ? (size_t)(tab - text) : len;
        char *copy = xstrndup(text, part), *shown = project_show_path(copy);

        fputs(shown, stdout);
        free(copy);
        free(shown);
        if (tab)
            putchar('\t');
        part += tab != NULL;
        text += part;
        len -= part;
    }
    putchar('\n');
}

void step_show_lines(const char *text, uint64_t first, uint64_t last)
{
    uint64_t from = first > CONTEXT_BEFORE ? first - CONTEXT_BEFORE : 1;
    uint64_t to = last - first < CONTEXT_MOST ? last : first + CONTEXT_MOST - 1;
    const char *line = line_at(text, from);

    to += CONTEXT_AFTER;
    for (uint64_t n = from; line && *line && n <= to; n++) {
        size_t len = strcspn(line, "\n");
        size_t shown = len && line[len - 1] == '\r' ? len - 1 : len;

        printf("%s%5llu  ", n == first ? "->" : "  ", (unsigned long long)n);
        show_text(line, shown);
        line += len + (line[len] == '\n');
    }
    fflush(stdout);
}

/* ---- items ----------------------------------------------------------------------------------------- */

/* A look through the text with the shell's lexer. */
typedef struct Look {
    StepScript *script;
    Lexer *lexer;
    StrBuf query;
    const char *line;    /* the line being read, */
    uint64_t number;     /* its number */
    bool started;        /* the buffer holds the beginning of a statement, */
    size_t start;        /* which stands here, */
    uint64_t start_line; /* in this line */
} Look;

static void add_item(Look *look, size_t start, uint64_t line)
{
    StepScript *script = look->script;

    if (script->item_count == script->item_cap) {
        script->item_cap = script->item_cap ? 2 * script->item_cap : 64;
        script->items = xrealloc(script->items, script->item_cap * sizeof(ScriptItem));
    }
    script->items[script->item_count++] = (ScriptItem){
        .start = start,
        .line = line,
        .last_line = look->number,
    };
}

static void note_start(Look *look)
{
    size_t count;
    const LexPlace *places = lexer_places(look->lexer, &count);

    if (look->started || !count)
        return;
    look->started = true;
    look->start = (size_t)(look->line - look->script->text) + places[0].column - 1;
    look->start_line = look->number;
}

/* The statement in the buffer is complete. */
static void finish_statement(Look *look)
{
    if (look->started && statement_kind(look->query.data, look->query.len) != STATEMENT_EMPTY)
        add_item(look, look->start, look->start_line);
    look->started = false;
    strbuf_reset(&look->query);
    lexer_reset(look->lexer);
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

/* A backslash command with text in front of it: does it send that text? */
static bool sends(const char *name)
{
    static const char *const others[] = {"crosstabview", "watch", "parse", NULL};

    return *name == 'g' || is_one_of(name, others);
}

static void see_command(Look *look)
{
    static const char *const conditions[] = {"if", "elif", "else", "endif", NULL};
    size_t start = (size_t)(look->line - look->script->text) + lexer_column(look->lexer) - 1;
    char *name = lexer_slash_command(look->lexer);
    char *rest = lexer_slash_argument(look->lexer, SLASH_WHOLE_LINE, NULL, false);

    lexer_slash_end(look->lexer);
    if (look->query.len && sends(name))
        finish_statement(look);
    else if (!look->query.len && !is_one_of(name, conditions))
        add_item(look, start, look->number);
    free(name);
    free(rest);
}

/* Where the next line begins that is none of in-line COPY data. */
static const char *behind_data(Look *look, const char *line, int blocks)
{
    while (blocks > 0 && *line) {
        size_t len = strcspn(line, "\n");

        if (strncmp(line, "\\.", 2) == 0 && strspn(line + 2, "\r") + 2 == len)
            blocks--;
        line += len + (line[len] == '\n');
        look->number++;
    }
    return line;
}

static const char *see_line(Shell *shell, Look *look, const char *line)
{
    size_t len = strcspn(line, "\n");
    const char *next = line + len + (line[len] == '\n');
    int data = 0;
    LexOpen open;
    LexResult found;

    look->line = line;
    look->number++;
    if (look->query.len)
        strbuf_addc(&look->query, '\n');
    lexer_feed(look->lexer, line, len, shell->print.encoding, shell_std_strings(shell),
               look->number);
    do {
        found = lexer_scan(look->lexer, &look->query, &open);
        note_start(look);
        if (found == LEX_SEMICOLON) {
            data += lexer_count_copy_from_stdin(look->lexer);
            finish_statement(look);
        } else if (found == LEX_BACKSLASH) {
            see_command(look);
        }
    } while (found == LEX_SEMICOLON || found == LEX_BACKSLASH);
    lexer_finish(look->lexer);
    return behind_data(look, next, data);
}

static void list_items(Shell *shell, StepScript *script)
{
    Look look = {
        .script = script, .lexer = lexer_new(&lexer_plain_hooks), .query = STRBUF_INIT};

    script->item_count = 0;
    for (const char *line = script->text; *line;)
        line = see_line(shell, &look, line);
    finish_statement(&look);
    strbuf_free(&look.query);
    lexer_free(look.lexer);
}

size_t step_script_find(const StepScript *script, size_t offset)
{
    size_t i = 0;

    while (i < script->item_count && script->items[i].start < offset)
        i++;
    return i;
}

size_t step_script_at_line(const StepScript *script, int line)
{
    size_t i = 0;

    while (i < script->item_count && script->items[i].last_line < (uint64_t)line)
        i++;
    return i;
}

/* ---- the text ------------------------------------------------------------------------------------------ */

char *step_disk_path(Shell *shell, const char *name)
{
    const Project *project = step_project(shell);

    if (project && strcmp(name, "deploy.sql") == 0)
        return xasprintf("%s/deploy.sql", project->root_path);
    if (project && project_file(project, name))
        return xasprintf("%s/%s", project->root_path, name + (strncmp(name, "./", 2) ? 0 : 2));
    return xstrdup(name);
}

bool step_script_read(Shell *shell, StepScript *script, Diag *diag)
{
    static const char mark[] = "\xef\xbb\xbf";
    StrBuf text = STRBUF_INIT;

    if (!script->path) {
        char *loaded = session_source(shell->session, shell->conn, script->name, diag);

        if (!loaded)
            return false;
        strbuf_add(&text, loaded);
        free(loaded);
    } else if (!strbuf_read_file(&text, script->path)) {
        diag_set(diag, EXIT_PGMI_OTHER, "%s: %s", script->path, strerror(errno));
        strbuf_free(&text);
        return false;
    }
    free(script->text);
    script->len = text.len;
    script->text = strbuf_detach(&text);
    if (strncmp(script->text, mark, sizeof(mark) - 1) == 0) {
        script->len -= sizeof(mark) - 1;
        memmove(script->text, script->text + sizeof(mark) - 1, script->len + 1);
    }
    list_items(shell, script);
    return true;
}

size_t step_statement_lines(Shell *shell, const char *file, uint64_t **lines)
{
    StepScript script = {.name = xstrdup(file), .path = step_disk_path(shell, file)};
    Diag ignored = DIAG_INIT;
    size_t count = step_script_read(shell, &script, &ignored) ? script.item_count : 0;

    *lines = xcalloc(count + 1, sizeof(**lines));
    for (size_t i = 0; i < count; i++)
        (*lines)[i] = script.items[i].line;
    diag_reset(&ignored);
    step_script_free(&script);
    return count;
}

void step_script_free(StepScript *script)
{
    free(script->name);
    free(script->shown);
    free(script->path);
    free(script->text);
    free(script->items);
    *script = (StepScript){0};
}
