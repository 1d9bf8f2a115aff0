/*
 * editing_terminal.c — what the terminal can do, what its keys send, and its modes.
 *
 * terminfo knows.  As in readline, a terminal that cannot move up shows a long line through a
 * window of one row, and one that is not known at all counts as such.
 */
#include "editing.h"

#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

static const char *capability(const char *name)
{
    char *text = tigetstr(name);

    return text && text != (char *)-1 && *text ? text : NULL;
}

void terminal_put(const char *text)
{
    if (text)
        tputs(text, 1, putchar);
}

void terminal_open(Editing *editing)
{
    TerminalType *type = &editing->terminal;
    const char *term = getenv("TERM");
    int error;

    *type = (TerminalType){0};
    if (setupterm(term && *term ? term : "dumb", STDOUT_FILENO, &error) != 0)
        return;
    type->known = strcmp(term && *term ? term : "dumb", "dumb") != 0;
    type->wraps = tigetflag("am") > 0 && tigetflag("xenl") > 0;
    type->up = capability("cuu1");
    type->clear_to_end = capability("el");
    type->erase_screen = capability("clear");
}

void terminal_close(Editing *editing)
{
    terminal_raw(editing, false);
    if (cur_term)
        del_curterm(cur_term);
}

/* ---- modes ----------------------------------------------------------------------------------- */

/* Signals and Ctrl-S/Ctrl-Q stay the terminal's, all other keys come as they are. */
void terminal_raw(Editing *editing, bool on)
{
    struct termios mode;

    if (on == editing->raw)
        return;
    if (!on) {
        if (editing->cooked_known)
            tcsetattr(STDIN_FILENO, TCSADRAIN, &editing->cooked);
        editing->raw = false;
        return;
    }
    editing->cooked_known = tcgetattr(STDIN_FILENO, &editing->cooked) == 0;
    if (editing->cooked_known) {
        mode = editing->cooked;
        mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        mode.c_iflag &= ~(tcflag_t)(ICRNL | INLCR);
        if ((mode.c_cflag & CSIZE) == CS8)
            mode.c_iflag &= ~(tcflag_t)(ISTRIP | INPCK);
        mode.c_cc[VMIN] = 1;
        mode.c_cc[VTIME] = 0;
        mode.c_cc[VLNEXT] = _POSIX_VDISABLE;
        tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
    }
    editing->raw = true;
}

/* ---- keys ----------------------------------------------------------------------------------------- */

static void bind_key(Editing *editing, const char *keys, const char *command)
{
    for (int map = 0; keys && map < KEYMAPS; map++)
        if (!editing_bound(&editing->keymaps[map], keys, strlen(keys)))
            editing_bind(editing, (KeymapName)map, keys, strlen(keys), editing_command(command),
                         NULL, 0);
}

/* The characters that stty names for erasing do so here, too. */
static void bind_stty_keys(Editing *editing)
{
    static const struct {
        int index;
        const char *command, *vi_command;
    } keys[] = {{VERASE, "backward-delete-char", "backward-delete-char"},
                {VKILL, "unix-line-discard", "unix-line-discard"},
                {VWERASE, "unix-word-rubout", "vi-unix-word-rubout"},
                {VLNEXT, "quoted-insert", "quoted-insert"}};
    struct termios mode;

    if (tcgetattr(STDIN_FILENO, &mode) != 0)
        return;
    for (size_t i = 0; i < lengthof(keys); i++) {
        char key = (char)mode.c_cc[keys[i].index];

        if (key == (char)_POSIX_VDISABLE)
            continue;
        editing_bind(editing, KEYMAP_EMACS, &key, 1, editing_command(keys[i].command), NULL, 0);
        editing_bind(editing, KEYMAP_VI_INSERT, &key, 1, editing_command(keys[i].vi_command),
                     NULL, 0);
    }
}

void terminal_bind_keys(Editing *editing)
{
    static const struct {
        const char *capability, *command;
    } keys[] = {
        {"kcuu1", "previous-history"},      {"kcud1", "next-history"},
        {"kcuf1", "forward-char"},          {"kcub1", "backward-char"},
        {"khome", "beginning-of-line"},     {"kend", "end-of-line"},
        {"kdch1", "delete-char"},           {"kich1", "overwrite-mode"},
        {"kpp", "history-search-backward"}, {"knp", "history-search-forward"},
    };

    bind_stty_keys(editing);
    for (size_t i = 0; cur_term && i < lengthof(keys); i++)
        bind_key(editing, capability(keys[i].capability), keys[i].command);
}
