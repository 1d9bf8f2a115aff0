/*
 * editing.c — line editing at the prompt.
 */
#include "editing.h"

void editing_start(Shell *shell)
{
    (void)shell;
}

void editing_finish(Shell *shell)
{
    (void)shell;
}

bool editing_active(const Shell *shell)
{
    return shell->editing != NULL;
}

ReadStatus editing_read_line(Shell *shell, const char *prompt, StrBuf *line)
{
    (void)shell;
    (void)prompt;
    strbuf_reset(line);
    return READ_EOF;
}
