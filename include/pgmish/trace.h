/*
 * trace.h — which statement of which loaded file is running, and how long each took (shell.md
 * section 7).
 *
 * While trace is on, the session keeps a second, marked text of its SQL files beside the original
 * (pg_temp._pgmi_marked), and the `content` column of pgmi_source_view and pgmi_plan_view shows
 * that one.  The tables, sizes, checksums, \source and \run keep to the original.  Tests and fixtures
 * are not marked.  How marks look and how they are taken out of a text again is in sql.h ("marks").
 *
 * A mark calls pg_temp._pgmi_mark(FILE, STATEMENT), which raises INFO with SQLSTATE TRACE_SQLSTATE and
 * the two numbers as its message.  The server sends INFO at once and whatever client_min_messages says.
 * Whoever wants more of a mark (\step: to wait) replaces this one function by another with
 * the same arguments that raises the same INFO first, and puts src/session/sql/trace_mark.sql back.
 *
 * How to say where an error came from (errors are given as the server sent them):
 *   - marks_remove() on every text of the error that quotes SQL (internal query with its position,
 *     context, message): then text and position are those of the original file, and checksums match again.
 *     It costs one memmem where there is no mark.
 *   - trace_place(session, path, &place) for an error at run time in the file `path`: the statement that
 *     the last mark named.  Ask only when context or message say that the error came out of that
 *     file: the last mark also stands when deploy.sql itself fails later on.
 */
#ifndef PGMISH_TRACE_H
#define PGMISH_TRACE_H

#include "pgmish/session.h"
#include "pgmish/sql.h"

#define TRACE_SQLSTATE "PGMTR"

/* What a load marks, and session_trace_apply. */
typedef enum TraceMode {
    TRACE_OFF,  /* nothing */
    TRACE_ON,   /* files of more than one statement, or of one that hands back no rows */
    TRACE_STEP, /* every file that has a statement (\step) */
} TraceMode;

/* ---- turning it on ------------------------------------------------------------------------- */

TraceMode trace_mode(const Session *session);
/* What the next load does. */
void trace_set_mode(Session *session, TraceMode mode);
/*
 * Brings what is loaded now in line with `mode` (and sets it): marks the files, or shows their
 * original text again.  In its own transaction or under a savepoint of the open one, like a load; when
 * that is rolled back later, marks are gone (or back) and nothing else is wrong.  With nothing
 * loaded only the mode is set.  Turning it on forgets the times noted so far, turning it off does
 * not.
 */
bool trace_apply(Session *session, PGconn *conn, TraceMode mode, Diag *diag);

/* ---- what was marked ---------------------------------------------------------------------------- */

/* A SQL file of the load, in the order of the project's list. */
typedef struct TraceFile {
    const ProjectFile *file;
    MarkVerdict verdict; /* other than MARKS_FOUND and MARKS_NONE: could not be marked safely */
    bool marked;         /* its text in the views has marks */
    uint32_t every; /* a mark stands in front of statements 0, every, 2 * every ... (1: all) */
    MarkList marks; /* all statements of the file */
    struct TraceTimes {
        double total;   /* milliseconds */
        double longest; /* of one call */
        uint64_t calls;
    } * times;  /* one for each of marks; NULL: none of them ran */
    bool begun; /* a mark of it arrived in this run */
} TraceFile;

/* The files of the load that is on top, NULL when that was not traced.  Borrowed. */
const TraceFile *trace_files(const Session *session, size_t *count);
/* The same for one path ("./a.sql"); NULL: not marked. */
const TraceFile *trace_file(const Session *session, const char *path);

/* ---- marks as they arrive -------------------------------------------------------------------------- */

typedef struct TraceMark {
    const TraceFile *file;
    size_t statement;    /* index into file->marks */
    double at;           /* monotonic_ms() of its arrival */
    size_t files_marked; /* in the load */
    size_t files_begun;  /* how many files have begun in this run, this one included */
} TraceMark;

/* To be asked first by whoever receives notices of the session's connection: true when it must not
 * be shown, because it is a mark (which is noted then), or because a file is being run once more to
 * learn where it failed. */
bool trace_notice(Session *session, const PGresult *notice);
/* What is run again to learn more must not be heard again: notices that are no marks are held
 * back as well. */
void trace_hush(Session *session, bool hushed);
/* Called for each mark of a known file, and by trace_tick with the last one again; fn NULL:
 * nobody. */
void trace_listen(Session *session, void (*fn)(void *ctx, const TraceMark *mark), void *ctx);
/* To be called now and then while the server is being waited for: tells the listener again of a
 * statement that still runs.  When marks have just come it rests for a moment, so that a run
 * of quick statements does not wake the shell for each of them. */
void trace_tick(Session *session);
/* A new run, a deploy.sql or a message by itself: files_begun counts from there. */
void trace_run(Session *session);
/* Around every message of the user's.  The end closes the statement that runs. */
void trace_begin(Session *session);
void trace_end(Session *session);
/* Bytes [from, to) of the file's text that the last mark stands for: one statement, with what comes in
 * front of the next one, or (exact false) a group of several; to is SIZE_MAX at the end of the file.
 * False: the last mark belongs to another file, or there is none. */
bool trace_extent(const Session *session, const char *path, size_t *from, size_t *to,
                  bool *exact);

/*
 * Place of the last mark when it belongs to the file `path` (NULL: whatever file).  exact, where not
 * NULL: it names one statement and not a group of several.  Fills file, line, column and, if the file
 * on disk is still the loaded one, source_line.  False: no such mark, *place is empty.
 */
bool trace_place(const Session *session, const char *path, ErrorPlace *place, bool *exact);

#endif
