/*
 * store.c — blocks of bytes held until a result is complete.  psql holds a whole PGresult in
 * memory; here memory stays bounded: above STORE_LIMIT the blocks move to a temporary file that
 * has no name any more, so nothing is left behind however the program ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "printer.h"

/* Printing decisions (widths) need every row, so something must hold them all; this is how much
 * of it may be memory. */
#define STORE_LIMIT ((size_t)64 << 20)

/* The descriptor must not look like standard input. */
void store_init(Store *store)
{
    memset(store, 0, sizeof(*store));
    store->fd = -1;
}

void store_reset(Store *store)
{
    for (size_t i = 0; i < store->count; i++)
        free(store->blocks[i].data);
    free(store->blocks);
    free(store->read_buffer);
    if (store->fd >= 0)
        close(store->fd);
    store_init(store);
}

/* An open file without a name in TMPDIR; -1 when there is none to be had. */
static int open_nameless(void)
{
    const char *dir = getenv("TMPDIR");
    char *path;
    int fd;

    path = xasprintf("%s/pgmish.XXXXXX", dir && *dir ? dir : "/tmp");
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    free(path);
    return fd;
}

/* All of it or nothing that counts; signals (Ctrl-C, a resized window) only interrupt. */
static bool write_all(int fd, const char *data, size_t len, off_t offset)
{
    while (len) {
        ssize_t done = pwrite(fd, data, len, offset);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        data += done;
        len -= (size_t)done;
        offset += done;
    }
    return true;
}

/* Moves what is in memory to the file.  A full disk is no reason to fail: the rest stays. */
static void spill(Store *store)
{
    if (store->fd < 0)
        store->fd = open_nameless();
    if (store->fd < 0)
        store->spill_failed = true;
    for (size_t i = 0; i < store->count && !store->spill_failed; i++) {
        Block *block = &store->blocks[i];

        if (!block->data)
            continue;
        if (!write_all(store->fd, block->data, block->len, store->file_size)) {
            store->spill_failed = true;
            break;
        }
        block->offset = store->file_size;
        store->file_size += (off_t)block->len;
        store->in_memory -= block->len;
        free(block->data);
        block->data = NULL;
    }
}

/* Blocks that come after the limit was passed go to the file at once, one by one. */
void store_take(Store *store, char *data, size_t len)
{
    if (store->count == store->cap) {
        store->cap = store->cap ? store->cap * 2 : 8;
        store->blocks = xrealloc(store->blocks, store->cap * sizeof(Block));
    }
    store->blocks[store->count++] = (Block){data, len, 0};
    store->in_memory += len;
    if (store->in_memory > STORE_LIMIT && !store->spill_failed)
        spill(store);
}

/* One buffer serves all blocks that are read back: they are looked at in order, once or twice. */
bool store_block(Store *store, size_t i, const char **data, size_t *len)
{
    const Block *block = &store->blocks[i];
    size_t have = 0;

    *data = block->data;
    *len = block->len;
    if (block->data)
        return true;
    if (store->read_cap < block->len) {
        store->read_buffer = xrealloc(store->read_buffer, block->len);
        store->read_cap = block->len;
    }
    while (have < block->len) {
        ssize_t got = pread(store->fd, store->read_buffer + have, block->len - have,
                            block->offset + (off_t)have);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        have += (size_t)got;
    }
    *data = store->read_buffer;
    return true;
}
