/*
 * editing_bindings.c — which keys run which commands before ~/.inputrc is read: readline's.
 */
#include "editing.h"

#include <string.h>

typedef struct Row {
    const char *keys, *command;
} Row;

/* "\e" is Alt, too: terminals send an Escape in front of the key. */
static const Row emacs[] = {
    {"\001", "beginning-of-line"},
    {"\002", "backward-char"},
    {"\004", "delete-char"},
    {"\005", "end-of-line"},
    {"\006", "forward-char"},
    {"\007", "abort"},
    {"\010", "backward-delete-char"},
    {"\013", "kill-line"},
    {"\014", "clear-screen"},
    {"\016", "next-history"},
    {"\017", "operate-and-get-next"},
    {"\020", "previous-history"},
    {"\021", "quoted-insert"},
    {"\022", "reverse-search-history"},
    {"\023", "forward-search-history"},
    {"\024", "transpose-chars"},
    {"\025", "unix-line-discard"},
    {"\026", "quoted-insert"},
    {"\027", "unix-word-rubout"},
    {"\031", "yank"},
    {"\035", "character-search"},
    {"\037", "undo"},
    {"\177", "backward-delete-char"},
    {"\t", "complete"},
    {"\r", "accept-line"},
    {"\n", "accept-line"},
    {"\030\007", "abort"},
    {"\030\022", "re-read-init-file"},
    {"\030\025", "undo"},
    {"\030\030", "exchange-point-and-mark"},
    {"\030(", "start-kbd-macro"},
    {"\030)", "end-kbd-macro"},
    {"\030e", "call-last-kbd-macro"},
    {"\030\177", "backward-kill-line"},
    {"\033\007", "abort"},
    {"\033\010", "backward-kill-word"},
    {"\033\t", "tab-insert"},
    {"\033\n", "vi-editing-mode"},
    {"\033\r", "vi-editing-mode"},
    {"\033\014", "clear-display"},
    {"\033\022", "revert-line"},
    {"\033\031", "yank-nth-arg"},
    {"\033\033", "complete"},
    {"\033\035", "character-search-backward"},
    {"\033 ", "set-mark"},
    {"\033#", "insert-comment"},
    {"\033&", "tilde-expand"},
    {"\033*", "insert-completions"},
    {"\033-", "digit-argument"},
    {"\033.", "yank-last-arg"},
    {"\033<", "beginning-of-history"},
    {"\033=", "possible-completions"},
    {"\033>", "end-of-history"},
    {"\033?", "possible-completions"},
    {"\033\\", "delete-horizontal-space"},
    {"\033_", "yank-last-arg"},
    {"\033b", "backward-word"},
    {"\033c", "capitalize-word"},
    {"\033d", "kill-word"},
    {"\033f", "forward-word"},
    {"\033l", "downcase-word"},
    {"\033n", "non-incremental-forward-search-history"},
    {"\033p", "non-incremental-reverse-search-history"},
    {"\033r", "revert-line"},
    {"\033t", "transpose-words"},
    {"\033u", "upcase-word"},
    {"\033y", "yank-pop"},
    {"\033~", "tilde-expand"},
    {"\033\177", "backward-kill-word"},
};

static const Row vi_insert[] = {
    {"\004", "vi-eof-maybe"},
    {"\010", "backward-delete-char"},
    {"\t", "complete"},
    {"\n", "accept-line"},
    {"\r", "accept-line"},
    {"\022", "reverse-search-history"},
    {"\023", "forward-search-history"},
    {"\024", "transpose-chars"},
    {"\025", "unix-line-discard"},
    {"\026", "quoted-insert"},
    {"\027", "vi-unix-word-rubout"},
    {"\031", "yank"},
    {"\037", "undo"},
    {"\177", "backward-delete-char"},
    {"\033", "vi-movement-mode"},
    {"\016", "menu-complete"},
    {"\020", "menu-complete-backward"},
};

static const Row vi_command[] = {
    {"\004", "vi-eof-maybe"},
    {"\005", "emacs-editing-mode"},
    {"\007", "abort"},
    {"\010", "backward-char"},
    {"\n", "accept-line"},
    {"\r", "accept-line"},
    {"\013", "kill-line"},
    {"\014", "clear-screen"},
    {"\016", "next-history"},
    {"\020", "previous-history"},
    {"\021", "quoted-insert"},
    {"\022", "reverse-search-history"},
    {"\023", "forward-search-history"},
    {"\024", "transpose-chars"},
    {"\025", "unix-line-discard"},
    {"\026", "quoted-insert"},
    {"\027", "vi-unix-word-rubout"},
    {"\031", "yank"},
    {"\037", "vi-undo"},
    {" ", "forward-char"},
    {"#", "insert-comment"},
    {"$", "end-of-line"},
    {"%", "vi-match"},
    {"&", "vi-tilde-expand"},
    {"*", "insert-completions"},
    {"+", "next-history"},
    {",", "vi-char-search"},
    {"-", "previous-history"},
    {".", "vi-redo"},
    {"/", "vi-search"},
    {"0", "beginning-of-line"},
    {";", "vi-char-search"},
    {"=", "possible-completions"},
    {"?", "vi-search"},
    {"A", "vi-append-eol"},
    {"B", "vi-prev-word"},
    {"C", "vi-change-to"},
    {"D", "vi-delete-to"},
    {"E", "vi-end-word"},
    {"F", "vi-char-search"},
    {"G", "vi-fetch-history"},
    {"I", "vi-insert-beg"},
    {"N", "vi-search-again"},
    {"P", "vi-put"},
    {"R", "vi-replace"},
    {"S", "vi-subst"},
    {"T", "vi-char-search"},
    {"U", "revert-line"},
    {"W", "vi-next-word"},
    {"X", "vi-rubout"},
    {"Y", "vi-yank-to"},
    {"\\", "vi-complete"},
    {"^", "vi-first-print"},
    {"_", "vi-yank-arg"},
    {"`", "vi-goto-mark"},
    {"a", "vi-append-mode"},
    {"b", "vi-prev-word"},
    {"c", "vi-change-to"},
    {"d", "vi-delete-to"},
    {"e", "vi-end-word"},
    {"f", "vi-char-search"},
    {"h", "backward-char"},
    {"i", "vi-insertion-mode"},
    {"j", "next-history"},
    {"k", "previous-history"},
    {"l", "forward-char"},
    {"m", "vi-set-mark"},
    {"n", "vi-search-again"},
    {"p", "vi-put"},
    {"r", "vi-change-char"},
    {"s", "vi-subst"},
    {"t", "vi-char-search"},
    {"u", "vi-undo"},
    {"w", "vi-next-word"},
    {"x", "vi-delete"},
    {"y", "vi-yank-to"},
    {"|", "vi-column"},
    {"~", "vi-change-case"},
    {"\177", "backward-char"},
};

static const Row emacs_arrows[] = {
    {"\033[1;5C", "forward-word"},
    {"\033[1;5D", "backward-word"},
    {"\033[1;3C", "forward-word"},
    {"\033[1;3D", "backward-word"},
};

/* Keys of terminals, whatever the terminal's description says. */
static const Row everywhere[] = {
    {"\033[A", "previous-history"},
    {"\033[B", "next-history"},
    {"\033[C", "forward-char"},
    {"\033[D", "backward-char"},
    {"\033[H", "beginning-of-line"},
    {"\033[F", "end-of-line"},
    {"\033OA", "previous-history"},
    {"\033OB", "next-history"},
    {"\033OC", "forward-char"},
    {"\033OD", "backward-char"},
    {"\033OH", "beginning-of-line"},
    {"\033OF", "end-of-line"},
    {"\033[200~", "bracketed-paste-begin"},
};

static const EditCommand *const tables[] = {
    edit_commands_move,   edit_commands_kill, edit_commands_recall, edit_commands_keys,
    edit_commands_search, edit_commands_tab,  edit_commands_vi,
};

EditRun *editing_command(const char *name)
{
    for (size_t t = 0; t < lengthof(tables); t++)
        for (const EditCommand *command = tables[t]; command->name; command++)
            if (ascii_casecmp(command->name, name) == 0)
                return command->run;
    return NULL;
}

static void bind_rows(Editing *editing, KeymapName map, const Row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        editing_bind(editing, map, rows[i].keys, strlen(rows[i].keys),
                     editing_command(rows[i].command), NULL, 0);
}

/* Characters stand for themselves, digits of vi's commands for arguments. */
static void bind_ranges(Editing *editing)
{
    EditRun *digit = editing_command("digit-argument");

    for (int c = ' '; c < 256; c++) {
        char key = (char)c;

        editing_bind(editing, KEYMAP_EMACS, &key, 1, edit_self_insert, NULL, 0);
        editing_bind(editing, KEYMAP_VI_INSERT, &key, 1, edit_self_insert, NULL, 0);
    }
    for (char c = '0'; c <= '9'; c++) {
        const char keys[] = {'\033', c};

        editing_bind(editing, KEYMAP_EMACS, keys, 2, digit, NULL, 0);
        if (c > '0')
            editing_bind(editing, KEYMAP_VI_COMMAND, keys + 1, 1, digit, NULL, 0);
    }
}

void editing_bind_defaults(Editing *editing)
{
    bind_ranges(editing);
    bind_rows(editing, KEYMAP_EMACS, emacs, lengthof(emacs));
    bind_rows(editing, KEYMAP_EMACS, emacs_arrows, lengthof(emacs_arrows));
    editing_bind(editing, KEYMAP_EMACS, "\0", 1, editing_command("set-mark"), NULL, 0);
    bind_rows(editing, KEYMAP_VI_INSERT, vi_insert, lengthof(vi_insert));
    bind_rows(editing, KEYMAP_VI_COMMAND, vi_command, lengthof(vi_command));
    for (int map = 0; map < KEYMAPS; map++)
        bind_rows(editing, (KeymapName)map, everywhere, lengthof(everywhere));
    terminal_bind_keys(editing);
}
