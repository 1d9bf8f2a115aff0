/*
 * history.c — what was typed: one entry for each statement, however many lines it had.
 *
 * The loop hands over lines (history_add_pending) and says where an entry ends (history_flush):
 * behind a statement, and behind each meta-command.  HISTCONTROL, HISTSIZE and HISTFILE are psql's.
 */
#include "editing.h"

#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <errno.h>

/* ---- begin and end ------------------------------------------------------------------------- */

/* HISTFILE, PSQL_HISTORY, ~/.psql_history, in this order.  NULL: no home. */
static char *history_path(const Shell *shell)
{
    const char *path = var_get(shell->vars, "HISTFILE");
    const char *home = getenv("HOME");
    const struct passwd *user;

    if (!path) {
        path = getenv("PSQL_HISTORY");
        if (path && !*path)
            path = NULL;
    }
    if (path)
        return expand_tilde(xstrdup(path));
    if (!home || !*home) {
        user = getpwuid(geteuid());
        home = user ? user->pw_dir : NULL;
    }
    return home ? xasprintf("%s/.psql_history", home) : NULL;
}

void history_open(Editing *editing)
{
    StrList entries = STRLIST_INIT;
    HistEvent event;

    editing->history = history_init();
    history(editing->history, &event, H_SETSIZE, INT_MAX);
    editing->history_path = history_path(editing->shell);
    if (editing->history_path)
        history_file_read(editing->history_path, &entries);
    for (size_t i = 0; i < entries.len; i++)
        history(editing->history, &event, H_ENTER, entries.items[i]);
    strlist_free(&entries);
}

/* Entries from the oldest on; skips so many. */
static void list_entries(Editing *editing, size_t skip, StrList *list)
{
    HistEvent event;

    for (int rc = history(editing->history, &event, H_LAST); rc != -1;
         rc = history(editing->history, &event, H_PREV)) {
        if (skip)
            skip--;
        else
            strlist_add(list, event.str);
    }
}

/* Only what this session added is appended: several sessions share the file. */
static void save(Editing *editing)
{
    Shell *shell = editing->shell;
    StrList added = STRLIST_INIT;
    HistEvent event;
    size_t total;

    if (!editing->history_path || strcmp(editing->history_path, "/dev/null") == 0)
        return;
    history(editing->history, &event, H_GETSIZE);
    total = event.num > 0 ? (size_t)event.num : 0;
    if (editing->added && total >= editing->added)
        list_entries(editing, total - editing->added, &added);
    if (!history_file_append(editing->history_path, &added, shell->set.histsize))
        log_error(&shell->log, "could not save history to file \"%s\": %s",
                  editing->history_path, strerror(errno));
    strlist_free(&added);
}

void history_close(Editing *editing)
{
    save(editing);
    history_end(editing->history);
    free(editing->history_path);
    free(editing->previous);
}

/* ---- entries --------------------------------------------------------------------------------- */

void history_add_pending(Shell *shell, const char *line)
{
    StrBuf *pending;

    if (!shell->editing)
        return;
    pending = &shell->editing->pending;
    strbuf_add(pending, line);
    if (!*line || line[strlen(line) - 1] != '\n')
        strbuf_addc(pending, '\n');
}

void history_forget(Shell *shell)
{
    if (shell->editing)
        strbuf_reset(&shell->editing->pending);
}

static bool is_wanted(const Editing *editing, const char *entry)
{
    HistControl control = editing->shell->set.histcontrol;
    bool blank = control == HIST_IGNORE_SPACE || control == HIST_IGNORE_BOTH;
    bool repeated = control == HIST_IGNORE_DUPS || control == HIST_IGNORE_BOTH;

    if (!*entry || (blank && *entry == ' '))
        return false;
    return !(repeated && editing->previous && strcmp(entry, editing->previous) == 0);
}

void history_flush(Shell *shell)
{
    Editing *editing = shell->editing;
    HistEvent event;
    char *entry;

    if (!editing)
        return;
    while (editing->pending.len && editing->pending.data[editing->pending.len - 1] == '\n')
        strbuf_truncate(&editing->pending, editing->pending.len - 1);
    entry = history_masked(editing->pending.data);
    strbuf_reset(&editing->pending);
    if (!is_wanted(editing, entry)) {
        free(entry);
        return;
    }
    history(editing->history, &event, H_ENTER, entry);
    editing->added++;
    free(editing->previous);
    editing->previous = entry;
}

/* ---- \s ----------------------------------------------------------------------------------------- */

bool history_print(Shell *shell, FILE *out)
{
    StrList entries = STRLIST_INIT;

    if (!shell->editing)
        return false;
    list_entries(shell->editing, 0, &entries);
    for (size_t i = 0; i < entries.len && !shell->cancel_pressed; i++)
        fprintf(out, "%s\n", entries.items[i]);
    strlist_free(&entries);
    return true;
}

bool history_write_file(Shell *shell, const char *path, Diag *diag)
{
    FILE *out = fopen(path, "w");
    bool ok;

    if (!out)
        return diag_set(diag, EXIT_PGMI_OTHER, "could not save history to file \"%s\": %s",
                        path, strerror(errno));
    ok = history_print(shell, out);
    if (fclose(out) != 0)
        return diag_set(diag, EXIT_PGMI_OTHER, "could not save history to file \"%s\": %s",
                        path, strerror(errno));
    return ok;
}
