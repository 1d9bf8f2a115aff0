/*
 * history_file.c — psql's history file: one entry a line, newlines inside an entry as byte 1.
 *
 * libedit's own functions cannot read that file, so it is read and written here.  A psql built
 * with libedit writes another form: a first line "_HiStOrY_V2_", and entries in vis(3) encoding.
 * A file that begins so is read, and kept, in that form: both psqls can go on sharing it.
 */
#include "editing.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char vis_header[] = "_HiStOrY_V2_\n";
enum { VIS_HEADER_LEN = sizeof vis_header - 1, NEWLINE_MARK = 1 };

static bool has_vis_header(const StrBuf *text)
{
    return text->len >= VIS_HEADER_LEN && memcmp(text->data, vis_header, VIS_HEADER_LEN) == 0;
}

/* ---- vis(3), as far as history files use it ------------------------------------------------ */

static bool is_octal(const char *s)
{
    return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' &&
           s[2] <= '7';
}

/* Decodes one escape behind its backslash; returns the bytes used. */
static size_t unvis_escape(const char *s, StrBuf *out)
{
    if (is_octal(s)) {
        strbuf_addc(out, (char)((s[0] - '0') * 64 + (s[1] - '0') * 8 + (s[2] - '0')));
        return 3;
    }
    if (s[0] == '^' && s[1]) {
        strbuf_addc(out, (char)(s[1] == '?' ? 127 : s[1] & 31));
        return 2;
    }
    if (s[0] == 'M' && s[1] == '-' && s[2]) {
        strbuf_addc(out, (char)(s[2] | 0x80));
        return 3;
    }
    if (s[0] == 'M' && s[1] == '^' && s[2]) {
        strbuf_addc(out, (char)((s[2] == '?' ? 127 : s[2] & 31) | 0x80));
        return 3;
    }
    if (!s[0])
        return 0;
    strbuf_addc(out, s[0]);
    return 1;
}

static void unvis(const char *line, size_t len, StrBuf *out)
{
    char *copy = xstrndup(line, len);

    for (const char *p = copy; *p;) {
        if (*p == '\\')
            p += 1 + unvis_escape(p + 1, out);
        else
            strbuf_addc(out, *p++);
    }
    free(copy);
}

static void vis(const char *text, StrBuf *out)
{
    for (const char *p = text; *p; p++) {
        if (isgraph((unsigned char)*p) && *p != '\\')
            strbuf_addc(out, *p);
        else
            strbuf_addf(out, "\\%03o", (unsigned char)*p);
    }
}

/* ---- reading --------------------------------------------------------------------------------- */

static void add_entry(StrList *entries, const char *line, size_t len, bool vis_form)
{
    StrBuf entry = STRBUF_INIT;

    if (vis_form)
        unvis(line, len, &entry);
    else
        strbuf_addn(&entry, line, strnlen(line, len));
    for (size_t i = 0; i < entry.len; i++)
        if (entry.data[i] == NEWLINE_MARK)
            entry.data[i] = '\n';
    strlist_take(entries, strbuf_detach(&entry));
}

void history_file_read(const char *path, StrList *entries)
{
    StrBuf text = STRBUF_INIT;

    if (strbuf_read_file(&text, path)) {
        bool vis_form = has_vis_header(&text);
        const char *p = text.data + (vis_form ? VIS_HEADER_LEN : 0);

        while (*p) {
            size_t len = strcspn(p, "\n");

            if (len)
                add_entry(entries, p, len, vis_form);
            p += len + (p[len] ? 1 : 0);
        }
    }
    strbuf_free(&text);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void encode(const StrList *entries, size_t first, bool vis_form, StrBuf *out)
{
    for (size_t i = first; i < entries->len; i++) {
        char *entry = xstrdup(entries->items[i]);

        for (char *p = entry; *p; p++)
            if (*p == '\n')
                *p = NEWLINE_MARK;
        if (vis_form)
            vis(entry, out);
        else
            strbuf_add(out, entry);
        strbuf_addc(out, '\n');
        free(entry);
    }
}

/* Offset behind the header, so that from there at most `keep` lines follow. */
static size_t offset_of_last(const StrBuf *text, size_t body, size_t keep)
{
    size_t lines = 0, at = text->len;

    if (at > body && text->data[at - 1] == '\n')
        at--;
    else if (at == body)
        return body;
    for (; at > body; at--)
        if (text->data[at - 1] == '\n' && ++lines == keep)
            return at;
    return keep ? body : text->len;
}

static bool write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = write(fd, data, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

/* Rewrites the file so that only the last `keep` entries stay. */
static bool cut_file(int fd, const StrBuf *text, bool vis_form, int keep)
{
    size_t body = vis_form ? VIS_HEADER_LEN : 0;
    size_t from = offset_of_last(text, body, (size_t)keep);

    if (from == body)
        return true;
    if (ftruncate(fd, (off_t)body) != 0 || lseek(fd, (off_t)body, SEEK_SET) < 0)
        return false;
    return write_all(fd, text->data + from, text->len - from);
}

static bool read_all(int fd, StrBuf *text)
{
    char block[65536];
    ssize_t n;

    while ((n = read(fd, block, sizeof block)) > 0)
        strbuf_addn(text, block, (size_t)n);
    return n == 0;
}

/* In place and under a lock: a link stays a link, and sessions that end together lose nothing. */
bool history_file_append(const char *path, const StrList *entries, int max)
{
    int added = (int)entries->len, saved_errno;
    int keep = max < 0 ? -1 : max > added ? max - added : 0;
    StrBuf old = STRBUF_INIT, fresh = STRBUF_INIT;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    bool vis_form, ok = false;

    if (fd < 0)
        return false;
    if (flock(fd, LOCK_EX) != 0 || !read_all(fd, &old))
        goto done;
    vis_form = has_vis_header(&old);
    if (keep >= 0 && !cut_file(fd, &old, vis_form, keep))
        goto done;
    encode(entries, max >= 0 && added > max ? (size_t)(added - max) : 0, vis_form, &fresh);
    ok = lseek(fd, 0, SEEK_END) >= 0 && write_all(fd, fresh.data, fresh.len);
done:
    saved_errno = errno;
    strbuf_free(&old);
    strbuf_free(&fresh);
    close(fd);
    errno = saved_errno;
    return ok;
}
