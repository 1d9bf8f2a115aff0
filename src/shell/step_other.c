/*
 * step_other.c — the prompt while a statement waits at a mark.
 *
 * The session is busy then, so what is typed goes to a connection of its own, which sees what is committed,
 * and locks and activity.  It is not the one that holds the locks: a query there that waited for the
 * session would close a ring, and the server would end one of them, the deployment perhaps.  Only where
 * no third connection can be had is that one taken.
 */
#include "step_private.h"

#include <stdlib.h>
#include <string.h>

#include "pgmish/meta.h"

#define LIMIT_MS 2000.0

/* What waits for the session would wait for whoever sits here; who thinks is not idle. */
static const char settings_sql[] =
    "SELECT pg_catalog.set_config(name, CASE name WHEN 'lock_timeout' THEN '3s' ELSE '0' END,"
    " false) FROM pg_catalog.pg_settings WHERE name IN ('lock_timeout', "
    "'idle_session_timeout')";

/* What a query at the prompt would use up of the statement that waits. */
typedef struct OneShot {
    char *g_target, *gset_prefix, *send_name, *crosstab_args[4];
    PrintOptions *g_options;
    bool gdesc, gexec, crosstab;
    SendMode send_mode;
    StrList send_params;
    int query_copies;
} OneShot;

static OneShot put_aside(Shell *shell)
{
    OneShot kept = {.g_target = shell->g_target,
                    .gset_prefix = shell->gset_prefix,
                    .send_name = shell->send_name,
                    .g_options = shell->g_options,
                    .gdesc = shell->gdesc,
                    .gexec = shell->gexec,
                    .crosstab = shell->crosstab,
                    .send_mode = shell->send_mode,
                    .send_params = shell->send_params,
                    .query_copies = shell->query_copies};

    memcpy(kept.crosstab_args, shell->crosstab_args, sizeof(kept.crosstab_args));
    memset(shell->crosstab_args, 0, sizeof(shell->crosstab_args));
    shell->g_target = shell->gset_prefix = shell->send_name = NULL;
    shell->g_options = NULL;
    shell->gdesc = shell->gexec = shell->crosstab = false;
    shell->send_mode = SEND_SIMPLE;
    shell->send_params = (StrList)STRLIST_INIT;
    return kept;
}

static void take_back(Shell *shell, const OneShot *kept)
{
    shell_clear_one_shot(shell);
    shell->g_target = kept->g_target;
    shell->gset_prefix = kept->gset_prefix;
    shell->send_name = kept->send_name;
    shell->g_options = kept->g_options;
    shell->gdesc = kept->gdesc;
    shell->gexec = kept->gexec;
    shell->crosstab = kept->crosstab;
    shell->send_mode = kept->send_mode;
    shell->send_params = kept->send_params;
    shell->query_copies = kept->query_copies;
    memcpy(shell->crosstab_args, kept->crosstab_args, sizeof(kept->crosstab_args));
}

/* ---- the connection ----------------------------------------------------------------------------------- */

static PGconn *open_other(Stepper *step)
{
    PGconn *conn = step->shell->conn;
    double end = monotonic_ms() + LIMIT_MS;
    PGconn *other = step->block.alone ? NULL : server_connect_again(conn, end, NULL);

    if (other && !server_answers(other, settings_sql, end)) {
        PQfinish(other);
        other = NULL;
    }
    step->block.alone = !other; /* not to be tried, and waited for, at every mark */
    if (other)
        PQsetClientEncoding(other, pg_encoding_to_char(PQclientEncoding(conn)));
    return other;
}

/* Shell's connection and session while the prompt is on; what it had is put back afterwards. */
typedef struct Swapped {
    PGconn *conn;
    Session *session;
    bool borrowed; /* the connection that holds the locks */
} Swapped;

static Swapped swap_in(Stepper *step)
{
    Shell *shell = step->shell;
    StepBlock *block = &step->block;
    Swapped kept = {shell->conn, shell->session, false};

    if (!block->other)
        block->other = open_other(step);
    kept.borrowed = !block->other;
    shell->conn = block->other ? block->other : hold_connection(block->hold);
    block->session = shell->session;
    shell->session = session_new();
    shell_connection_changed(shell);
    return kept;
}

static void swap_out(Stepper *step, const Swapped *kept)
{
    Shell *shell = step->shell;

    if (!kept->borrowed || shell->conn != hold_connection(step->block.hold)) {
        step->block.other = shell->conn; /* \c may have made it another one */
        if (kept->borrowed)
            hold_forget(step->block.hold);
    }
    session_free(shell->session);
    shell->session = kept->session;
    step->block.session = NULL;
    shell->conn = kept->conn;
    shell_connection_changed(shell);
    shell_set_load_variables(shell);
    cancel_install(shell->conn);
    shell->cancel_pressed = false;
}

/* ---- the prompt ------------------------------------------------------------------------------------------ */

StepDecision step_prompt_at_mark(Stepper *step)
{
    Shell *shell = step->shell;
    StepDecision decision;
    OneShot one_shot;
    Swapped kept;

    step->at_mark = true;
    step_show_mark(step);
    one_shot = put_aside(shell);
    kept = swap_in(step);
    decision = step_prompt(step, false);
    swap_out(step, &kept);
    take_back(shell, &one_shot);
    step->at_mark = false;
    return decision;
}
