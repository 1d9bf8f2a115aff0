/*
 * progress.c — a bar on standard error for work that takes a while.
 *
 * It appears only where somebody looks at it: standard error is a terminal that can move its
 * cursor, and 400 ms have gone by; nothing flickers up for quick work.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "printer.h"

#define QUIET_MS 400
#define STEP_MS  50 /* not more often than the eye sees */

struct Progress {
    char *label;
    uint64_t total;
    bool enabled;
    bool shown;
    double begun, drawn;
};

Progress *progress_begin(const char *label, uint64_t total)
{
    Progress *progress = xcalloc(1, sizeof(*progress));
    progress->label = xstrdup(label);
    progress->total = total;
    progress->enabled = term_can_move(STDERR_FILENO);
    progress->begun = monotonic_ms();
    return progress;
}

/* "label [#####.....] 50%", or "label 5" where the end is unknown; one line, however narrow. */
static void draw(Progress *progress, uint64_t done)
{
    int columns = 80, rows, room, filled;

    term_size(STDERR_FILENO, &columns, &rows);
    room = columns - (int)strlen(progress->label) - 9;
    if (room > 40)
        room = 40;
    if (!progress->total || room < 4) {
        fprintf(stderr, "\r%.*s %" PRIu64 "\033[K", columns > 22 ? columns - 22 : 0,
                progress->label, done);
        return;
    }
    if (done > progress->total)
        done = progress->total;
    filled = (int)((double)room * (double)done / (double)progress->total);
    fprintf(stderr, "\r%s [", progress->label);
    for (int i = 0; i < room; i++)
        fputc(i < filled ? '#' : '.', stderr);
    fprintf(stderr, "] %d%%\033[K", (int)(100.0 * (double)done / (double)progress->total));
}

void progress_update(Progress *progress, uint64_t done)
{
    double now;

    if (!progress->enabled)
        return;
    now = monotonic_ms();
    if (now - progress->begun < QUIET_MS || now - progress->drawn < STEP_MS)
        return;
    draw(progress, done);
    fflush(stderr);
    progress->shown = true;
    progress->drawn = now;
}

void progress_label(Progress *progress, const char *label)
{
    if (!progress->enabled || strcmp(progress->label, label) == 0)
        return;
    free(progress->label);
    progress->label = xstrdup(label);
}

/* What follows on standard error must not find the bar's rest in its line. */
void progress_end(Progress *progress)
{
    if (!progress)
        return;
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    free(progress->label);
    free(progress);
}

void progress_step(Progress **progress, const char *label, uint64_t done, uint64_t total)
{
    if (!*progress)
        *progress = progress_begin(label, total);
    progress_update(*progress, done);
}

void progress_finish(Progress **progress)
{
    progress_end(*progress);
    *progress = NULL;
}
