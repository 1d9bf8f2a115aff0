/*
 * pipeline.c — \startpipeline, \sendpipeline, \syncpipeline, \flush, \flushrequest, \getresults,
 * \endpipeline: psql 18's commands for many statements on their way at once.
 *
 * Each only says what is to be sent: the road that SQL takes does it (src/shell/pipeline.c).
 */
#include <stdlib.h>

#include "pgmish/meta.h"

static MetaResult send(Shell *shell, SendMode mode)
{
    shell_send_as(shell, mode, NULL, NULL, 0);
    return META_SEND;
}

static MetaResult run_start(Shell *shell, const MetaCall *call)
{
    (void)call;
    return send(shell, SEND_START_PIPELINE);
}

static MetaResult run_sync(Shell *shell, const MetaCall *call)
{
    (void)call;
    return send(shell, SEND_SYNC);
}

static MetaResult run_flush(Shell *shell, const MetaCall *call)
{
    (void)call;
    return send(shell, SEND_FLUSH);
}

static MetaResult run_flush_request(Shell *shell, const MetaCall *call)
{
    (void)call;
    return send(shell, SEND_FLUSH_REQUEST);
}

static MetaResult run_end(Shell *shell, const MetaCall *call)
{
    (void)call;
    return send(shell, SEND_END_PIPELINE);
}

static MetaResult run_get_results(Shell *shell, const MetaCall *call)
{
    const char *count = meta_arg(call, 0);

    shell->pipeline_wanted = count ? atoi(count) : 0; /* what is no number is 0, as in psql */
    if (shell->pipeline_wanted < 0) {
        log_error(&shell->log, "\\getresults: invalid number of requested results");
        return META_ERROR;
    }
    return send(shell, SEND_GET_RESULTS);
}

static MetaResult run_send(Shell *shell, const MetaCall *call)
{
    (void)call;
    if (PQpipelineStatus(shell->conn) == PQ_PIPELINE_OFF)
        log_error(&shell->log, "\\sendpipeline not allowed outside of pipeline mode");
    else if (shell->send_mode == SEND_BIND || shell->send_mode == SEND_BIND_NAMED)
        return META_SEND;
    else
        log_error(&shell->log, "\\sendpipeline must be used after \\bind or \\bind_named");
    shell_send_as(shell, SEND_SIMPLE, NULL, NULL, 0);
    return META_ERROR;
}

META_COMMAND(startpipeline) = {
    .names = "startpipeline",
    .args = "",
    .flags = META_NEWER,
    .group = HELP_GENERAL,
    .synopsis = "\\startpipeline",
    .brief = "enter pipeline mode",
    .help =
        "From here on a statement that ends with ; or \\sendpipeline is queued, and its\n"
        "result is shown by \\getresults or \\endpipeline.  What has to wait for its own\n"
        "result (\\g, \\gset, \\watch and relatives, COPY) is refused.  %P in a prompt is the\n"
        "state: off, on, abort.",
    .run = run_start,
};

META_COMMAND(sendpipeline) = {
    .names = "sendpipeline",
    .args = "",
    .flags = META_NEWER,
    .group = HELP_GENERAL,
    .synopsis = "\\sendpipeline",
    .brief = "send an extended query to an ongoing pipeline",
    .help = "Stands behind \\bind or \\bind_named: SELECT $1 \\bind 1 \\sendpipeline",
    .run = run_send,
};

META_COMMAND(syncpipeline) = {
    .names = "syncpipeline",
    .args = "",
    .flags = META_NEWER,
    .group = HELP_GENERAL,
    .synopsis = "\\syncpipeline",
    .brief = "add a synchronisation point to an ongoing pipeline",
    .help =
        "It ends the implicit transaction of the statements before it; after an error, the\n"
        "server goes on behind it.",
    .run = run_sync,
};

META_COMMAND(flush) = {
    .names = "flush",
    .args = "",
    .flags = META_NEWER,
    .group = HELP_GENERAL,
    .synopsis = "\\flush",
    .brief = "push unsent data to the server",
    .run = run_flush,
};

META_COMMAND(flushrequest) = {
    .names = "flushrequest",
    .args = "",
    .flags = META_NEWER,
    .group = HELP_GENERAL,
    .synopsis = "\\flushrequest",
    .brief = "request data from the server, without a synchronisation point",
    .run = run_flush_request,
};

META_COMMAND(getresults) = {
    .names = "getresults",
    .args = "n",
    .flags = META_NEWER,
    .group = HELP_GENERAL,
    .synopsis = "\\getresults [NUM_RES]",
    .brief = "read results of queries in an ongoing pipeline",
    .help =
        "Shows the results that \\syncpipeline or \\flushrequest has made available: NUM_RES\n"
        "of them (a synchronisation point counts as one), or all when it is 0 or not given.",
    .run = run_get_results,
};

META_COMMAND(endpipeline) = {
    .names = "endpipeline",
    .args = "",
    .flags = META_NEWER,
    .group = HELP_GENERAL,
    .synopsis = "\\endpipeline",
    .brief = "exit pipeline mode and show what is left of its results",
    .run = run_end,
};
