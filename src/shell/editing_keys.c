/*
 * editing_keys.c — from keys to commands: sequences, numeric arguments, macros, typed characters.
 */
#include "editing.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum {
    ESCAPE = 033,
    SEQUENCE_MS = 500,
    SEQUENCE_MAX = 32,
    ARGUMENT_MAX = 1000000,
    PUSHED_MAX = 65536
};

/* ---- tables -------------------------------------------------------------------------------------- */

static Binding *find_binding(const Keymap *map, const char *keys, size_t len)
{
    for (size_t i = 0; i < map->len; i++)
        if (map->items[i].len == len && memcmp(map->items[i].keys, keys, len) == 0)
            return &map->items[i];
    return NULL;
}

const Binding *editing_bound(const Keymap *map, const char *keys, size_t len)
{
    return find_binding(map, keys, len);
}

void editing_bind(Editing *editing, KeymapName name, const char *keys, size_t len, EditRun *run,
                  const char *macro, size_t macro_len)
{
    Keymap *map = &editing->keymaps[name];
    Binding *binding = find_binding(map, keys, len);

    if (!binding) {
        if (map->len == map->cap) {
            map->cap = map->cap ? map->cap * 2 : 128;
            map->items = xrealloc(map->items, map->cap * sizeof *map->items);
        }
        binding = &map->items[map->len++];
        *binding = (Binding){.keys = xstrndup(keys, len), .len = len};
    }
    free(binding->macro);
    binding->run = run;
    binding->macro = macro ? xstrndup(macro, macro_len) : NULL;
    binding->macro_len = macro_len;
}

void editing_keys_free(Editing *editing)
{
    for (int name = 0; name < KEYMAPS; name++) {
        Keymap *map = &editing->keymaps[name];

        for (size_t i = 0; i < map->len; i++) {
            free(map->items[i].keys);
            free(map->items[i].macro);
        }
        free(map->items);
        *map = (Keymap){0};
    }
}

/* ---- reading a sequence --------------------------------------------------------------------------- */

static bool is_bound(const Binding *binding)
{
    return binding && (binding->run || binding->macro);
}

static bool is_prefix(const Keymap *map, const char *keys, size_t len)
{
    for (size_t i = 0; i < map->len; i++)
        if (map->items[i].len > len && memcmp(map->items[i].keys, keys, len) == 0 &&
            is_bound(&map->items[i]))
            return true;
    return false;
}

/* Behind Escape and Ctrl-X capital letters are the small ones, where they are nothing else. */
static const Binding *binding_of(const Keymap *map, const char *keys, size_t len)
{
    const Binding *found = find_binding(map, keys, len);
    char lower[SEQUENCE_MAX];

    if (is_bound(found) || len != 2 || fold_lower(keys[1]) == keys[1] || map->items == NULL)
        return is_bound(found) ? found : NULL;
    lower[0] = keys[0];
    lower[1] = fold_lower(keys[1]);
    found = find_binding(map, lower, len);
    return is_bound(found) ? found : NULL;
}

/*
 * Reads until a binding is complete or nothing can come of it.  A sequence that is a command of its
 * own and the beginning of longer ones (Escape with vi's keys) is the command if nothing follows
 * soon.  len 0: nothing was read.
 */
static const Binding *read_sequence(Editing *editing, char *keys, size_t *len)
{
    const Keymap *map = &editing->keymaps[editing->keymap];
    const Binding *found = NULL, *shorter = NULL;
    size_t shorter_len = 0;
    unsigned char byte;

    for (*len = 0; *len < SEQUENCE_MAX;) {
        if (editing_read_byte(editing, &byte) <= 0) {
            *len = 0;
            return NULL;
        }
        keys[(*len)++] = (char)byte;
        found = binding_of(map, keys, *len);
        if (found) {
            shorter = found;
            shorter_len = *len;
        }
        if (!is_prefix(map, keys, *len) ||
            (found && !editing_input_waits(editing, SEQUENCE_MS)))
            break;
    }
    /* What followed a complete binding and made no longer one is a key of its own. */
    if (!found && shorter) {
        editing_push(editing, keys + shorter_len, *len - shorter_len);
        *len = shorter_len;
    }
    return shorter;
}

/* ---- numeric arguments ------------------------------------------------------------------------------- */

static int argument_of(const Editing *editing)
{
    return editing->argument_sign * (editing->argument_given ? editing->argument : 1);
}

static void forget_argument(Editing *editing)
{
    editing->argument = 1;
    editing->argument_sign = 1;
    editing->argument_given = editing->argument_open = editing->argument_minus = false;
}

/* While the next key is waited for, the argument stands in the prompt's place. */
static bool read_behind_argument(Editing *editing, unsigned char *byte)
{
    char *text = xasprintf("(arg: %d) ", argument_of(editing));
    int n;

    editing_message(editing, text);
    n = editing_read_byte(editing, byte);
    editing_message(editing, NULL);
    free(text);
    return n > 0;
}

static void add_digit(Editing *editing, unsigned char key)
{
    if (key == '-') {
        editing->argument_sign = -editing->argument_sign;
        editing->argument_minus = true;
    } else {
        int before = editing->argument_given ? editing->argument : 0;

        editing->argument = before < ARGUMENT_MAX ? before * 10 + (key - '0') : before;
        editing->argument_given = true;
    }
    editing->argument_open = true;
}

/* Digits behind the first need no Alt.  A key that is none puts the prompt back and is then served. */
static bool is_more_argument(Editing *editing)
{
    unsigned char byte;
    char again;

    if (!editing->argument_open)
        return false;
    editing->argument_open = false;
    if (!read_behind_argument(editing, &byte)) {
        editing->done = editing->eof = true;
        return true;
    }
    if (isdigit(byte) ||
        (byte == '-' && !editing->argument_given && !editing->argument_minus)) {
        add_digit(editing, byte);
        return true;
    }
    again = (char)byte;
    editing_push(editing, &again, 1);
    /* "-" alone is -1, and a digit behind it (Alt-- Alt-2) goes behind that 1 */
    editing->argument_given = editing->argument_given || editing->argument_minus;
    return false;
}

static void digit_argument(Editing *editing, int count UNUSED, unsigned char key)
{
    editing->keeps_last = true;
    add_digit(editing, key);
}

/* Four, sixteen, ... times; vi has none of it. */
static void universal_argument(Editing *editing, int count, unsigned char key UNUSED)
{
    editing->keeps_last = true;
    editing->argument = count * 4;
    editing->argument_given = editing->argument_open = true;
}

/* ---- serving a key ---------------------------------------------------------------------------------------- */

static void play(Editing *editing, const char *macro, size_t len)
{
    if (editing->pushed.len - editing->pushed_at < PUSHED_MAX)
        editing_push(editing, macro, len);
}

static void run(Editing *editing, EditRun *command, unsigned char key)
{
    editing->killing = editing->keeps_last = false;
    command(editing, argument_of(editing), key);
    /* vi's commands leave the cursor on a character, never behind the last */
    if (editing->keymap == KEYMAP_VI_COMMAND && editing->point == editing->text.len)
        editing->point = edit_before(editing, editing->point);
    if (!editing->keeps_last) {
        if (editing->last != edit_self_insert || command != edit_self_insert)
            editing->last = command;
        forget_argument(editing);
    }
    /* readline's: typed ahead, characters between two deletions do not part them */
    if (!editing->read_ahead)
        editing->last_killed = editing->killing;
    editing->read_ahead = false;
}

void editing_serve_key(Editing *editing)
{
    char keys[SEQUENCE_MAX];
    const Binding *binding;
    size_t len;

    if (is_more_argument(editing))
        return;
    binding = read_sequence(editing, keys, &len);
    if (editing->recording)
        strbuf_addn(&editing->macro_recorded, keys, len);
    if (!len) {
        editing->done = editing->eof = true;
    } else if (!binding) {
        forget_argument(editing);
        edit_bell(editing);
    } else if (binding->macro) {
        play(editing, binding->macro, binding->macro_len);
    } else {
        run(editing, binding->run, (unsigned char)keys[len - 1]);
    }
}

/* ---- typed characters ------------------------------------------------------------------------------------ */

/* The other bytes of a character whose first was read. */
static size_t read_rest(Editing *editing, char *bytes, size_t len)
{
    for (;;) {
        mbstate_t state = {0};
        wchar_t c;
        unsigned char byte;

        if (len >= MB_LEN_MAX || mbrtowc(&c, bytes, len, &state) != (size_t)-2)
            return len;
        if (editing_read_byte(editing, &byte) <= 0)
            return len;
        bytes[len++] = (char)byte;
    }
}

size_t editing_read_char(Editing *editing, char *bytes)
{
    unsigned char byte;

    if (editing_read_byte(editing, &byte) <= 0)
        return 0;
    bytes[0] = (char)byte;
    return read_rest(editing, bytes, 1);
}

static void overwrite(Editing *editing, const char *bytes, size_t len, int count)
{
    edit_group_begin(editing);
    for (; count > 0; count--) {
        edit_insert(editing, bytes, len);
        edit_delete(editing, editing->point, edit_next(editing, editing->point));
    }
    edit_group_end(editing);
}

/* Characters that wait already belong to the same command, as in readline. */
static void insert_typed_ahead(Editing *editing)
{
    const Keymap *map = &editing->keymaps[editing->keymap];

    while (editing->pushed_at == editing->pushed.len && editing_input_waits(editing, 0)) {
        unsigned char byte;
        char bytes[MB_LEN_MAX];
        const Binding *binding;

        if (editing_read_byte(editing, &byte) <= 0)
            return;
        bytes[0] = (char)byte;
        binding = binding_of(map, bytes, 1);
        if (!binding || binding->run != edit_self_insert || is_prefix(map, bytes, 1)) {
            editing_push(editing, bytes, 1);
            editing->read_ahead = true;
            return;
        }
        edit_insert(editing, bytes, read_rest(editing, bytes, 1));
    }
}

void edit_self_insert(Editing *editing, int count, unsigned char key)
{
    char bytes[MB_LEN_MAX] = {(char)key};
    size_t len = read_rest(editing, bytes, 1);
    StrBuf all = STRBUF_INIT;

    if (editing->overwrite) {
        overwrite(editing, bytes, len, count);
        return;
    }
    for (int i = 0; i < count && i < ARGUMENT_MAX; i++)
        strbuf_addn(&all, bytes, len);
    edit_insert(editing, all.data, all.len);
    strbuf_free(&all);
    insert_typed_ahead(editing);
}

/* Pasted text goes in as it is: its tabs complete nothing, its newlines run nothing. */
static void bracketed_paste_begin(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    static const char end_mark[] = "\033[201~";
    const size_t mark_len = sizeof end_mark - 1;
    StrBuf text = STRBUF_INIT;
    unsigned char byte;

    while (editing_read_byte(editing, &byte) > 0) {
        strbuf_addc(&text, (char)(byte == '\r' ? '\n' : byte));
        if (text.len >= mark_len &&
            memcmp(text.data + text.len - mark_len, end_mark, mark_len) == 0) {
            strbuf_truncate(&text, text.len - mark_len);
            break;
        }
    }
    if (!editing->interrupted)
        edit_insert(editing, text.data, strlen(text.data));
    strbuf_free(&text);
}

static void quoted_insert(Editing *editing, int count, unsigned char key UNUSED)
{
    char bytes[MB_LEN_MAX];
    size_t len = editing_read_char(editing, bytes);

    for (; count > 0 && len && *bytes; count--)
        edit_insert(editing, bytes, len);
}

static void tab_insert(Editing *editing, int count, unsigned char key UNUSED)
{
    for (; count > 0; count--)
        edit_insert(editing, "\t", 1);
}

/* ---- the end of a line, and the rest ----------------------------------------------------------------------- */

static void accept_line(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    editing->done = true;
}

/* The line becomes a comment and is not run; with an argument a comment is uncommented. */
static void insert_comment(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    const StrBuf *comment = &editing->comment_begin;

    editing->point = 0;
    if (!editing->argument_given)
        edit_insert(editing, comment->data, comment->len);
    else if (strncmp(editing->text.data, comment->data, comment->len) == 0)
        edit_delete(editing, 0, comment->len);
    else
        edit_insert(editing, comment->data, comment->len);
    editing->point = editing->text.len;
    editing->done = true;
}

static void undo(Editing *editing, int count, unsigned char key UNUSED)
{
    for (; count > 0; count--)
        if (!edit_undo(editing)) {
            edit_bell(editing);
            return;
        }
}

static void revert_line(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    while (edit_undo(editing))
        ;
    if (editing->vi)
        editing->point = editing->mark = 0;
}

static void clear_screen(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    editing_clear_screen(editing);
}

static void redraw_current_line(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    editing_draw(editing);
}

static void abort_command(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    edit_bell(editing);
}

static void overwrite_mode(Editing *editing, int count, unsigned char key UNUSED)
{
    editing->overwrite = editing->argument_given ? count > 0 : !editing->overwrite;
}

static void start_macro(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    strbuf_reset(&editing->macro_recorded);
    editing->recording = true;
}

/* The two keys that end it are no part of it. */
static void end_macro(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    if (!editing->recording)
        return;
    editing->recording = false;
    strbuf_truncate(&editing->macro_recorded,
                    editing->macro_recorded.len > 2 ? editing->macro_recorded.len - 2 : 0);
    strbuf_swap(&editing->macro_last, &editing->macro_recorded);
}

static void call_macro(Editing *editing, int count, unsigned char key UNUSED)
{
    for (; count > 0 && !editing->recording; count--)
        play(editing, editing->macro_last.data, editing->macro_last.len);
}

static void reread_init_file(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    editing_read_inputrc(editing);
}

static void emacs_mode(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    editing->vi = false;
    editing->keymap = KEYMAP_EMACS;
}

const EditCommand edit_commands_keys[] = {
    {"abort", abort_command},
    {"accept-line", accept_line},
    {"bracketed-paste-begin", bracketed_paste_begin},
    {"call-last-kbd-macro", call_macro},
    {"clear-display", clear_screen},
    {"clear-screen", clear_screen},
    {"digit-argument", digit_argument},
    {"emacs-editing-mode", emacs_mode},
    {"end-kbd-macro", end_macro},
    {"insert-comment", insert_comment},
    {"overwrite-mode", overwrite_mode},
    {"quoted-insert", quoted_insert},
    {"re-read-init-file", reread_init_file},
    {"redraw-current-line", redraw_current_line},
    {"revert-line", revert_line},
    {"self-insert", edit_self_insert},
    {"start-kbd-macro", start_macro},
    {"tab-insert", tab_insert},
    {"undo", undo},
    {"universal-argument", universal_argument},
    {NULL, NULL},
};
