/*
 * edit.c — \e, \ef, \ev: the query buffer, a file or an object's source in an editor.
 *
 * A file that the editor leaves as it was clears the buffer where it held something else than what
 * the user had typed.  Edited text is lexed as if it had been typed.
 */
#include "pgmish/meta.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "shell/object_source.h"
#include "shell/path.h"

static const char empty_function[] =
    "CREATE FUNCTION ( )\n"
    " RETURNS \n"
    " LANGUAGE \n"
    " -- common options:  IMMUTABLE  STABLE  STRICT  SECURITY DEFINER\n"
    "AS $function$\n"
    "\n$function$\n";

static const char empty_view[] = "CREATE VIEW  AS\n"
                                 " SELECT \n"
                                 "  -- something...\n";

static char *temp_name(void)
{
    const char *dir = getenv("TMPDIR");

    return xasprintf("%s/psql.edit.%d.sql", dir && *dir ? dir : "/tmp", (int)getpid());
}

/* Writes the buffer where only we can read it; two seconds in the past, so that an edit within the
 * same second shows. */
static bool write_temp(Shell *shell, const char *path, StrBuf *query)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    struct utimbuf past;
    struct stat status;
    bool ok;

    if (!out) {
        log_error(&shell->log, "could not open temporary file \"%s\": %s", path,
                  strerror(errno));
        return false;
    }
    if (query->len && query->data[query->len - 1] != '\n')
        strbuf_addc(query, '\n');
    ok = fwrite(query->data, 1, query->len, out) == query->len;
    ok = fclose(out) == 0 && ok;
    if (!ok) {
        log_error(&shell->log, "%s: %s", path, strerror(errno));
        return false;
    }
    if (stat(path, &status) == 0) {
        past.actime = status.st_atime - 2;
        past.modtime = status.st_mtime - 2;
        utime(path, &past);
    }
    return true;
}

static bool changed(const struct stat *before, const struct stat *after)
{
    return before->st_size != after->st_size || before->st_mtime != after->st_mtime;
}

/* Edits path, reads it back where it changed.  *edited tells. */
static bool edit_path(Shell *shell, const char *path, StrBuf *query, int line, bool discard,
                      bool *edited)
{
    struct stat before = {0}, after;

    *edited = false;
    if (stat(path, &before) != 0) {
        log_error(&shell->log, "%s: %s", path, strerror(errno));
        return false;
    }
    if (!shell_run_editor(shell, path, line))
        return false;
    if (stat(path, &after) != 0) {
        log_error(&shell->log, "%s: %s", path, strerror(errno));
        return false;
    }
    if (!changed(&before, &after)) {
        if (discard)
            strbuf_reset(query);
        return true;
    }
    strbuf_reset(query);
    if (!strbuf_read_file(query, path)) {
        log_error(&shell->log, "%s: %s", path, strerror(errno));
        strbuf_reset(query);
        return false;
    }
    *edited = true;
    return true;
}

static bool edit_buffer(Shell *shell, StrBuf *query, int line, bool discard, bool *edited)
{
    char *path = temp_name();
    bool ok = write_temp(shell, path, query) &&
              edit_path(shell, path, query, line, discard, edited);

    if (!ok && discard)
        strbuf_reset(query);
    /* whatever went wrong before, as psql */
    if (remove(path) != 0) {
        log_error(&shell->log, "%s: %s", path, strerror(errno));
        ok = false;
    }
    free(path);
    return ok;
}

static bool all_digits(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

/* ---- the place of an error --------------------------------------------------------------------- */

/* Owned path of the project's file in which the query before failed; NULL: \e means the query. */
static char *failed_file(const Shell *shell, const MetaCall *call)
{
    const Project *project = session_project(shell->session);
    const char *failed = var_get(shell->vars, "ERROR");
    const char *file = shell->last_place.file;
    char *path;

    if (call->count || call->query->len || !project || !file || !shell->last_place.line ||
        !failed || strcmp(failed, "true") != 0)
        return NULL;
    path = xasprintf("%s/%s", project->root_path, strncmp(file, "./", 2) ? file : file + 2);
    if (access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

/* The file itself, at the line; its text is not a query to be sent. */
static MetaResult edit_failed_file(Shell *shell, const char *path)
{
    const ErrorPlace *place = &shell->last_place;
    StrBuf unused = STRBUF_INIT;
    bool edited;
    bool ok = edit_path(shell, path, &unused, shell_editor_takes_line() ? place->line : -1,
                        false, &edited);

    strbuf_free(&unused);
    if (!ok)
        return META_ERROR;
    if (!shell->set.quiet)
        printf(edited ? "Edited %s; \\pgmi reload loads it.\n" : "No changes in %s.\n",
               place->file);
    return META_DONE;
}

static MetaResult run_edit(Shell *shell, const MetaCall *call)
{
    const char *file = meta_arg(call, 0), *number = meta_arg(call, 1);
    StrBuf *query = call->query;
    bool ok, edited, discard;
    int line = -1;
    char *path;

    if (!query) {
        log_error(&shell->log, "no query buffer");
        return META_ERROR;
    }
    if ((path = failed_file(shell, call)) != NULL) {
        MetaResult result = edit_failed_file(shell, path);

        free(path);
        return result;
    }
    if (file && !number && all_digits(file)) {
        number = file;
        file = NULL;
    }
    if (number && (line = atoi(number)) < 1) {
        log_error(&shell->log, "invalid line number: %s", number);
        return META_ERROR;
    }
    if (file) {
        path = expand_tilde(xstrdup(file));
        path_canonicalize(path);
        ok = edit_path(shell, path, query, line, true, &edited);
        if (!ok)
            strbuf_reset(query);
        free(path);
    } else {
        discard = !query->len;
        if (discard)
            strbuf_addn(query, shell->previous_query->data, shell->previous_query->len);
        ok = edit_buffer(shell, query, line, discard && query->len, &edited);
    }
    return ok ? META_NEW_QUERY : META_ERROR;
}

/* A trailing "blank number" of an object's name.  0: invalid; -1: none.  Cuts it off. */
static int take_line_number(Shell *shell, char *name)
{
    char *end = name + strlen(name), *digits;
    int line;

    while (end > name && strchr(" \t", end[-1]))
        end--;
    digits = end;
    while (digits > name && strchr("0123456789", digits[-1]))
        digits--;
    /* a number belongs to the name unless a blank or a parenthesis is in front of it */
    if (digits == end || digits == name || !strchr(" \t)", digits[-1]))
        return -1;
    line = atoi(digits);
    if (line < 1) {
        log_error(&shell->log, "invalid line number: %s", digits);
        return 0;
    }
    *digits = '\0';
    return line;
}

/* Line 1 is the first of the body: how many come in front of it. */
static int header_lines(const char *text)
{
    int lines = 0;

    while (*text && !starts_function_body(text)) {
        lines++;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return lines;
}

static MetaResult run_edit_object(Shell *shell, const MetaCall *call)
{
    bool is_view = call->name[1] == 'v', edited = false;
    char *name = xstrdup_null(meta_arg(call, 0));
    StrBuf *query = call->query;
    MetaResult result = META_ERROR;
    int line = -1;

    if (!query) {
        log_error(&shell->log, "no query buffer");
        goto done;
    }
    if (name && (line = take_line_number(shell, name)) == 0)
        goto done;
    if (!name || !*name) {
        strbuf_reset(query);
        strbuf_add(query, is_view ? empty_view : empty_function);
    } else if (!object_source(shell, name, is_view, query)) {
        goto done;
    } else if (!is_view && line > 0) {
        line += header_lines(query->data);
    }
    if (!edit_buffer(shell, query, line, true, &edited))
        goto done;
    result = META_NEW_QUERY;
    if (!edited) {
        puts("No changes");
        result = META_DONE;
    }
done:
    free(name);
    return result;
}

META_COMMAND(edit) = {
    .names = "e edit",
    .args = "n;n;",
    .group = HELP_BUFFER,
    .synopsis = "\\e [FILE] [LINE]",
    .brief = "edit the query buffer (or file) with external editor",
    .complete = complete_file,
    .run = run_edit,
};

META_COMMAND(edit_function) = {
    .names = "ef",
    .args = "w",
    .group = HELP_BUFFER,
    .synopsis = "\\ef [FUNCNAME [LINE]]",
    .brief = "edit function definition with external editor",
    .run = run_edit_object,
};

META_COMMAND(edit_view) = {
    .names = "ev",
    .args = "w",
    .group = HELP_BUFFER,
    .synopsis = "\\ev [VIEWNAME [LINE]]",
    .brief = "edit view definition with external editor",
    .run = run_edit_object,
};
