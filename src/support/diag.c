/*
 * diag.c — errors as values.
 */
#include "pgmish/support.h"

#include <stdlib.h>

static void set_text(char **field, const char *fmt, va_list args)
{
    StrBuf buf = STRBUF_INIT;

    strbuf_vaddf(&buf, fmt, args);
    free(*field);
    *field = strbuf_detach(&buf);
}

bool diag_set(Diag *diag, int code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    set_text(&diag->message, fmt, args);
    va_end(args);
    diag->code = code;
    return false;
}

bool diag_detail(Diag *diag, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    set_text(&diag->detail, fmt, args);
    va_end(args);
    return false;
}

bool diag_hint(Diag *diag, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    set_text(&diag->hint, fmt, args);
    va_end(args);
    return false;
}

bool diag_at(Diag *diag, const char *file, int line, int column)
{
    free(diag->file);
    diag->file = xstrdup_null(file);
    diag->line = line;
    diag->column = column;
    return false;
}

void diag_reset(Diag *diag)
{
    free(diag->message);
    free(diag->detail);
    free(diag->hint);
    free(diag->file);
    *diag = (Diag)DIAG_INIT;
}

void diaglist_take(DiagList *list, Diag *diag)
{
    if (list->len == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 4;
        list->items = xrealloc(list->items, list->cap * sizeof(Diag));
    }
    list->items[list->len++] = *diag;
    *diag = (Diag)DIAG_INIT;
}

void diaglist_free(DiagList *list)
{
    for (size_t i = 0; i < list->len; i++)
        diag_reset(&list->items[i]);
    free(list->items);
    *list = (DiagList)DIAGLIST_INIT;
}
