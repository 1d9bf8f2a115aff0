/*
 * pgmi_params.c — \pgmi params, \pgmi set: parameters of the project.
 *
 * Values of keys that look secret are never shown (contract P9).
 */
#include "pgmish/meta.h"

#include <string.h>

static MetaResult run_params(Shell *shell, const MetaCall *call)
{
    static const PrintColumn columns[] = {{"Key", false}, {"Value", false}};
    const Params *params = session_state(shell->session) == SESSION_EMPTY
                               ? session_user_params(shell->session)
                               : session_params(shell->session);
    PrintTarget target = shell_print_target(shell);
    Printer *printer;

    (void)call;
    printer = print_begin(&shell->print, &target, columns, lengthof(columns));
    for (size_t i = 0; i < params->map.len; i++) {
        const char *key = params->map.entries[i].key;
        const char *value = secret_key(key) ? "********" : params->map.entries[i].value;

        print_cell(printer, key, strlen(key));
        print_cell(printer, value, strlen(value));
    }
    print_end(printer);
    return META_DONE;
}

static MetaResult run_set(Shell *shell, const MetaCall *call)
{
    const char *key = meta_arg(call, 0), *value = meta_arg(call, 1);
    Diag diag = DIAG_INIT;
    bool ok;

    if (!key || !value) {
        log_error(&shell->log, "\\pgmi set: missing required argument");
        return META_ERROR;
    }
    if (shell->conn && session_state(shell->session) == SESSION_LOADED)
        ok = session_set_param(shell->session, shell->conn, key, value, &diag);
    else
        ok = params_set(session_user_params(shell->session), key, value, &diag);
    /* What \pgmi load was given stands above it in the next load: the newer word counts. */
    if (ok && shell->load_params.map.len)
        ok = params_set(&shell->load_params, key, value, &diag);
    if (!ok)
        log_diag(&shell->log, &diag);
    diag_reset(&diag);
    return ok ? META_DONE : META_ERROR;
}

/* Keys that are known, never values. */
static void complete_key(Shell *shell, const MetaCall *before, size_t index, const char *text,
                         StrList *list)
{
    const Params *params = session_params(shell->session);

    (void)before;
    for (size_t i = 0; index == 0 && i < params->map.len; i++)
        if (strncmp(params->map.entries[i].key, text, strlen(text)) == 0)
            strlist_add(list, params->map.entries[i].key);
}

META_COMMAND(pgmi_params) = {
    .names = "params",
    .parent = "pgmi",
    .args = "",
    .group = HELP_PGMI,
    .synopsis = "\\pgmi params",
    .brief = "list the project's parameters (secrets masked)",
    .run = run_params,
};

META_COMMAND(pgmi_set) = {
    .names = "set",
    .parent = "pgmi",
    .args = "nn",
    .group = HELP_PGMI,
    .synopsis = "\\pgmi set KEY VALUE",
    .brief = "set a parameter for this and the next loads",
    .complete = complete_key,
    .run = run_set,
};
