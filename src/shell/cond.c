/*
 * cond.c — the stack of \if blocks: which branch is active, and what the query buffer looked like
 * when the branch began, so that the text of a skipped branch can be thrown away.
 */
#include "pgmish/shell.h"

#include <stdlib.h>
#include <string.h>

typedef struct CondEntry {
    CondState state;
    long query_length; /* -1: none */
    LexerMark mark;
} CondEntry;

struct CondStack {
    CondEntry *items;
    size_t len, cap;
};

static CondEntry *top(const CondStack *stack)
{
    return cond_empty(stack) ? NULL : &stack->items[stack->len - 1];
}

CondStack *cond_new(void)
{
    return xcalloc(1, sizeof(CondStack));
}

void cond_free(CondStack *stack)
{
    if (stack)
        free(stack->items);
    free(stack);
}

CondStack *cond_copy(const CondStack *stack)
{
    CondStack *copy;

    if (cond_empty(stack))
        return NULL;
    copy = cond_new();
    cond_assign(copy, stack);
    return copy;
}

void cond_assign(CondStack *stack, const CondStack *from)
{
    stack->len = 0;
    if (cond_empty(from))
        return;
    if (stack->cap < from->len) {
        stack->cap = from->len;
        stack->items = xrealloc(stack->items, stack->cap * sizeof(*stack->items));
    }
    stack->len = from->len;
    memcpy(stack->items, from->items, from->len * sizeof(*from->items));
}

bool cond_empty(const CondStack *stack)
{
    return !stack || stack->len == 0;
}

CondState cond_peek(const CondStack *stack)
{
    const CondEntry *entry = top(stack);

    return entry ? entry->state : COND_NONE;
}

bool cond_active(const CondStack *stack)
{
    CondState state = cond_peek(stack);

    return state == COND_NONE || state == COND_TRUE || state == COND_ELSE_TRUE;
}

void cond_push(CondStack *stack, CondState state)
{
    if (stack->len == stack->cap) {
        stack->cap = stack->cap ? stack->cap * 2 : 8;
        stack->items = xrealloc(stack->items, stack->cap * sizeof(*stack->items));
    }
    stack->items[stack->len++] = (CondEntry){.state = state, .query_length = -1};
}

bool cond_pop(CondStack *stack)
{
    if (cond_empty(stack))
        return false;
    stack->len--;
    return true;
}

bool cond_poke(CondStack *stack, CondState state)
{
    CondEntry *entry = top(stack);

    if (!entry)
        return false;
    entry->state = state;
    return true;
}

void cond_set_query_length(CondStack *stack, long length)
{
    CondEntry *entry = top(stack);

    if (entry)
        entry->query_length = length;
}

long cond_query_length(const CondStack *stack)
{
    const CondEntry *entry = top(stack);

    return entry ? entry->query_length : -1;
}

void cond_set_mark(CondStack *stack, const LexerMark *mark)
{
    CondEntry *entry = top(stack);

    if (entry)
        entry->mark = *mark;
}

LexerMark cond_mark(const CondStack *stack)
{
    const CondEntry *entry = top(stack);

    return entry ? entry->mark : (LexerMark){0};
}
