/*
 * rank_sort.c — the sort behind \crosstabview's fourth argument.
 *
 * Columns of equal rank come in the order in which the sort leaves them, and psql's sort (Bentley
 * and McIlroy, "Engineering a Sort Function", with a look for sorted input at each step) is not
 * stable: to show the same order, the same algorithm is needed.
 */
#include "printer.h"

static int order(const RankedItem *a, const RankedItem *b)
{
    return (a->rank > b->rank) - (a->rank < b->rank);
}

static void swap(RankedItem *a, RankedItem *b)
{
    RankedItem t = *a;

    *a = *b;
    *b = t;
}

static void swap_blocks(RankedItem *a, RankedItem *b, size_t count)
{
    while (count--)
        swap(a++, b++);
}

static RankedItem *median(RankedItem *a, RankedItem *b, RankedItem *c)
{
    if (order(a, b) < 0)
        return order(b, c) < 0 ? b : order(a, c) < 0 ? c : a;
    return order(b, c) > 0 ? b : order(a, c) < 0 ? a : c;
}

static bool is_sorted(const RankedItem *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (order(&items[i - 1], &items[i]) > 0)
            return false;
    return true;
}

static void insert_sort(RankedItem *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && order(&items[j - 1], &items[j]) > 0; j--)
            swap(&items[j - 1], &items[j]);
}

/* The middle one; of three when there are more than 7; of three such medians above 40. */
static RankedItem *pivot(RankedItem *items, size_t count)
{
    RankedItem *low = items, *middle = items + count / 2, *high = items + count - 1;
    size_t step = count / 8;

    if (count <= 7)
        return middle;
    if (count > 40) {
        low = median(low, low + step, low + 2 * step);
        middle = median(middle - step, middle, middle + step);
        high = median(high - 2 * step, high - step, high);
    }
    return median(low, middle, high);
}

static size_t smaller(ptrdiff_t a, ptrdiff_t b)
{
    return (size_t)(a < b ? a : b);
}

void rank_sort(RankedItem *items, size_t count)
{
    while (count > 1 && !is_sorted(items, count)) {
        RankedItem *equal_left, *left, *right, *equal_right, *end = items + count;
        size_t fewer, less, more;

        if (count < 7) {
            insert_sort(items, count);
            return;
        }
        /* three parts: equal items gather at both ends, then move between less and more */
        swap(items, pivot(items, count));
        equal_left = left = items + 1;
        right = equal_right = end - 1;
        for (;; left++, right--) {
            for (; left <= right && order(left, items) <= 0; left++)
                if (order(left, items) == 0)
                    swap(equal_left++, left);
            for (; left <= right && order(right, items) >= 0; right--)
                if (order(right, items) == 0)
                    swap(right, equal_right--);
            if (left > right)
                break;
            swap(left, right);
        }
        fewer = smaller(equal_left - items, left - equal_left);
        swap_blocks(items, left - fewer, fewer);
        fewer = smaller(equal_right - right, end - equal_right - 1);
        swap_blocks(left, end - fewer, fewer);
        less = (size_t)(left - equal_left);
        more = (size_t)(equal_right - right);
        /* the shorter part by recursion, the longer one in this loop */
        if (less <= more) {
            rank_sort(items, less);
            items = end - more;
            count = more;
        } else {
            rank_sort(end - more, more);
            count = less;
        }
    }
}
