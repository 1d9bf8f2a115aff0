/*
 * prompt.c — the text of PROMPT1, PROMPT2 and PROMPT3.
 *
 * One function for each escape, chosen by a table: the escapes are those of psql's documentation,
 * section "Prompting".  As there, a prompt is at most 256 bytes long and each escape's value too.
 */
#include "pgmish/shell.h"

#include <stdlib.h>
#include <string.h>

enum { PROMPT_MAX = 256 };

typedef struct PromptContext {
    Shell *shell;
    PromptKind kind;
    LexOpen open;
    const char *rest; /* behind the escape's letter; an escape with an argument moves it */
} PromptContext;

/* Adds what the escape stands for. */
typedef void (*PromptEscape)(PromptContext *context, char letter, StrBuf *out);

static void add_cut(StrBuf *out, const char *text)
{
    strbuf_addn(out, text, strnlen(text, PROMPT_MAX));
}

/* ---- the connection -------------------------------------------------------------------------- */

/* libpq's own test: a path, or (Linux) an abstract name. */
static bool is_socket_path(const char *host)
{
    return host[0] == '/' || host[0] == '@';
}

/* The socket directory that Debian's libpq was built with; it is what PQhost says by default. */
static const char default_socket_dir[] = "/var/run/postgresql";

static void escape_host(PromptContext *context, char letter, StrBuf *out)
{
    const char *host;

    if (!context->shell->conn)
        return;
    host = PQhost(context->shell->conn);
    if (host && *host && !is_socket_path(host))
        strbuf_addn(out, host, letter == 'm' ? strcspn(host, ".") : strnlen(host, PROMPT_MAX));
    else if (!host || letter == 'm' || strcmp(host, default_socket_dir) == 0)
        strbuf_add(out, "[local]");
    else
        strbuf_addf(out, "[local:%.246s]", host);
}

static void escape_port(PromptContext *context, char letter, StrBuf *out)
{
    PGconn *conn = context->shell->conn;

    (void)letter;
    if (conn && PQport(conn))
        add_cut(out, PQport(conn));
}

/* The session's user, which SET SESSION AUTHORIZATION changes. */
static void escape_user(PromptContext *context, char letter, StrBuf *out)
{
    PGconn *conn = context->shell->conn;
    const char *user;

    (void)letter;
    if (!conn)
        return;
    user = PQparameterStatus(conn, "session_authorization");
    if (!user)
        user = PQuser(conn);
    if (user)
        add_cut(out, user);
}

static void escape_database(PromptContext *context, char letter, StrBuf *out)
{
    PGconn *conn = context->shell->conn;
    const char *database = conn ? PQdb(conn) : NULL;
    const char *usual = getenv("PGDATABASE");

    if (!database)
        return;
    if (letter == '~' && ((PQuser(conn) && strcmp(database, PQuser(conn)) == 0) ||
                          (usual && strcmp(database, usual) == 0)))
        strbuf_addc(out, '~');
    else
        add_cut(out, database);
}

static void escape_pid(PromptContext *context, char letter, StrBuf *out)
{
    int pid = context->shell->conn ? PQbackendPID(context->shell->conn) : 0;

    (void)letter;
    if (pid)
        strbuf_addf(out, "%d", pid);
}

static void escape_superuser(PromptContext *context, char letter, StrBuf *out)
{
    PGconn *conn = context->shell->conn;
    const char *super = conn ? PQparameterStatus(conn, "is_superuser") : NULL;

    (void)letter;
    strbuf_addc(out, super && strcmp(super, "on") == 0 ? '#' : '>');
}

static void escape_transaction(PromptContext *context, char letter, StrBuf *out)
{
    (void)letter;
    if (!context->shell->conn) {
        strbuf_addc(out, '?');
        return;
    }
    switch (PQtransactionStatus(context->shell->conn)) {
    case PQTRANS_IDLE:
        break;
    case PQTRANS_ACTIVE:
    case PQTRANS_INTRANS:
        strbuf_addc(out, '*');
        break;
    case PQTRANS_INERROR:
        strbuf_addc(out, '!');
        break;
    default:
        strbuf_addc(out, '?');
    }
}

/* psql 18's escape. */
static void escape_pipeline(PromptContext *context, char letter, StrBuf *out)
{
    PGconn *conn = context->shell->conn;

    (void)letter;
    if (!conn)
        return;
    switch (PQpipelineStatus(conn)) {
    case PQ_PIPELINE_ON:
        strbuf_add(out, "on");
        break;
    case PQ_PIPELINE_ABORTED:
        strbuf_add(out, "abort");
        break;
    default:
        strbuf_add(out, "off");
    }
}

/* ---- the state of the input --------------------------------------------------------------------- */

static void escape_state(PromptContext *context, char letter, StrBuf *out)
{
    static const char continued[] = {
        [OPEN_NOTHING] = '-',       [OPEN_STATEMENT] = '-',    [OPEN_COMMENT] = '*',
        [OPEN_SINGLE_QUOTE] = '\'', [OPEN_DOUBLE_QUOTE] = '"', [OPEN_DOLLAR_QUOTE] = '$',
        [OPEN_PAREN] = '(',
    };
    Shell *shell = context->shell;

    (void)letter;
    if (context->kind == PROMPT_CONTINUE)
        strbuf_addc(out, continued[context->open]);
    if (context->kind != PROMPT_FIRST)
        return;
    if (shell->cond && !cond_active(shell->cond))
        strbuf_addc(out, '@');
    else
        strbuf_addc(out, (char)(!shell->conn ? '!' : shell->set.singleline ? '^' : '='));
}

static void escape_line(PromptContext *context, char letter, StrBuf *out)
{
    (void)letter;
    strbuf_addf(out, "%llu", (unsigned long long)context->shell->statement_line);
}

static void escape_blanks(PromptContext *context, char letter, StrBuf *out)
{
    int width = context->shell->prompt1_width;

    (void)letter;
    if (width > 0)
        strbuf_addf(out, "%*s", width < PROMPT_MAX ? width : PROMPT_MAX, "");
}

/* ---- escapes with an argument, and characters ----------------------------------------------------- */

static void escape_octal(PromptContext *context, char letter, StrBuf *out)
{
    unsigned code = 0;

    (void)letter;
    context->rest--;
    while (*context->rest >= '0' && *context->rest <= '7')
        code = code * 8 + (unsigned)(*context->rest++ - '0');
    /* A zero byte ends the value, as it is a C string in psql: nothing is added. */
    if (code & 0xff)
        strbuf_addc(out, (char)code);
}

/* First line of the command's output; a missing backquote takes the rest of the prompt. */
static void escape_command(PromptContext *context, char letter, StrBuf *out)
{
    size_t len = strcspn(context->rest, "`");
    char *command = xstrndup(context->rest, len);
    char line[PROMPT_MAX + 1] = "";
    FILE *pipe;

    (void)letter;
    fflush(NULL);
    pipe = popen(command, "r");
    if (pipe) {
        if (!fgets(line, sizeof line, pipe))
            line[0] = '\0';
        pclose(pipe);
    }
    line[strcspn(line, "\n")] = '\0';
    strbuf_add(out, line);
    free(command);
    context->rest += len + (context->rest[len] ? 1 : 0);
}

static void escape_variable(PromptContext *context, char letter, StrBuf *out)
{
    size_t len = strcspn(context->rest, ":");
    char *name = xstrndup(context->rest, len);
    const char *value = var_get(context->shell->vars, name);

    (void)letter;
    if (value)
        add_cut(out, value);
    free(name);
    context->rest += len + (context->rest[len] ? 1 : 0);
}

/* Marks that tell line editing what takes no room on the screen. */
static void escape_invisible(PromptContext *context, char letter, StrBuf *out)
{
    (void)context;
    strbuf_addc(out, letter == '[' ? '\001' : '\002');
}

static void escape_itself(PromptContext *context, char letter, StrBuf *out)
{
    (void)context;
    strbuf_addc(out, letter);
}

/* What is not here, %% included, stands for its own letter. */
static const struct {
    const char *letters;
    PromptEscape add;
} escapes[] = {
    {"Mm", escape_host},       {">", escape_port},         {"n", escape_user},
    {"/~", escape_database},   {"p", escape_pid},          {"#", escape_superuser},
    {"x", escape_transaction}, {"R", escape_state},        {"l", escape_line},
    {"w", escape_blanks},      {"01234567", escape_octal}, {"`", escape_command},
    {":", escape_variable},    {"[]", escape_invisible},   {"P", escape_pipeline},
};

static PromptEscape escape_for(char letter)
{
    for (size_t i = 0; i < lengthof(escapes); i++)
        if (strchr(escapes[i].letters, letter))
            return escapes[i].add;
    return escape_itself;
}

/* ---- the whole ---------------------------------------------------------------------------------------- */

/* Cells that the last line of a prompt takes, without its invisible parts. */
static int visible_width(const char *text, int encoding)
{
    bool visible = true;
    int width = 0;

    for (const char *p = text; *p;) {
        int len = PQmblen(p, encoding);

        if (*p == '\001' || *p == '\002') {
            visible = *p == '\002';
        } else if (*p == '\n') {
            width = 0;
        } else if (visible) {
            int cells = PQdsplen(p, encoding);

            width += cells > 0 ? cells : 0;
        }
        while (len-- > 0 && *p)
            p++;
    }
    return width;
}

char *prompt_text(Shell *shell, PromptKind kind, LexOpen open)
{
    const char *sources[] = {shell->set.prompt1, shell->set.prompt2, shell->set.prompt3};
    const char *source = sources[kind - PROMPT_FIRST];
    PromptContext context = {
        .shell = shell, .kind = kind, .open = open, .rest = source ? source : ""};
    StrBuf out = STRBUF_INIT;

    while (*context.rest && out.len < PROMPT_MAX) {
        char c = *context.rest++;

        if (c != '%') {
            strbuf_addc(&out, c);
        } else if (*context.rest) {
            char letter = *context.rest++;

            escape_for(letter)(&context, letter, &out);
        }
    }
    if (out.len > PROMPT_MAX)
        strbuf_truncate(&out, PROMPT_MAX);
    if (kind == PROMPT_FIRST)
        shell->prompt1_width = visible_width(out.data, shell->print.encoding);
    return strbuf_detach(&out);
}
