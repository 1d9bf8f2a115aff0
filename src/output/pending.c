/* pending.c — placeholders until crosstab.c and progress.c land; whoever lands them deletes this. */
#include "pgmish/output.h"

bool print_crosstab(const PGresult *result, char *const args[4], const PrintOptions *options,
                    const PrintTarget *target, Diag *diag)
{
    (void)result;
    (void)args;
    (void)options;
    (void)target;
    return diag_set(diag, 1, "\\crosstabview is not available yet");
}

Progress *progress_begin(const char *label, uint64_t total)
{
    (void)label;
    (void)total;
    return NULL;
}

void progress_update(Progress *progress, uint64_t done)
{
    (void)progress;
    (void)done;
}

void progress_end(Progress *progress)
{
    (void)progress;
}
