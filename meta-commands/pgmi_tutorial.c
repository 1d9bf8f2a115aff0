/*
 * pgmi_tutorial.c — \pgmi tutorial: the course (src/shell/tutorial*.c).
 */
#include "pgmish/meta.h"
#include "pgmish/tutorial.h"

static MetaResult run_tutorial(Shell *shell, const MetaCall *call)
{
    (void)call;
    if (shell->tutorial) {
        log_error(&shell->log, "\\pgmi tutorial: the course is under way");
        log_error_hint(&shell->log, "\"again\" repeats the step, \"steps\" lists them all.");
        return META_ERROR;
    }
    return tutorial_run(shell) ? META_DONE : META_ERROR;
}

META_COMMAND(pgmi_tutorial) = {
    .names = "tutorial",
    .parent = "pgmi",
    .args = "",
    .group = HELP_PGMI,
    .synopsis = "\\pgmi tutorial",
    .brief = "take a course, on a server of its own",
    .help =
        "Starts a scratch server and explains, step by step, what a project is and how it "
        "is\n"
        "deployed; you do it at the prompt, and what you did is checked.  hint, answer, "
        "skip,\n"
        "back, again, restart, steps and quit are the course's own words.  Your connection\n"
        "and session stay as they are.",
    .run = run_tutorial,
};
