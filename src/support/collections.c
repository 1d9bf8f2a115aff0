/*
 * collections.c — StrList and StrMap.  The map is a sorted array: the shell's variables and a
 * project's parameters are few, and \set lists them in order.
 */
#include "pgmish/support.h"

#include <stdlib.h>
#include <string.h>

void strlist_take(StrList *list, char *s)
{
    if (list->len == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 8;
        list->items = xrealloc(list->items, list->cap * sizeof(char *));
    }
    list->items[list->len++] = s;
}

void strlist_add(StrList *list, const char *s)
{
    strlist_take(list, xstrdup(s));
}

bool strlist_has(const StrList *list, const char *s)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(list->items[i], s) == 0)
            return true;
    return false;
}

static int compare_items(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void strlist_sort(StrList *list)
{
    if (list->len)
        qsort(list->items, list->len, sizeof(char *), compare_items);
}

void strlist_free(StrList *list)
{
    for (size_t i = 0; i < list->len; i++)
        free(list->items[i]);
    free(list->items);
    *list = (StrList)STRLIST_INIT;
}

void strmap_init(StrMap *map, void (*free_value)(void *))
{
    *map = (StrMap){.free_value = free_value};
}

/* Index of key, or where it would stand. */
static size_t find_entry(const StrMap *map, const char *key, bool *found)
{
    size_t low = 0, high = map->len;

    *found = false;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = strcmp(map->entries[mid].key, key);

        if (order == 0) {
            *found = true;
            return mid;
        }
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

void *strmap_get(const StrMap *map, const char *key)
{
    bool found;
    size_t at = find_entry(map, key, &found);

    return found ? map->entries[at].value : NULL;
}

static void drop_value(StrMap *map, size_t at)
{
    if (map->free_value)
        map->free_value(map->entries[at].value);
}

void strmap_set(StrMap *map, const char *key, void *value)
{
    bool found;
    size_t at = find_entry(map, key, &found);

    if (found) {
        drop_value(map, at);
        map->entries[at].value = value;
        return;
    }
    if (map->len == map->cap) {
        map->cap = map->cap ? map->cap * 2 : 8;
        map->entries = xrealloc(map->entries, map->cap * sizeof(StrMapEntry));
    }
    memmove(map->entries + at + 1, map->entries + at, (map->len - at) * sizeof(StrMapEntry));
    map->entries[at] = (StrMapEntry){xstrdup(key), value};
    map->len++;
}

void strmap_free(StrMap *map)
{
    for (size_t i = 0; i < map->len; i++) {
        drop_value(map, i);
        free(map->entries[i].key);
    }
    free(map->entries);
    *map = (StrMap){.free_value = map->free_value};
}
