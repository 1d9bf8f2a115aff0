/*
 * pgmi_ask.c — questions on the terminal, for the commands that have a wizard.  Questions go to
 * standard error, so that standard output keeps to what was asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "pgmi.h"

char *pgmi_ask(const char *question, const char *standard)
{
    char line[512], *text = line;
    size_t len;

    fprintf(stderr, "%s%s%s%s: ", question, *standard ? " [" : "", standard,
            *standard ? "]" : "");
    fflush(stderr);
    if (!fgets(line, sizeof(line), stdin))
        return NULL;
    text += strspn(text, " \t");
    len = strlen(text);
    while (len && strchr(" \t\r\n", text[len - 1]))
        text[--len] = '\0';
    return xstrdup(*text ? text : standard);
}

char *pgmi_ask_until(const char *question, const char *standard, bool (*good)(const char *))
{
    char *answer;

    while ((answer = pgmi_ask(question, standard)) && !good(answer)) {
        fprintf(stderr, "  \"%s\" will not do.\n", answer);
        free(answer);
    }
    return answer;
}
