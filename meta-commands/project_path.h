/* project_path.h — how the commands of the pgmi session take a path. */
#ifndef PGMISH_PROJECT_PATH_H
#define PGMISH_PROJECT_PATH_H

#include "pgmish/shell.h"

/* Owned: the path as loaded ("./a.sql") for a path as typed, with or without ./ */
static inline char *loaded_path(Shell *shell, const char *typed)
{
    const Project *project = session_project(shell->session);

    if (project && !project_file(project, typed) && typed[0] != '.' && typed[0] != '/')
        return xasprintf("./%s", typed);
    return xstrdup(typed);
}

#endif
