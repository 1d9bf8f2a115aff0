/*
 * log.c — messages to the user in psql's shape.
 *
 * The prefix rules are those of PostgreSQL's client programs: the program's name unless terse,
 * the input file and line where there is one, the level word unless terse.  PG_COLOR (always,
 * auto) and PG_COLORS (error=, warning=, note=, locus=) choose colours.
 */
#include "pgmish/support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *color_of(const char *name, const char *fallback)
{
    static const char prefix[] = ":";
    const char *spec = getenv("PG_COLORS");
    size_t n = strlen(name);

    if (!spec)
        return fallback;
    for (const char *p = spec; p; p = strchr(p, ':')) {
        if (p != spec)
            p += strlen(prefix);
        if (strncmp(p, name, n) == 0 && p[n] == '=')
            return xstrndup(p + n + 1, strcspn(p + n + 1, ":"));
    }
    return NULL;
}

void log_init(Log *log, const char *argv0)
{
    const char *slash = strrchr(argv0, '/');
    const char *color = getenv("PG_COLOR");

    *log = (Log){.progname = slash ? slash + 1 : argv0};
    if (!color || !(strcmp(color, "always") == 0 ||
                    (strcmp(color, "auto") == 0 && isatty(STDERR_FILENO))))
        return;
    log->sgr_error = color_of("error", "01;31");
    log->sgr_warning = color_of("warning", "01;35");
    log->sgr_note = color_of("note", "01;36");
    log->sgr_locus = color_of("locus", "01");
}

static void start_color(const char *sgr)
{
    if (sgr)
        fprintf(stderr, "\x1b[%sm", sgr);
}

static void end_color(const char *sgr)
{
    if (sgr)
        fputs("\x1b[0m", stderr);
}

/* "ERROR:  text": the colour of its first word.  NULL: no severity of the server's, or no colours. */
static const char *severity_colour(const Log *log, const char *text, size_t *len)
{
    static const struct {
        const char *word, *sgr;
    } severities[] = {{"ERROR", "01;31"},   {"FATAL", "01;31"}, {"PANIC", "01;31"},
                      {"WARNING", "01;35"}, {"NOTICE", "36"},   {"INFO", "36"},
                      {"LOG", "36"},        {"DEBUG", "36"}};

    if (!log->colour_severity)
        return NULL;
    for (size_t i = 0; i < lengthof(severities); i++) {
        *len = strlen(severities[i].word);
        if (strncmp(text, severities[i].word, *len) == 0 && text[*len] == ':') {
            ++*len;
            return severities[i].sgr;
        }
    }
    return NULL;
}

static void emit_text(const Log *log, const char *text, size_t len)
{
    size_t word = 0;
    const char *sgr = severity_colour(log, text, &word);

    if (sgr) {
        fprintf(stderr, "\x1b[%sm%.*s\x1b[0m", sgr, (int)word, text);
        text += word;
        len -= word;
    }
    fwrite(text, 1, len, stderr);
    fputc('\n', stderr);
}

/* One line: prefix, then word in its colour, then the text without its final newlines. */
static void emit(Log *log, const char *word, const char *sgr, const char *fmt, va_list args)
{
    StrBuf text = STRBUF_INIT;

    if (log->before)
        log->before(log->ctx);
    fflush(stdout);
    strbuf_vaddf(&text, fmt, args);
    /* one, as psql does: a message may end in an empty line */
    if (text.len && text.data[text.len - 1] == '\n')
        strbuf_truncate(&text, text.len - 1);
    if (!log->terse || log->input_file) {
        start_color(log->sgr_locus);
        if (!log->terse)
            fprintf(stderr, "%s:", log->progname);
        if (log->input_file) {
            fprintf(stderr, "%s:", log->input_file);
            if (log->line)
                fprintf(stderr, "%llu:", (unsigned long long)log->line);
        }
        fputc(' ', stderr);
        end_color(log->sgr_locus);
    }
    if (!log->terse && word) {
        start_color(sgr);
        fprintf(stderr, "%s: ", word);
        end_color(sgr);
    }
    emit_text(log, text.data, text.len);
    strbuf_free(&text);
}

#define EMIT(word, sgr)                                                                        \
    do {                                                                                       \
        va_list args;                                                                          \
        va_start(args, fmt);                                                                   \
        emit(log, word, sgr, fmt, args);                                                       \
        va_end(args);                                                                          \
    } while (0)

void log_error(Log *log, const char *fmt, ...)
{
    EMIT("error", log->sgr_error);
}

PRINTF_LIKE(2, 3)
static void error_detail(Log *log, const char *fmt, ...)
{
    EMIT("detail", log->sgr_note);
}

void log_error_hint(Log *log, const char *fmt, ...)
{
    EMIT("hint", log->sgr_note);
}

void log_warning(Log *log, const char *fmt, ...)
{
    EMIT("warning", log->sgr_warning);
}

void log_info(Log *log, const char *fmt, ...)
{
    EMIT(NULL, NULL);
}

void log_diag(Log *log, const Diag *diag)
{
    if (diag->file && diag->line && diag->column)
        log_error(log, "%s:%d:%d: %s", diag->file, diag->line, diag->column, diag->message);
    else if (diag->file && diag->line)
        log_error(log, "%s:%d: %s", diag->file, diag->line, diag->message);
    else if (diag->file)
        log_error(log, "%s: %s", diag->file, diag->message);
    else
        log_error(log, "%s", diag->message);
    if (diag->detail)
        error_detail(log, "%s", diag->detail);
    if (diag->hint)
        log_error_hint(log, "%s", diag->hint);
}
