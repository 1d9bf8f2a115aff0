/*
 * \timing — switches the display of how long commands took.
 */
#include "pgmish/meta.h"

#include <string.h>

static MetaResult run_timing(Shell *shell, const MetaCall *call)
{
    bool ok = true;

    if (meta_arg(call, 0))
        ok = parse_bool(&shell->log, meta_arg(call, 0), "\\timing", &shell->set.timing);
    else
        shell->set.timing = !shell->set.timing;
    if (!shell->set.quiet) /* said after a bad argument too, as psql does */
        puts(shell->set.timing ? "Timing is on." : "Timing is off.");
    return ok ? META_DONE : META_ERROR;
}

static void complete_timing(Shell *shell UNUSED, const MetaCall *before UNUSED, size_t index,
                            const char *text, StrList *list)
{
    static const char *const words[] = {"on", "off"};
    size_t i;

    for (i = 0; index == 0 && i < lengthof(words); i++) {
        if (strncmp(words[i], text, strlen(text)) == 0)
            strlist_add(list, words[i]);
    }
}

META_COMMAND(timing) = {
    .names = "timing",
    .args = "n",
    .group = HELP_SYSTEM,
    .synopsis = "\\timing [on|off]",
    .brief = "toggle timing of commands",
    .complete = complete_timing,
    .run = run_timing,
};
