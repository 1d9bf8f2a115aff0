/*
 * tutorial_place.c — where the course happens: a scratch server, a directory that goes with it, and
 * a shell of the learner's own.
 *
 * The user may have come from a production database.  His shell is not used at all: what the
 * learner does, sets, loads and breaks happens in another Shell with another connection, and is
 * thrown away.  Only what belongs to the process is moved and put back: the working directory, the
 * variables that tell libpq and pgmi where to connect, and whom Ctrl-C is for.
 */
#include "pgmish/tutorial.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATABASE "tutorial"

extern char **environ;

/* ---- the environment ---------------------------------------------------------------------------- */

/* What a program run with \! would connect by. */
static bool names_a_server(const char *entry)
{
    return strncmp(entry, "PG", 2) == 0 || strncmp(entry, "DATABASE_URL=", 13) == 0;
}

/* Takes them out of the environment, into a list (NULL: forgets them). */
static void take_environment(StrList *list)
{
    StrList found = STRLIST_INIT;

    for (char **entry = environ; *entry; entry++)
        if (names_a_server(*entry))
            strlist_add(&found, *entry);
    for (size_t i = 0; i < found.len; i++) {
        char *name = xstrndup(found.items[i], strcspn(found.items[i], "="));

        unsetenv(name);
        free(name);
    }
    if (list)
        *list = found;
    else
        strlist_free(&found);
}

static void put_environment(StrList *list)
{
    take_environment(NULL);
    for (size_t i = 0; i < list->len; i++) {
        char *entry = list->items[i], *equals = strchr(entry, '=');

        *equals = '\0';
        setenv(entry, equals + 1, 1);
    }
    strlist_free(list);
}

/* ---- enter and leave ---------------------------------------------------------------------------- */

static void set_up_shell(Shell *shell, Shell *outer)
{
    char *history = xasprintf("%s/history", scratch_socket_dir(shell->scratch));

    shell->as_psql = false; /* loads and expands, under whatever name we run */
    shell->no_editing = outer->no_editing;
    shell->log.terse = true;
    var_set(shell->vars, "HISTFILE", history);
    free(history);
}

bool tutorial_enter(TutorialPlace *place, Shell *outer)
{
    Diag diag = DIAG_INIT;

    *place = (TutorialPlace){.outer_cwd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    shell_init(&place->shell, outer->progname);
    place->shell.scratch = scratch_start(NULL, &diag);
    if (!place->shell.scratch) {
        log_diag(&outer->log, &diag);
        diag_reset(&diag);
        return false;
    }
    take_environment(&place->outer_env);
    place->entered = true;
    scratch_export(place->shell.scratch);
    setenv("PGDATABASE", DATABASE, 1);
    set_up_shell(&place->shell, outer);
    signals_install(&place->shell);
    return true;
}

void tutorial_leave(TutorialPlace *place, Shell *outer)
{
    bool interrupted = place->shell.cancel_pressed;

    editing_finish(&place->shell);
    if (place->entered) {
        signals_install(outer);
        put_environment(&place->outer_env);
    }
    if (place->outer_cwd >= 0) {
        if (place->entered && fchdir(place->outer_cwd) != 0)
            log_error(&outer->log, "could not go back to the working directory: %s",
                      strerror(errno));
        close(place->outer_cwd);
    }
    shell_dispose(&place->shell);
    free(place->directory);
    outer->cancel_pressed = outer->cancel_pressed || interrupted;
}

/* ---- files and variables ------------------------------------------------------------------------ */

static bool make_parents(const char *path)
{
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        char *parent = xstrndup(path, (size_t)(slash - path));
        bool ok = mkdir(parent, 0777) == 0 || errno == EEXIST;

        free(parent);
        if (!ok)
            return false;
    }
    return true;
}

static bool write_file(const TutorialFile *file)
{
    FILE *out = make_parents(file->path) ? fopen(file->path, "w") : NULL;
    bool ok;

    if (!out)
        return false;
    ok = fputs(file->text, out) >= 0;
    return fclose(out) == 0 && ok;
}

bool tutorial_prepare(TutorialPlace *place, const TutorialStep *step)
{
    Shell *shell = &place->shell;

    if (chdir(place->directory) != 0) { /* the learner may have used \cd */
        log_error(&shell->log, "%s: %s", place->directory, strerror(errno));
        return false;
    }
    for (size_t i = 0; i < step->file_count; i++)
        if (!write_file(&step->files[i])) {
            log_error(&shell->log, "could not write \"%s\": %s", step->files[i].path,
                      strerror(errno));
            return false;
        }
    for (size_t i = 0; i < step->unset.len; i++)
        var_unset(shell->vars, step->unset.items[i]);
    return true;
}

/* ---- the state, made anew ----------------------------------------------------------------------- */

static PGconn *open_database(TutorialPlace *place, const char *name)
{
    const ScratchServer *scratch = place->shell.scratch;
    const char *const keys[] = {
        "host", "port", "user", "dbname", "fallback_application_name", "client_encoding", NULL};
    const char *const values[] = {scratch_socket_dir(scratch),
                                  scratch_port(scratch),
                                  scratch_user(scratch),
                                  name,
                                  place->shell.progname,
                                  place->shell.notty ? NULL : "auto",
                                  NULL};
    PGconn *conn = PQconnectdbParams(keys, values, false);

    if (PQstatus(conn) == CONNECTION_OK)
        return conn;
    log_error(&place->shell.log, "%s", PQerrorMessage(conn));
    PQfinish(conn);
    return NULL;
}

static bool new_database(TutorialPlace *place)
{
    PGconn *conn = open_database(place, "postgres");
    Diag diag = DIAG_INIT;
    bool ok = conn != NULL;

    if (!ok)
        return false;
    PQclear(server_query(conn, "SET client_min_messages = error", 0, NULL));
    ok = server_command(conn,
                        PQserverVersion(conn) >= 130000 ? "DROP DATABASE IF EXISTS " DATABASE
                                                          " WITH (FORCE)"
                                                        : "DROP DATABASE IF EXISTS " DATABASE,
                        0, NULL, &diag) &&
         server_command(conn, "CREATE DATABASE " DATABASE, 0, NULL, &diag);
    if (!ok)
        log_diag(&place->shell.log, &diag);
    diag_reset(&diag);
    PQfinish(conn);
    return ok;
}

static void forget_connection(Shell *shell)
{
    PQfinish(shell->conn);
    shell->conn = NULL;
    PQfinish(shell->dead_conn);
    shell->dead_conn = NULL;
    session_free(shell->session);
    shell->session = session_new();
    shell_set_load_variables(shell);
}

static bool new_directory(TutorialPlace *place)
{
    free(place->directory);
    place->directory = scratch_new_directory(place->shell.scratch, "course");
    if (place->directory && chdir(place->directory) == 0)
        return true;
    log_error(&place->shell.log, "could not make the course's directory: %s", strerror(errno));
    return false;
}

/* Runs an answer with nothing to be seen of it. */
static void play(Shell *shell, const char *answer)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC), kept[2];
    Input *input;

    shell->cancel_pressed = false; /* half a state would help nobody: Ctrl-C waits */
    fflush(shell->out);
    fflush(stdout);
    for (int fd = 1; fd <= 2; fd++) {
        kept[fd - 1] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        dup2(null, fd);
    }
    input = input_from_text(answer, NULL);
    shell_loop(shell, input);
    input_close(input);
    fflush(shell->out);
    fflush(stdout);
    for (int fd = 1; fd <= 2; fd++) {
        dup2(kept[fd - 1], fd);
        close(kept[fd - 1]);
    }
    close(null);
}

bool tutorial_rebuild(TutorialPlace *place, const TutorialCourse *course, size_t index)
{
    Shell *shell = &place->shell;

    forget_connection(shell);
    if (!new_directory(place) || !new_database(place))
        return false;
    shell->conn = open_database(place, DATABASE);
    if (!shell->conn)
        return false;
    shell_connection_changed(shell);
    shell->set.on_error_stop = false; /* some answers fail, as they should */
    for (size_t i = 0; i < index; i++) {
        if (!tutorial_prepare(place, &course->steps[i]))
            return false;
        play(shell, course->steps[i].answer);
    }
    return index == course->count || tutorial_prepare(place, &course->steps[index]);
}

bool tutorial_at_home(const TutorialPlace *place)
{
    const char *host = place->shell.conn ? PQhost(place->shell.conn) : NULL;

    return host && strcmp(host, scratch_socket_dir(place->shell.scratch)) == 0;
}
