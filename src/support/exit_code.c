/*
 * exit_code.c — which exit status several causes of one failure give (contract E2).
 */
#include "pgmish/support.h"

int pgmi_exit_code(unsigned causes)
{
    /* in the order of E2: the first cause that is present wins */
    static const struct {
        unsigned cause;
        int code;
    } order[] = {
        {CAUSE_INTERRUPT, EXIT_PGMI_INTERRUPTED},
        {CAUSE_CONCURRENT, EXIT_PGMI_CONCURRENT},
        {CAUSE_CONFIG, EXIT_PGMI_CONFIG},
        {CAUSE_NO_DEPLOY_SQL, EXIT_PGMI_NO_DEPLOY_SQL},
        {CAUSE_APPROVAL, EXIT_PGMI_APPROVAL},
        {CAUSE_CONNECTION, EXIT_PGMI_CONNECTION},
        {CAUSE_DEADLINE, EXIT_PGMI_TIMEOUT},
        {CAUSE_EXECUTION, EXIT_PGMI_EXECUTION},
        {CAUSE_USAGE, EXIT_PGMI_USAGE},
    };
    size_t i;

    for (i = 0; i < lengthof(order); i++)
        if (causes & order[i].cause)
            return order[i].code;
    return causes ? EXIT_PGMI_OTHER : EXIT_PGMI_OK;
}
