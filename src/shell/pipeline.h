/*
 * pipeline.h — pipeline mode inside the shell.  Private to src/shell; the commands see shell.h.
 */
#ifndef PGMISH_PIPELINE_H
#define PGMISH_PIPELINE_H

#include "road.h"

/* True when the next thing to send belongs to a pipeline: one is open, or a pipeline command asks
 * for one.  Then pipeline_prepare and pipeline_run stand in for road_prepare and results_run. */
bool pipeline_handles(const Shell *shell);
/* False: sql holds a macro, whose expansion is more than one statement; the message is printed. */
bool pipeline_prepare(Shell *shell, const char *sql, bool substituted, Outgoing *out);
/* Queues the statement or does what the command asked for, which may be to show results. */
bool pipeline_run(Shell *shell, const char *sql, double *elapsed_ms);
/* The connection is another one: nothing is queued there. */
void pipeline_forget(Shell *shell);

#endif
