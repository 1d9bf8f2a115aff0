/*
 * printer.h — what the files of this room share; private to it.
 *
 * Rows come in through print_cell().  A format either renders a cell at once into held text
 * (unaligned, CSV, HTML...) or needs the widths of all cells first (aligned, expanded, wrapped):
 * then the cells themselves are held.  Either way everything stays in a Store until the result
 * is complete, because psql prints nothing of a result that fails half-way.
 */
#ifndef PGMISH_OUTPUT_PRINTER_H
#define PGMISH_OUTPUT_PRINTER_H

#include <string.h>
#include <sys/types.h>

#include "pgmish/output.h"

/* ---- store.c: blocks of bytes, in memory and then in an unlinked temporary file ---------- */

typedef struct Block {
    char *data; /* owned; NULL: in the file at offset */
    size_t len;
    off_t offset;
} Block;

typedef struct Store {
    Block *blocks;
    size_t count, cap;
    size_t in_memory; /* bytes of the blocks that have data */
    int fd;           /* the temporary file, -1: none yet */
    off_t file_size;
    bool spill_failed; /* no temporary file to be had: all stays in memory */
    char *read_buffer; /* the block that was read back last */
    size_t read_cap;
} Store;

void store_init(Store *store);
void store_reset(Store *store); /* forgets everything held, keeps nothing */
void store_take(Store *store, char *data, size_t len); /* adopts a malloc'ed block */
/* Block i, valid until the next call or reset.  False: the file could not be read (errno). */
bool store_block(Store *store, size_t i, const char **data, size_t *len);

/* ---- sink.c: where text is written: a stream or a store, in large blocks ------------------ */

typedef struct Sink {
    char *buf;
    size_t len, cap;
    size_t record;    /* bytes from here on must stay in one block; SINK_NO_RECORD: any cut */
    size_t next_size; /* of the next block of a store */
    FILE *out;        /* one of these two */
    Store *store;
    int error; /* errno of the first failed write, 0: none */
} Sink;

#define SINK_NO_RECORD ((size_t)-1)

void sink_to_stream(Sink *sink, FILE *out);
void sink_to_store(Sink *sink, Store *store, bool records);
void sink_make_room(Sink *sink, size_t more);
void sink_flush(Sink *sink);
void sink_close(Sink *sink);   /* flushes and frees the buffer; `error` stays readable */
void sink_discard(Sink *sink); /* frees without writing */
void sink_repeat(Sink *sink, const char *text, size_t times);
void sink_addf(Sink *sink, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A pointer to room for `more` bytes; the caller adds to len what he used. */
static inline char *sink_room(Sink *sink, size_t more)
{
    if (sink->cap - sink->len < more)
        sink_make_room(sink, more);
    return sink->buf + sink->len;
}

static inline void sink_addn(Sink *sink, const char *text, size_t len)
{
    if (!len)
        return; /* the sink may have no buffer yet */
    memcpy(sink_room(sink, len), text, len);
    sink->len += len;
}

static inline void sink_add(Sink *sink, const char *text)
{
    sink_addn(sink, text, strlen(text));
}

static inline void sink_addc(Sink *sink, char c)
{
    *sink_room(sink, 1) = c;
    sink->len++;
}

static inline void sink_spaces(Sink *sink, size_t count)
{
    if (!count)
        return; /* the sink may have no buffer yet */
    memset(sink_room(sink, count), ' ', count);
    sink->len += count;
}

/* ---- eight bytes at a time -------------------------------------------------------------------- */

static inline uint64_t word_of(const char *text)
{
    uint64_t word;

    memcpy(&word, text, sizeof(word));
    return word;
}

/* A word that holds each byte of a text of 1 to 7 bytes, some of them several times. */
static inline uint64_t short_word(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
    uint32_t head, tail;

    if (len < 4)
        return s[0] * UINT64_C(0x0101010101010000) | (uint64_t)s[len / 2] << 8 | s[len - 1];
    memcpy(&head, text, sizeof(head));
    memcpy(&tail, text + len - sizeof(tail), sizeof(tail));
    return (uint64_t)head << 32 | tail;
}

/* Not zero when the word holds the byte. */
static inline uint64_t word_has(uint64_t word, unsigned char byte)
{
    uint64_t other = word ^ UINT64_C(0x0101010101010101) * byte;

    return (other - UINT64_C(0x0101010101010101)) & ~other & UINT64_C(0x8080808080808080);
}

/* Copies a text of at least one byte; what `test` finds in its words is returned, 0: nothing. */
static inline __attribute__((always_inline)) uint64_t
copy_tested(char *to, const char *text, size_t len,
            uint64_t (*test)(uint64_t word, unsigned char with), unsigned char with)
{
    const char *end = text + len;
    uint64_t found = 0, word;

    if (len < sizeof(word)) {
        word = short_word(text, len);
        if (len < 4) {
            to[0] = text[0];
            to[len / 2] = text[len / 2];
            to[len - 1] = end[-1];
        } else {
            memcpy(to, text, 4);
            memcpy(to + len - 4, end - 4, 4);
        }
        return test(word, with);
    }
    memcpy(to + len - sizeof(word), end - sizeof(word), sizeof(word));
    found = test(word_of(end - sizeof(word)), with);
    for (end -= sizeof(word); text < end; text += sizeof(word), to += sizeof(word)) {
        word = word_of(text);
        memcpy(to, &word, sizeof(word));
        found |= test(word, with);
    }
    return found;
}

/* Bytes outside 0x20..0x7e leave a high bit set.  A borrow or carry only comes from a byte that
 * is itself outside, so it cannot make a wrong answer. */
static inline uint64_t odd_bytes(uint64_t word)
{
    const uint64_t high = UINT64_C(0x8080808080808080);

    return (word | (word - UINT64_C(0x2020202020202020)) |
            (word + UINT64_C(0x0101010101010101))) &
           high;
}

/* Bytes beyond ASCII leave a high bit set. */
static inline uint64_t beyond_ascii(uint64_t word)
{
    return word & UINT64_C(0x8080808080808080);
}

/* ---- widths.c: how wide and how high a text is, and its lines as they are shown ------------ */

typedef struct Extent {
    int width;      /* of its widest line, in terminal columns */
    int lines;      /* at least 1 */
    bool printable; /* one line that is shown as it is */
} Extent;

typedef struct TextLine {
    size_t start, len;
    int width;
} TextLine;

/* A text split at newlines, with control characters replaced by what is shown for them. */
typedef struct TextLines {
    StrBuf text;
    TextLine *items;
    int count, cap;
} TextLines;

bool text_is_plain(const char *text, size_t len); /* only 0x20 to 0x7e: width is length */
/* Text must end with a NUL (libpq may look at it) unless it is plain. */
void text_extent(const char *text, size_t len, int encoding, Extent *extent);
void text_lines(TextLines *lines, const char *text, size_t len, int encoding);
void text_lines_free(TextLines *lines);
/* Bytes of text that fit in `target` columns, at least one character; *width: what they take. */
size_t text_fit(const char *text, size_t len, int encoding, int target, int *width);
/* The text without the bytes that are invalid in the encoding; scratch holds it if they differ. */
const char *text_valid(const char *text, size_t *len, int encoding, StrBuf *scratch);

/* ---- cells.c: cells held until all widths are known ------------------------------------------ */

typedef enum CellKind {
    CELL_PLAIN,     /* printable ASCII: width is length */
    CELL_PRINTABLE, /* one line, shown as it is */
    CELL_COMPLEX    /* several lines or characters that must be replaced */
} CellKind;

typedef struct Cell {
    const char *text; /* NUL-terminated unless plain */
    size_t len;
    int width, lines;
    CellKind kind;
} Cell;

void cell_append(Sink *sink, const char *text, size_t len, const Extent *extent);
/* The same for a text of at least one byte if it is plain; otherwise false and nothing is done. */
bool cell_append_plain(Sink *sink, const char *text, size_t len);
/* Reads one row of count cells; returns where the next row begins. */
const char *cell_read_row(const char *at, int count, Cell *cells);

/* ---- style.c: the characters of lines and marks ---------------------------------------------- */

typedef struct RuleChars {
    const char *line, *left, *middle, *right;
} RuleChars;

typedef struct TableStyle {
    RuleChars top, middle, bottom, data;
    /* Column dividers beside a cell that continues after a newline, after a wrap, or has ended. */
    const char *divider_newline, *divider_wrap, *divider_blank;
    const char *header_left, *header_right; /* marks of a header with newlines */
    const char *newline_left, *newline_right, *wrap_left, *wrap_right;
    bool marks_right; /* marks stand to the right of the text (all but old-ascii) */
} TableStyle;

void table_style(TableStyle *style, const PrintOptions *options);

/* ---- the printer -------------------------------------------------------------------------------- */

typedef struct Column {
    char *name; /* owned, valid in the encoding */
    bool right;
    Extent header;
    int width;      /* widest of header and cells */
    int cell_width; /* widest cell */
    int cell_lines; /* highest cell */
    uint64_t width_sum;
} Column;

typedef struct Format {
    /* Held-text formats: what stands before the rows, each cell, what stands behind them. */
    void (*start)(Printer *printer, Sink *sink);
    void (*cell)(Printer *printer, Sink *sink, const char *text, size_t len);
    void (*end)(Printer *printer, Sink *sink);
    /* NULL, or a quick way for a cell that is ASCII and needs nothing done to it, as most are.  False:
     * nothing was done, it must go through cell(). */
    bool (*plain_cell)(Printer *printer, Sink *sink, const char *text, size_t len);
} Format;

struct Printer {
    const PrintOptions *options;
    PrintTarget target;
    const char *title; /* NULL: none */
    int ncolumns;
    Column *columns;
    StrList footers;
    char default_footer[40];
    const char *default_footer_line;

    const Format *format;         /* NULL: aligned family, needs widths */
    bool start_table, stop_table; /* false in the middle of a FETCH_COUNT result */
    uint64_t prior_rows;          /* printed in earlier chunks */
    uint64_t rows;                /* fed since */
    int column;                   /* the next cell's */

    bool keep_cells;
    /* What a cell is offered to first, and where it puts the text; NULL: nothing. */
    bool (*plain_cell)(Printer *printer, Sink *sink, const char *text, size_t len);
    Sink *plain_sink;
    Store cells, text;
    Sink cell_sink, text_sink;
    StrBuf valid, number; /* scratch of one cell */

    int row_extra; /* extra lines of the row in progress */
    uint64_t extra_lines;
    bool is_pager;    /* target.out is a pager, or takes the place of one (FETCH_COUNT) */
    bool own_pager;   /* opened for this table */
    bool chunk_pager; /* opened for all chunks */
    int error;
};

/* Calls fn for every row held, stops when cancelled or fn returns false. */
typedef bool (*RowFn)(void *ctx, Cell *cells, uint64_t row);
void printer_each_row(Printer *printer, RowFn fn, void *ctx);
bool printer_cancelled(const Printer *printer);
/* The footer lines to print: own ones, else "(n rows)" if wanted; count 0: none. */
size_t printer_footers(Printer *printer, bool with_default, const char *const **lines);
/* Opens a pager in place of stdout when this many lines need one. */
void printer_open_pager(Printer *printer, FILE **out, uint64_t lines);
/* Lines psql counts for the pager, without `extra`. */
uint64_t printer_pager_lines(const Printer *printer, bool expanded);
int printer_output_columns(const Printer *printer, FILE *out);

/* Both may put a pager in place of *out, which print_table() closes. */
void print_aligned(Printer *printer, FILE **out); /* decides about expanded auto itself */
void print_expanded(Printer *printer, FILE **out);

/* NULL: the format belongs to the aligned family. */
const Format *format_find(PrintFormat format, bool expanded);
extern const Format format_unaligned, format_unaligned_expanded;
extern const Format format_csv, format_csv_expanded;
extern const Format format_html, format_html_expanded;
extern const Format format_asciidoc, format_asciidoc_expanded;
extern const Format format_latex, format_latex_longtable, format_latex_expanded;
extern const Format format_troff, format_troff_expanded;

/* ---- markup.c: what the markup formats share ------------------------------------------------- */

typedef const char *Escapes[256]; /* what stands for a byte; NULL: itself */

void markup_add(Sink *sink, const char *text, size_t len, const Escapes escapes);
void markup_addz(Sink *sink, const char *text, const Escapes escapes);
bool markup_blank(const char *text, size_t len);  /* nothing but blanks and tabs */
const char *markup_title(const Printer *printer); /* NULL: none to be printed */
uint64_t markup_record(const Printer *printer);   /* number of the record in progress */

/* ---- rank_sort.c: for crosstab.c -------------------------------------------------------------- */

typedef struct RankedItem {
    int rank, item;
} RankedItem;

void rank_sort(RankedItem *items, size_t count);

/* ---- numeric.c --------------------------------------------------------------------------------- */

void numeric_locale_read(PrintOptions *options);
/* The number as the locale writes it; text itself when it does not look like a number. */
const char *numeric_localize(const PrintOptions *options, const char *text, size_t *len,
                             StrBuf *scratch);

#endif
