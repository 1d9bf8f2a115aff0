/*
 * editing_vi.c — vi's commands, for who has "set editing-mode vi" in ~/.inputrc.
 *
 * An operator (d, c, y) reads the motion that follows it, runs that motion's command and takes what
 * lies between.  The keys of the last change are kept, so that "." can type them again.
 */
#include "editing.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct ViState {
    StrBuf change;     /* keys of the last change, for "." */
    StrBuf typed;      /* what was typed in insert mode behind it */
    size_t typed_from; /* where that began */
    bool commanded;    /* in this line there were commands already */
    bool typing;       /* insert mode belongs to the change */
    bool stays;        /* "." leaves the cursor behind what it typed */
    char find_key, find_char[MB_LEN_MAX];
    size_t find_len;
    size_t marks[26];
};

static struct ViState *state_of(Editing *editing)
{
    if (!editing->vi_state) {
        editing->vi_state = xcalloc(1, sizeof *editing->vi_state);
        strbuf_init(&editing->vi_state->change);
        strbuf_init(&editing->vi_state->typed);
    }
    return editing->vi_state;
}

void vi_free(Editing *editing)
{
    if (editing->vi_state) {
        strbuf_free(&editing->vi_state->change);
        strbuf_free(&editing->vi_state->typed);
    }
    free(editing->vi_state);
    editing->vi_state = NULL;
}

/* ---- modes ------------------------------------------------------------------------------------------ */

void vi_begin_line(Editing *editing)
{
    if (!editing->vi)
        return;
    editing->keymap = KEYMAP_VI_INSERT;
    state_of(editing)->typing = state_of(editing)->commanded = false;
}

static void insertion_mode(Editing *editing, int count UNUSED, unsigned char key)
{
    struct ViState *vi = state_of(editing);

    editing->keymap = KEYMAP_VI_INSERT;
    edit_group_begin(editing);
    if (!vi->typing && key) {
        strbuf_reset(&vi->change);
        strbuf_addc(&vi->change, (char)key);
    }
    vi->typing = true;
    vi->typed_from = editing->point;
}

/* What was typed is kept for "."; the cursor goes back on a character. */
static void movement_mode(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    struct ViState *vi = state_of(editing);

    if (editing->keymap != KEYMAP_VI_INSERT)
        return;
    if (vi->typing) {
        strbuf_reset(&vi->typed);
        if (editing->point > vi->typed_from)
            strbuf_addn(&vi->typed, editing->text.data + vi->typed_from,
                        editing->point - vi->typed_from);
        edit_group_end(editing);
    }
    /* POSIX: "U" takes nothing back that was there before the first command. */
    if (!vi->commanded)
        undo_free(&editing->undo);
    vi->commanded = true;
    vi->typing = false;
    editing->keymap = KEYMAP_VI_COMMAND;
    editing->overwrite = false;
    if (editing->point && !vi->stays)
        editing->point = edit_before(editing, editing->point);
    vi->stays = false;
}

static void editing_mode(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    editing->vi = true;
    vi_begin_line(editing);
}

static void append_mode(Editing *editing, int count, unsigned char key)
{
    editing->point = edit_next(editing, editing->point);
    insertion_mode(editing, count, key);
}

static void append_eol(Editing *editing, int count, unsigned char key)
{
    editing->point = editing->text.len;
    insertion_mode(editing, count, key);
}

static void insert_beg(Editing *editing, int count, unsigned char key)
{
    editing->point = 0;
    insertion_mode(editing, count, key);
}

static void eof_maybe(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    editing->done = true;
    editing->eof = !editing->text.len;
}

/* ---- motions ------------------------------------------------------------------------------------------ */

static char at(const Editing *editing, size_t i)
{
    return i < editing->text.len ? editing->text.data[i] : '\0';
}

/* Kinds of characters: blank, of a word, other.  big: all that is no blank is one kind. */
static int kind_at(const Editing *editing, size_t i, bool big)
{
    unsigned char c = (unsigned char)at(editing, i);

    if (!c || c == ' ' || c == '\t' || c == '\n')
        return 0;
    return big || isalnum(c) || c == '_' || c >= 0x80 ? 1 : 2;
}

static void next_word(Editing *editing, int count, unsigned char key)
{
    bool big = isupper(key);

    for (; count > 0; count--) {
        int kind = kind_at(editing, editing->point, big);

        while (kind && editing->point < editing->text.len &&
               kind_at(editing, editing->point, big) == kind)
            editing->point = edit_next(editing, editing->point);
        while (editing->point < editing->text.len && !kind_at(editing, editing->point, big))
            editing->point = edit_next(editing, editing->point);
    }
}

static void prev_word(Editing *editing, int count, unsigned char key)
{
    bool big = isupper(key);

    for (; count > 0 && editing->point; count--) {
        size_t before = edit_before(editing, editing->point);
        int kind;

        while (before && !kind_at(editing, before, big))
            before = edit_before(editing, before);
        kind = kind_at(editing, before, big);
        while (before && kind_at(editing, edit_before(editing, before), big) == kind)
            before = edit_before(editing, before);
        editing->point = before;
    }
}

static void end_word(Editing *editing, int count, unsigned char key)
{
    bool big = isupper(key);

    for (; count > 0 && editing->point + 1 < editing->text.len; count--) {
        size_t next = edit_next(editing, editing->point);
        int kind;

        while (next + 1 < editing->text.len && !kind_at(editing, next, big))
            next = edit_next(editing, next);
        kind = kind_at(editing, next, big);
        while (edit_next(editing, next) < editing->text.len &&
               kind_at(editing, edit_next(editing, next), big) == kind)
            next = edit_next(editing, next);
        editing->point = next;
    }
}

static void first_print(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    editing->point = 0;
    while (at(editing, editing->point) == ' ' || at(editing, editing->point) == '\t')
        editing->point++;
}

static void column(Editing *editing, int count, unsigned char key UNUSED)
{
    editing->point = 0;
    for (; count > 1; count--)
        editing->point = edit_next(editing, editing->point);
}

static bool find_char(Editing *editing, char how, int count)
{
    const struct ViState *vi = state_of(editing);
    bool back = how == 'F' || how == 'T';
    size_t here = editing->point, found;

    if (how == 't')
        here = edit_next(editing, here);
    else if (how == 'T' && here)
        here = edit_before(editing, here);
    for (; count > 0; count--)
        do {
            found = back ? (here ? edit_before(editing, here) : editing->text.len)
                         : edit_next(editing, here);
            if (found >= editing->text.len)
                return false;
            here = found;
        } while (strncmp(editing->text.data + here, vi->find_char, vi->find_len) != 0);
    if (how == 't')
        here = edit_before(editing, here);
    else if (how == 'T')
        here = edit_next(editing, here);
    editing->point = here;
    return true;
}

static char other_case(char c)
{
    return fold_lower(c) == c ? fold_upper(c) : fold_lower(c);
}

static void char_search(Editing *editing, int count, unsigned char key)
{
    struct ViState *vi = state_of(editing);
    char how = (char)key;

    if (key == ';' || key == ',') {
        how = vi->find_key;
        if (how && key == ',')
            how = other_case(how);
    } else {
        vi->find_key = how;
        vi->find_len = editing_read_char(editing, vi->find_char);
    }
    if (!how || !vi->find_len || !find_char(editing, how, count))
        edit_bell(editing);
}

static void match(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    static const char open[] = "([{", close[] = ")]}";
    size_t i = editing->point;
    const char *kind = NULL;
    int depth = 0;
    bool back;

    while (at(editing, i) && !strchr("([{)]}", at(editing, i)))
        i++;
    if (!at(editing, i))
        return;
    back = (kind = strchr(close, at(editing, i))) != NULL;
    if (!back)
        kind = strchr(open, at(editing, i));
    for (size_t k = (size_t)(kind - (back ? close : open)); at(editing, i);
         i += back ? (size_t)-1 : 1) {
        depth += (at(editing, i) == open[k]) - (at(editing, i) == close[k]);
        if (!depth) {
            editing->point = i;
            return;
        }
        if (back && !i)
            return;
    }
}

/* ---- operators ------------------------------------------------------------------------------------------- */

/* Motions that take the character they end on, too. */
static bool is_inclusive(char motion)
{
    return strchr("eEftFT%;,", motion) != NULL && motion != 'F' && motion != 'T';
}

/* Reads a motion with its count and runs it: the range it covers.  False: none. */
static bool read_range(Editing *editing, int count, char operator, size_t * from, size_t *to)
{
    struct ViState *vi = state_of(editing);
    size_t start = editing->point;
    const Binding *binding;
    unsigned char key;
    int digits = 0;

    while (editing_read_byte(editing, &key) > 0) {
        strbuf_addc(&vi->change, (char)key);
        if (!isdigit(key) || (key == '0' && !digits))
            break;
        digits = digits * 10 + (key - '0');
    }
    if (editing->interrupted)
        return false;
    count *= digits ? digits : 1;
    if (key == operator) {
        *from = 0;
        *to = editing->text.len;
        return true;
    }
    if (operator== 'c' &&(key == 'w' || key == 'W') && kind_at(editing, start, true))
        key = (unsigned char)(key == 'w' ? 'e' : 'E');
    binding = editing_bound(&editing->keymaps[KEYMAP_VI_COMMAND], (const char *)&key, 1);
    if (!binding || !binding->run || !strchr("hl wWbBeE0^$|fFtT;,%`", key))
        return false;
    editing->keymap = KEYMAP_VI_INSERT; /* motions may end behind the last character */
    binding->run(editing, count, key);
    editing->keymap = KEYMAP_VI_COMMAND;
    if (is_inclusive((char)key) && editing->point >= start &&
        editing->point < editing->text.len)
        editing->point = edit_next(editing, editing->point);
    if ((key == ';' || key == ',') && editing->point == start)
        return false;
    if (operator== 'c' &&(key == 'w' || key == 'W'))
        while (editing->point > start && !kind_at(editing, editing->point - 1, true))
            editing->point--;
    *from = start < editing->point ? start : editing->point;
    *to = start < editing->point ? editing->point : start;
    editing->point = start;
    return *from < *to || operator== 'c';
}

static void begin_change(Editing *editing, unsigned char key)
{
    struct ViState *vi = state_of(editing);

    strbuf_reset(&vi->change);
    strbuf_reset(&vi->typed);
    strbuf_addc(&vi->change, (char)key);
}

static void delete_to(Editing *editing, int count, unsigned char key)
{
    size_t from = editing->point, to = editing->text.len;

    begin_change(editing, key);
    if (key == 'd' && !read_range(editing, count, 'd', &from, &to))
        return;
    edit_kill(editing, from, to);
}

static void change_to(Editing *editing, int count, unsigned char key)
{
    size_t from = editing->point, to = editing->text.len;

    begin_change(editing, key);
    if (key == 'c' && !read_range(editing, count, 'c', &from, &to))
        return;
    edit_group_begin(editing);
    edit_kill(editing, from, to);
    insertion_mode(editing, 1, 0);
    edit_group_end(editing);
}

static void yank_to(Editing *editing, int count, unsigned char key)
{
    size_t from = editing->point, to = editing->text.len, point = editing->point;

    bool whole;

    if (key == 'y' && !read_range(editing, count, 'y', &from, &to))
        return;
    whole = !from && to == editing->text.len;
    edit_group_begin(editing);
    edit_kill(editing, from, to);
    edit_group_end(editing);
    edit_undo(editing);
    editing->point = key == 'y' && !whole && from < point ? from : point;
}

static void subst(Editing *editing, int count, unsigned char key)
{
    size_t end = editing->point;

    begin_change(editing, key);
    for (; count > 0; count--)
        end = edit_next(editing, end);
    edit_group_begin(editing);
    edit_kill(editing, key == 'S' ? 0 : editing->point, key == 'S' ? editing->text.len : end);
    insertion_mode(editing, 1, 0);
    edit_group_end(editing);
}

/* ---- changes of a character ------------------------------------------------------------------------------ */

static void delete_under(Editing *editing, int count, unsigned char key)
{
    size_t end = editing->point;

    begin_change(editing, key);
    for (; count > 0; count--)
        end = edit_next(editing, end);
    edit_kill(editing, editing->point, end);
}

static void rubout(Editing *editing, int count, unsigned char key)
{
    size_t start = editing->point;

    begin_change(editing, key);
    for (; count > 0; count--)
        start = edit_before(editing, start);
    edit_kill(editing, editing->point, start);
}

static void change_char(Editing *editing, int count, unsigned char key)
{
    struct ViState *vi = state_of(editing);
    char bytes[MB_LEN_MAX];
    size_t len;

    begin_change(editing, key);
    len = editing_read_char(editing, bytes);
    if (!len || *bytes == '\033' || editing->point >= editing->text.len)
        return;
    strbuf_addn(&vi->change, bytes, len);
    edit_group_begin(editing);
    for (; count > 0 && editing->point < editing->text.len; count--) {
        edit_delete(editing, editing->point, edit_next(editing, editing->point));
        edit_insert(editing, bytes, len);
    }
    edit_group_end(editing);
    editing->point = edit_before(editing, editing->point);
}

static void change_case(Editing *editing, int count, unsigned char key)
{
    begin_change(editing, key);
    edit_group_begin(editing);
    for (; count > 0 && editing->point < editing->text.len; count--) {
        unsigned char c = (unsigned char)at(editing, editing->point);
        char changed = other_case((char)c);

        if (c >= 0x80 || !isalpha(c)) {
            editing->point = edit_next(editing, editing->point);
            continue;
        }
        edit_delete(editing, editing->point, editing->point + 1);
        edit_insert(editing, &changed, 1);
    }
    edit_group_end(editing);
}

static void replace(Editing *editing, int count, unsigned char key)
{
    begin_change(editing, key);
    insertion_mode(editing, count, 0);
    editing->overwrite = true;
}

static void put(Editing *editing, int count, unsigned char key)
{
    const char *text = edit_last_killed(editing);

    begin_change(editing, key);
    if (!text || !*text)
        return;
    if (key == 'p')
        editing->point = edit_next(editing, editing->point);
    for (; count > 0; count--)
        edit_insert(editing, text, strlen(text));
    editing->point = edit_before(editing, editing->point);
}

static void word_rubout(Editing *editing, int count, unsigned char key UNUSED)
{
    size_t start = editing->point;

    for (; count > 0 && start; count--) {
        int kind;

        while (start && !kind_at(editing, edit_before(editing, start), false))
            start = edit_before(editing, start);
        kind = start ? kind_at(editing, edit_before(editing, start), false) : 0;
        while (start && kind_at(editing, edit_before(editing, start), false) == kind)
            start = edit_before(editing, start);
    }
    edit_kill(editing, editing->point, start);
}

/* ---- again, back ---------------------------------------------------------------------------------------- */

static void redo(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    struct ViState *vi = state_of(editing);
    StrBuf keys = STRBUF_INIT;

    if (!vi->change.len)
        return;
    strbuf_addn(&keys, vi->change.data, vi->change.len);
    if (strchr("iaIAcCsSR", vi->change.data[0])) {
        strbuf_addn(&keys, vi->typed.data, vi->typed.len);
        strbuf_addc(&keys, '\033');
        vi->stays = strchr("cCsSR", vi->change.data[0]) != NULL;
    }
    editing_push(editing, keys.data, keys.len);
    strbuf_free(&keys);
}

static void undo(Editing *editing, int count, unsigned char key UNUSED)
{
    for (; count > 0; count--)
        if (!edit_undo(editing))
            edit_bell(editing);
}

/* readline counts from the entry in the line. */
static void fetch_history(Editing *editing, int count, unsigned char key)
{
    long at = (long)editing->history_at;
    long back = editing->argument_given ? 1 + at - count : at;

    edit_previous_history(editing, (int)(back > 0 && back < at ? back : at), key);
}

static void set_mark(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    unsigned char name;

    if (editing_read_byte(editing, &name) > 0 && name >= 'a' && name <= 'z')
        state_of(editing)->marks[name - 'a'] = editing->point;
}

static void goto_mark(Editing *editing, int count UNUSED, unsigned char key UNUSED)
{
    unsigned char name;

    if (editing_read_byte(editing, &name) > 0 && name >= 'a' && name <= 'z' &&
        state_of(editing)->marks[name - 'a'] <= editing->text.len)
        editing->point = state_of(editing)->marks[name - 'a'];
}

static void yank_arg(Editing *editing, int count, unsigned char key)
{
    EditRun *nth = editing_command(editing->argument_given ? "yank-nth-arg" : "yank-last-arg");

    editing->last = NULL;
    nth(editing, editing->argument_given ? count - 1 : count, key);
    insertion_mode(editing, 1, 0);
}

const EditCommand edit_commands_vi[] = {
    {"vi-append-eol", append_eol},
    {"vi-append-mode", append_mode},
    {"vi-change-case", change_case},
    {"vi-change-char", change_char},
    {"vi-change-to", change_to},
    {"vi-char-search", char_search},
    {"vi-column", column},
    {"vi-delete", delete_under},
    {"vi-delete-to", delete_to},
    {"vi-editing-mode", editing_mode},
    {"vi-end-word", end_word},
    {"vi-eof-maybe", eof_maybe},
    {"vi-fetch-history", fetch_history},
    {"vi-first-print", first_print},
    {"vi-goto-mark", goto_mark},
    {"vi-insert-beg", insert_beg},
    {"vi-insertion-mode", insertion_mode},
    {"vi-match", match},
    {"vi-movement-mode", movement_mode},
    {"vi-next-word", next_word},
    {"vi-prev-word", prev_word},
    {"vi-put", put},
    {"vi-redo", redo},
    {"vi-replace", replace},
    {"vi-rubout", rubout},
    {"vi-set-mark", set_mark},
    {"vi-subst", subst},
    {"vi-undo", undo},
    {"vi-unix-word-rubout", word_rubout},
    {"vi-yank-arg", yank_arg},
    {"vi-yank-to", yank_to},
    {NULL, NULL},
};
