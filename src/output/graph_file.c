/*
 * graph_file.c — a graph as a file; SVG is drawn by Graphviz's dot, which is run without a shell and
 * reads the picture from a pipe, so that neither names nor labels are ever part of a command.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pgmish/graph.h"

extern char **environ;

static bool ends_in(const char *path, const char *extension)
{
    size_t len = strlen(path), tail = strlen(extension);

    return len > tail && ascii_casecmp(path + len - tail, extension) == 0;
}

static bool write_text(const StrBuf *text, const char *path, Diag *diag)
{
    FILE *file = fopen(path, "w");
    bool ok = file && fwrite(text->data, 1, text->len, file) == text->len;
    int error = errno;

    if (file && fclose(file) != 0 && ok) {
        ok = false;
        error = errno;
    }
    return ok ||
           diag_set(diag, EXIT_PGMI_OTHER, "could not write \"%s\": %s", path, strerror(error));
}

/* All of it into the pipe; a reader that has gone is told by its exit status. */
static void feed(int fd, const StrBuf *text)
{
    for (size_t at = 0; at < text->len;) {
        ssize_t done = write(fd, text->data + at, text->len - at);

        if (done < 0 && errno != EINTR)
            return;
        at += done > 0 ? (size_t)done : 0;
    }
}

/* dot -Tsvg -oFILE; the child gets the pipe as its standard input and nothing else of ours. */
static int start_dot(const char *path, int ends[2], pid_t *child)
{
    char *output = xasprintf("-o%s", path);
    char *const argv[] = {"dot", "-Tsvg", output, NULL};
    posix_spawn_file_actions_t actions;
    int error;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    error = posix_spawnp(child, "dot", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    free(output);
    return error;
}

static bool draw(const StrBuf *text, const char *path, Diag *diag)
{
    void (*on_pipe)(int);
    int ends[2], error, status = 0;
    pid_t child = 0;

    if (pipe(ends) != 0)
        return diag_set(diag, EXIT_PGMI_OTHER, "could not create a pipe: %s", strerror(errno));
    on_pipe = signal(SIGPIPE, SIG_IGN); /* a dot that ends early is told by its status */
    error = start_dot(path, ends, &child);
    close(ends[0]);
    if (error == 0)
        feed(ends[1], text);
    close(ends[1]);
    signal(SIGPIPE, on_pipe);
    if (error == ENOENT) {
        diag_set(diag, EXIT_PGMI_OTHER,
                 "drawing \"%s\" needs Graphviz, whose program dot was not found", path);
        return diag_hint(diag, "Install graphviz, or let the file's name end in .mmd: Mermaid "
                               "text needs no program.");
    }
    if (error)
        return diag_set(diag, EXIT_PGMI_OTHER, "could not run dot: %s", strerror(error));
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           diag_set(diag, EXIT_PGMI_OTHER, "dot could not draw \"%s\"", path);
}

bool graph_write(const Graph *graph, const char *path, Diag *diag)
{
    bool svg = ends_in(path, ".svg");
    StrBuf text = STRBUF_INIT;
    bool ok;

    if (svg || ends_in(path, ".dot") || ends_in(path, ".gv"))
        graph_dot(graph, &text);
    else
        graph_mermaid(graph, &text);
    ok = svg ? draw(&text, path, diag) : write_text(&text, path, diag);
    strbuf_free(&text);
    return ok;
}
