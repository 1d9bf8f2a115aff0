/*
 * hold.h — makes the marks of loaded files wait, and lets them go one at a time (shell.md section 6).
 *
 * A Hold owns a second connection to the server; libpq's PGconn of the session stays the caller's.
 * Marks wait only between hold_arm and hold_disarm, and only where the load was made with TRACE_STEP.
 */
#ifndef PGMISH_HOLD_H
#define PGMISH_HOLD_H

#include <libpq-fe.h>

#include "pgmish/support.h"

typedef struct Hold Hold;

/* NULL: no second connection can be had, or it does not reach the session's own server: *diag. */
Hold *hold_open(PGconn *conn, Diag *diag);
void hold_close(Hold *hold); /* NULL is fine; what waits goes on */
/* From now on marks wait.  False: the second connection is gone. */
bool hold_arm(Hold *hold);
/* Lets the mark that waits go on; the next one waits again.  Does not wait for anything itself. */
bool hold_release(Hold *hold);
/* Marks do not wait any more, the one that does included. */
void hold_disarm(Hold *hold);
bool hold_armed(const Hold *hold);
/* After a statement was cancelled or failed at a mark: gives back what the session still holds.  conn must
 * be able to answer a query. */
void hold_clean(const Hold *hold, PGconn *conn);

/* Its connection, for want of another; still the Hold's.  hold_forget: somebody has closed it. */
PGconn *hold_connection(Hold *hold);
void hold_forget(Hold *hold);

#endif
