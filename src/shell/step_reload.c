/*
 * step_reload.c — what has changed on disk while one stepped: the project is loaded again, and the script
 * goes on in its new text.
 *
 * A change behind the current statement moves nothing.  Where the text in front of it has changed, a
 * place is found again by the number of its statement.
 */
#include "step_private.h"

#include <stdlib.h>
#include <string.h>

bool step_open_text(Stepper *step)
{
    Shell *shell = step->shell;
    bool current = shell->input == &step->input;

    if (step->input.stream)
        fclose(step->input.stream);
    step->input.stream = fmemopen(step->script.text, step->script.len ? step->script.len : 1,
                                  "r");
    if (current)
        shell->command_stream = step->input.stream;
    return step->input.stream != NULL;
}

/* ---- reading again ------------------------------------------------------------------------------------ */

static bool project_changed(Shell *shell)
{
    StrList added = STRLIST_INIT, changed = STRLIST_INIT, removed = STRLIST_INIT;
    bool any;

    if (session_state(shell->session) == SESSION_EMPTY)
        return false;
    if (session_state(shell->session) == SESSION_LOST)
        return true;
    session_disk_changes(shell->session, &added, &changed, &removed);
    any = added.len || changed.len || removed.len;
    strlist_free(&added);
    strlist_free(&changed);
    strlist_free(&removed);
    return any;
}

static void list_changes(const char *word, const StrList *paths)
{
    for (size_t i = 0; i < paths->len; i++)
        printf("loaded again: %s %s\n", word, paths->items[i]);
}

static bool load_changes(Shell *shell)
{
    char *root = xstrdup(session_project(shell->session)->root_path);
    bool quiet = shell->set.quiet;
    LoadReport report = {0};
    Params given;
    bool ok;

    params_copy(&given, &shell->load_params);
    shell->set.quiet = true;
    ok = shell_load_project(shell, root, &given, &report) == 0;
    shell->set.quiet = quiet;
    list_changes("added", &report.added);
    list_changes("changed", &report.changed);
    list_changes("removed", &report.removed);
    load_report_free(&report);
    params_free(&given);
    free(root);
    return ok;
}

/* Offset in the new text of what began at `offset` in the old one: the same, where nothing before it
 * has changed, else the beginning of the item of the same number. */
static size_t moved_offset(const StepScript *old, const StepScript *new, size_t offset)
{
    size_t i;

    if (offset <= old->len && offset <= new->len &&memcmp(old->text, new->text, offset) == 0)
        return offset;
    i = step_script_find(old, offset);
    return i < new->item_count ? new->items[i].start : new->len;
}

/* The script's text from the disk; a change in front of the current item moves it. */
static bool read_script_again(Stepper *step, Diag *diag)
{
    StepScript new = {
        .name = step->script.name, .shown = step->script.shown, .path = step->script.path};

    if (!step_script_read(step->shell, &new, diag)) {
        free(new.items);
        return false;
    }
    step->at = moved_offset(&step->script, &new, step->at);
    for (size_t i = 0; i < step->past.len; i++)
        step->past.items[i].start = moved_offset(&step->script, &new,
                                                 step->past.items[i].start);
    free(step->script.text);
    free(step->script.items);
    step->script = new;
    return step_open_text(step);
}

bool step_read_again(Stepper *step)
{
    Shell *shell = step->shell;
    Diag diag = DIAG_INIT;
    bool ok = !project_changed(shell) || load_changes(shell);

    ok = ok && read_script_again(step, &diag);
    if (!ok && diag.message)
        step_say(step, &diag);
    diag_reset(&diag);
    return ok;
}
