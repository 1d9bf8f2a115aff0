/*
 * locate_objects.c — what the project's definitions tell about the objects that statements use.
 *
 * A statement need not name what fails in it: a row that is written through a view, a rule or the parent of a
 * partition breaks the constraint of a table that is not in its text, and a division by zero may
 * stand in a view, a check, a default, a generated column or an index's expression.  So for
 * errors without a position the definitions in all loaded files and in the sent text are looked at, to
 * leave every statement in that may have done it.
 */
#include <stdlib.h>
#include <string.h>

#include "locate_private.h"

struct Objects {
    Statements *items; /* of each text */
    size_t count;
    bool dividing_known;
    StrList dividing; /* names, without schema */
};

/* ---- divisions ------------------------------------------------------------------------------ */

/* Is what divides a number that is written there and not zero? */
static bool divisor_is_safe(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
        p++;
    if (p == end || *p < '0' || *p > '9')
        return false;
    while (p < end && (*p == '0' || *p == '.'))
        p++;
    return p < end && *p >= '1' && *p <= '9';
}

bool text_divides(const char *text, size_t len)
{
    const char *end = text + len;

    for (const char *p = text; p < end; p++) {
        if (*p == '/' && p + 1 < end &&
            p[1] == '*') /* a comment in a body that is not masked */
            p++;
        else if ((*p == '/' || *p == '%') && (p == text || p[-1] != '*') &&
                 !divisor_is_safe(p + 1, end))
            return true;
        else if ((ascii_ncasecmp(p, "mod(", 4) == 0 || ascii_ncasecmp(p, "div(", 4) == 0) &&
                 end - p > 4)
            return true;
    }
    return false;
}

/* A function's body is hidden by the mask; it counts as it is. */
static bool definition_divides(const Statements *list, const Statement *statement)
{
    bool body = has_word(list, statement, "function|procedure");

    return begins(list, statement, "create|alter") &&
           text_divides((body ? list->text : list->mask) + statement->start,
                        statement->end - statement->start);
}

/* The table that an index or rule belongs to stands behind ON. */
static char *defined_object(const Statements *list, const Statement *statement)
{
    static const char on[] = "on";

    if (begins(list, statement, "create") && has_word(list, statement, "index|rule|policy"))
        for (size_t at = statement->start; at + 2 < statement->end; at++)
            if (ascii_ncasecmp(list->mask + at, on, 2) == 0 &&
                word_at(list->mask, list->len, at, 2)) {
                Statement rest = {at + 2, statement->end};

                return first_name(list, &rest);
            }
    return object_of(list, statement);
}

static void note_dividing(struct Objects *objects, const Statements *list,
                          const Statement *statement)
{
    char *name = defined_object(list, statement);

    if (name && *name && !strlist_has(&objects->dividing, name))
        strlist_add(&objects->dividing, name);
    free(name);
}

static bool names_dividing(const struct Objects *objects, const Statements *list,
                           const Statement *statement)
{
    for (size_t i = 0; i < objects->dividing.len; i++)
        if (names(list, statement, objects->dividing.items[i]))
            return true;
    return false;
}

/* Views on views: as long as it leads to more. */
static void spread_dividing(struct Objects *objects)
{
    size_t before;

    do {
        before = objects->dividing.len;
        for (size_t i = 0; i < objects->count; i++) {
            const Statements *list = &objects->items[i];

            for (size_t k = 0; k < list->count; k++)
                if (begins(list, &list->items[k], "create") &&
                    has_word(list, &list->items[k],
                             "view|function|domain|partition|inherits|rule") &&
                    names_dividing(objects, list, &list->items[k]))
                    note_dividing(objects, list, &list->items[k]);
        }
    } while (objects->dividing.len > before && objects->dividing.len < 1000);
}

/* ---- all texts ------------------------------------------------------------------------------ */

static void add_text(struct Objects *objects, const char *text, size_t len)
{
    objects->items = xrealloc(objects->items, (objects->count + 1) * sizeof(Statements));
    objects->items[objects->count++] = statements_of(text, len);
}

static struct Objects *objects_of(Locator *loc)
{
    struct Objects *objects = loc->objects;

    if (objects)
        return objects;
    objects = loc->objects = xcalloc(1, sizeof(*objects));
    for (size_t i = 0; i < loc->project->file_count; i++) {
        const Source *source = loc->project->files[i].is_sql ? locator_file(loc, i) : NULL;

        if (source)
            add_text(objects, source->text, source->len);
    }
    if (locator_script(loc))
        add_text(objects, locator_script(loc)->text, locator_script(loc)->len);
    return objects;
}

void objects_free(Locator *loc)
{
    struct Objects *objects = loc->objects;

    if (!objects)
        return;
    for (size_t i = 0; i < objects->count; i++)
        statements_free(&objects->items[i]);
    strlist_free(&objects->dividing);
    free(objects->items);
    free(objects);
    loc->objects = NULL;
}

bool uses_division(Locator *loc, const Statements *list, const Statement *statement)
{
    struct Objects *objects = objects_of(loc);

    if (!objects->dividing_known) {
        objects->dividing_known = true;
        for (size_t i = 0; i < objects->count; i++) {
            const Statements *texts = &objects->items[i];

            for (size_t k = 0; k < texts->count; k++)
                if (definition_divides(texts, &texts->items[k]))
                    note_dividing(objects, texts, &texts->items[k]);
        }
        spread_dividing(objects);
    }
    return names_dividing(objects, list, statement);
}

/* ---- one object behind another -------------------------------------------------------------- */

/* Definitions that make what is written to one object arrive in another. */
static bool is_bridge(const Statements *list, const Statement *statement)
{
    return begins(list, statement, "create|alter") &&
           has_word(list, statement, "view|rule|partition|attach|inherits|inherit");
}

bool writes_through(Locator *loc, const char *object, const char *table)
{
    const struct Objects *objects = objects_of(loc);

    for (size_t i = 0; i < objects->count; i++) {
        const Statements *list = &objects->items[i];

        for (size_t k = 0; k < list->count; k++)
            if (is_bridge(list, &list->items[k]) && names(list, &list->items[k], table) &&
                names(list, &list->items[k], object))
                return true;
    }
    return false;
}
