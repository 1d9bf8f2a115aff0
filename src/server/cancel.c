/*
 * cancel.c — cancelling a running query from a signal handler.
 *
 * PQcancel is made to be called there, given an object that was made beforehand.  The handler may
 * come between any two instructions, so the pointer is cleared before the object goes, and set
 * only when the new one is ready; this is the one place besides the handler's flag that has to
 * be global.
 */
#include "pgmish/server.h"

#include <errno.h>

static PGcancel *volatile current;

void cancel_install(PGconn *conn)
{
    PGcancel *old = current;

    current = NULL;
    if (old)
        PQfreeCancel(old);
    if (conn)
        current = PQgetCancel(conn); /* NULL for a dead connection: nothing to cancel */
}

bool cancel_now(void)
{
    PGcancel *target = current;
    int saved = errno;
    char reason[256];
    bool sent = target && PQcancel(target, reason, sizeof reason);

    errno = saved;
    return sent;
}
