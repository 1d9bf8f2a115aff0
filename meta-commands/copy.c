/*
 * copy.c — \copy: COPY with the data on the client's side.
 *
 * The line has a small grammar of its own (psql's): words, double-quoted names, a parenthesised
 * query or column list, then a file, PROGRAM 'command', or one of four streams; whatever follows
 * goes to the server as it is.  stdin is where the commands come from, pstdin the process's own.
 */
#include "pgmish/meta.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "shell/path.h"

#define BLANKS " \t\n\r"

typedef struct CopyLine {
    StrBuf before; /* everything in front of TO or FROM */
    bool from, program, process_stream;
    char *file;  /* owned; NULL: a stream */
    char *after; /* owned rest of the line, NULL: none */
} CopyLine;

/* ---- words ------------------------------------------------------------------------------------ */

typedef struct Words {
    const char *p;
    char *word; /* the last one, owned */
    bool std_strings;
    int encoding;
} Words;

/* Behind the closing quote of what starts at p. */
static const char *skip_quoted(const Words *words, const char *p, char quote, bool backslash)
{
    for (p++; *p; p += PQmblenBounded(p, words->encoding)) {
        if (backslash && *p == '\\' && p[1])
            p++;
        else if (*p == quote && p[1] == quote)
            p++;
        else if (*p == quote)
            return p + 1;
    }
    return p;
}

/* Next word: a single delimiter, something quoted, or bytes up to a blank, delimiter or quote. */
static const char *next_word(Words *words, const char *delimiters, const char *quotes,
                             bool e_strings)
{
    const char *start = words->p + strspn(words->p, BLANKS), *end = start;

    free(words->word);
    words->word = NULL;
    if (!*start)
        return NULL;
    if (strchr(delimiters, *start)) {
        end = start + 1;
    } else if (e_strings && (*start == 'E' || *start == 'e') && start[1] == '\'') {
        end = skip_quoted(words, start + 1, '\'', true);
    } else if (strchr(quotes, *start)) {
        end = skip_quoted(words, start, *start,
                          e_strings && *start == '\'' && !words->std_strings);
    } else {
        while (*end && !strchr(BLANKS, *end) && !strchr(delimiters, *end) &&
               !strchr(quotes, *end))
            end++;
    }
    words->p = end;
    words->word = xstrndup(start, (size_t)(end - start));
    return words->word;
}

static const char *plain_word(Words *words)
{
    return next_word(words, ".,()", "\"", false);
}

/* The closing quote may be missing: psql lets it. */
static void strip_quotes(const Words *words, char *word)
{
    size_t from = word[0] == '\'', to = 0;

    while (word[from] && !(word[from] == '\'' && !word[from + 1])) {
        if (word[from] == '\'' && word[from + 1] == '\'')
            from++;
        for (int bytes = PQmblenBounded(word + from, words->encoding); bytes > 0; bytes--)
            word[to++] = word[from++];
    }
    word[to] = '\0';
}

/* ---- the line ------------------------------------------------------------------------------------ */

static void add_word(CopyLine *line, const char *word)
{
    strbuf_addf(&line->before, " %s", word);
}

/* "( query )": words are joined by blanks, which is all that COPY needs. */
static const char *parse_query(CopyLine *line, Words *words, const char *word)
{
    for (int depth = 1; depth > 0;) {
        add_word(line, word);
        word = next_word(words, "()", "\"'", true);
        if (!word)
            return NULL;
        depth += (word[0] == '(') - (word[0] == ')');
    }
    return word;
}

static const char *parse_columns(CopyLine *line, Words *words, const char *word)
{
    for (;;) {
        add_word(line, word);
        word = next_word(words, "()", "\"", false);
        if (!word)
            return NULL;
        if (word[0] == ')')
            break;
    }
    add_word(line, word);
    return plain_word(words);
}

/* Up to and including TO or FROM. */
static bool parse_relation(CopyLine *line, Words *words)
{
    const char *word = plain_word(words);

    if (word && ascii_casecmp(word, "binary") == 0) {
        strbuf_add(&line->before, word);
        word = plain_word(words);
    }
    if (word && word[0] == '(')
        word = parse_query(line, words, word);
    if (!word)
        return false;
    add_word(line, word);
    word = plain_word(words);
    if (word && word[0] == '.') {
        strbuf_addc(&line->before, '.');
        word = plain_word(words);
        if (!word)
            return false;
        strbuf_add(&line->before, word);
        word = plain_word(words);
    }
    if (word && word[0] == '(')
        word = parse_columns(line, words, word);
    line->from = word && ascii_casecmp(word, "from") == 0;
    return word && (line->from || ascii_casecmp(word, "to") == 0);
}

static bool parse_target(CopyLine *line, Words *words)
{
    const char *word = next_word(words, ";", "'", false);

    if (!word)
        return false;
    if (ascii_casecmp(word, "program") == 0) {
        size_t len;

        word = next_word(words, ";", "'", false);
        len = word ? strlen(word) : 0;
        if (len < 2 || word[0] != '\'' || word[len - 1] != '\'')
            return false;
        line->program = true;
    } else if (ascii_casecmp(word, "stdin") == 0 || ascii_casecmp(word, "stdout") == 0) {
        return true;
    } else if (ascii_casecmp(word, "pstdin") == 0 || ascii_casecmp(word, "pstdout") == 0) {
        line->process_stream = true;
        return true;
    }
    line->file = xstrdup(word);
    strip_quotes(words, line->file);
    if (!line->program)
        line->file = expand_tilde(line->file);
    return true;
}

static bool parse_line(Shell *shell, const char *text, CopyLine *line)
{
    Words words = {text, NULL, shell_std_strings(shell), shell->print.encoding};
    bool ok = parse_relation(line, &words) && parse_target(line, &words);

    if (!ok && words.word)
        log_error(&shell->log, "\\copy: parse error at \"%s\"", words.word);
    else if (!ok)
        log_error(&shell->log, "\\copy: parse error at end of line");
    /* The options go to the server as they are written, but for the blank in front of them. */
    if (*words.p)
        line->after = xstrdup(words.p + (strchr(BLANKS, *words.p) != NULL));
    free(words.word);
    return ok;
}

/* ---- the stream ------------------------------------------------------------------------------------ */

static FILE *choose_stream(Shell *shell, const CopyLine *line)
{
    if (line->file) {
        const char *mode = line->from ? "r" : "w";

        if (!line->program)
            return fopen(line->file, mode);
        fflush(NULL);
        errno = 0;
        if (!line->from)
            signal(SIGPIPE, SIG_IGN);
        return popen(line->file, mode);
    }
    if (line->process_stream)
        return line->from ? stdin : stdout;
    if (!line->from)
        return shell->out;
    return shell->command_stream ? shell->command_stream : stdin;
}

static FILE *open_stream(Shell *shell, const CopyLine *line)
{
    FILE *stream = choose_stream(shell, line);
    struct stat status;

    if (!stream) {
        if (line->program)
            log_error(&shell->log, "could not execute command \"%s\": %s", line->file,
                      strerror(errno));
        else
            log_error(&shell->log, "%s: %s", line->file, strerror(errno));
        return NULL;
    }
    if (line->file && !line->program && fstat(fileno(stream), &status) == 0 &&
        S_ISDIR(status.st_mode)) {
        log_error(&shell->log, "%s: cannot copy from/to a directory", line->file);
        fclose(stream);
        return NULL;
    }
    return stream;
}

static void report_status(Shell *shell, const char *command, int status)
{
    if (status < 0)
        log_error(&shell->log, "could not close pipe to external command: %s", strerror(errno));
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 126)
        log_error(&shell->log, "%s: command not executable", command);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        log_error(&shell->log, "%s: command not found", command);
    else if (WIFEXITED(status))
        log_error(&shell->log, "%s: child process exited with exit code %d", command,
                  WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        log_error(&shell->log, "%s: child process was terminated by signal %d: %s", command,
                  WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        log_error(&shell->log, "%s: child process exited with unrecognized status %d", command,
                  status);
}

static bool close_stream(Shell *shell, const CopyLine *line, FILE *stream)
{
    int status;

    if (!line->file)
        return true;
    if (line->program) {
        status = pclose(stream);
        if (status)
            report_status(shell, line->file, status);
        shell_close_output(shell, NULL, false); /* puts SIGPIPE back */
        return status == 0;
    }
    if (fclose(stream) == 0)
        return true;
    log_error(&shell->log, "%s: %s", line->file, strerror(errno));
    return false;
}

static bool run_line(Shell *shell, CopyLine *line)
{
    StrBuf sql = STRBUF_INIT;
    char block[32 << 10];
    struct stat status;
    FILE *stream;
    bool ok;

    if (line->file && !line->program)
        path_canonicalize(line->file);
    stream = open_stream(shell, line);
    if (!stream)
        return false;
    /* A file takes its data in large blocks; who reads a pipe may wait for each piece. */
    if (line->file && !line->program && !fstat(fileno(stream), &status) &&
        S_ISREG(status.st_mode))
        setvbuf(stream, block, _IOFBF, sizeof(block));
    strbuf_addf(&sql, "COPY %s%s%s", line->before.data,
                line->from ? " FROM STDIN " : " TO STDOUT ", line->after ? line->after : "");
    shell->copy_stream = stream;
    shell->sent_line = shell->log.line;
    shell->sent_line_data = line->from && !line->file && !line->process_stream;
    ok = shell_send_query(shell, sql.data, false);
    shell->sent_line = 0;
    shell->copy_stream = NULL;
    strbuf_free(&sql);
    return close_stream(shell, line, stream) && ok;
}

static MetaResult run_copy(Shell *shell, const MetaCall *call)
{
    CopyLine line = {.before = STRBUF_INIT};
    const char *text = meta_arg(call, 0);
    bool ok = false;

    if (!text || !*text)
        log_error(&shell->log, "\\copy: arguments required");
    else if (parse_line(shell, text, &line))
        ok = run_line(shell, &line);
    strbuf_free(&line.before);
    free(line.file);
    free(line.after);
    return ok ? META_DONE : META_ERROR;
}

META_COMMAND(copy) = {
    .names = "copy",
    .args = "w",
    .group = HELP_IO,
    .synopsis = "\\copy ...",
    .brief = "perform SQL COPY with data stream to the client host",
    .help = "\\copy TABLE [(COLUMNS)] | (QUERY) FROM|TO 'FILE' | PROGRAM 'COMMAND' | STDIN | "
            "STDOUT |\n"
            "PSTDIN | PSTDOUT [OPTIONS].  The whole line is the command; variables are not\n"
            "substituted.",
    .run = run_copy,
};
