/*
 * pgmi_config.c — `pgmi config`: asks for a connection and writes pgmi.yaml (contract sections 7.2
 * and 18).  A secret never goes into that file; the password file takes it, when the user says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pgmi.h"

typedef struct Wizard {
    Pgmi *pgmi;
    const char *root;
    ProjectConfig old; /* what the file says now */
    char *host, *port, *database, *username, *sslmode, *env;
    char *password; /* NULL: none to be saved */
} Wizard;

static bool yes(const char *question)
{
    char *answer = pgmi_ask(question, "no");
    bool is_yes = answer &&
                  (ascii_casecmp(answer, "yes") == 0 || ascii_casecmp(answer, "y") == 0);

    free(answer);
    return is_yes;
}

static bool valid_port(const char *text)
{
    return *text && strlen(text) <= 5 && !text[strspn(text, "0123456789")] && atoi(text) > 0 &&
           atoi(text) <= 65535;
}

static bool not_empty(const char *text)
{
    return *text != '\0';
}

static const char * or (const char *text, const char *standard)
{
    return text ? text : standard;
}

static bool ask_all(Wizard *wizard)
{
    char port[16] = "5432";
    const char *user = getenv("USER");
    char *question;
    volatile bool stopped = false;

    if (wizard->old.port)
        snprintf(port, sizeof(port), "%d", wizard->old.port);
    if (!(wizard->host = pgmi_ask("Host, or socket directory",
                                  or (wizard->old.host, "localhost"))) ||
        !(wizard->port = pgmi_ask_until("Port", port, valid_port)) ||
        !(wizard->database = pgmi_ask_until("Database", or (wizard->old.database, ""),
                                            not_empty)) ||
        !(wizard->username = pgmi_ask("User", or (wizard->old.username, user ? user : ""))) ||
        !(wizard->sslmode = pgmi_ask_until("sslmode", or (wizard->old.sslmode, "prefer"),
                                           sslmode_valid)))
        return false;
    question = xasprintf("Save a password for %s in the password file?", wizard->username);
    if (*wizard->username && yes(question))
        wizard->password = term_read_secret("Password: ", false, &stopped);
    free(question);
    return !stopped;
}

/* ---- writing ---------------------------------------------------------------------------------- */

/* A YAML scalar in double quotes is written as a JSON string is. */
static void add_key(StrBuf *out, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    strbuf_addf(out, "%s", key);
    json_add_string(out, value);
    strbuf_addc(out, '\n');
}

static void make_text(const Wizard *wizard, StrBuf *out)
{
    const ProjectConfig *old = &wizard->old;

    strbuf_add(out,
               "# Written by \"pgmi config\".  Passwords do not belong here.\nconnection:\n");
    add_key(out, "  host: ", wizard->host);
    strbuf_addf(out, "  port: %s\n", wizard->port);
    add_key(out, "  database: ", wizard->database);
    add_key(out, "  username: ", wizard->username);
    add_key(out, "  sslmode: ", wizard->sslmode);
    add_key(out, "  maintenance_database: ", old->maintenance_database);
    add_key(out, "  sslcert: ", old->sslcert);
    add_key(out, "  sslkey: ", old->sslkey);
    add_key(out, "  sslrootcert: ", old->sslrootcert);
    add_key(out, "  auth_method: ", old->auth_method);
    add_key(out, "  azure_tenant_id: ", old->azure_tenant_id);
    add_key(out, "  azure_client_id: ", old->azure_client_id);
    add_key(out, "  aws_region: ", old->aws_region);
    add_key(out, "  google_instance: ", old->google_instance);
    if (old->params.map.len)
        strbuf_add(out, "params:\n");
    for (size_t i = 0; i < old->params.map.len; i++) {
        strbuf_addf(out, "  %s: ", old->params.map.entries[i].key);
        json_add_string(out, old->params.map.entries[i].value);
        strbuf_addc(out, '\n');
    }
    add_key(out, "timeout: ", old->timeout);
}

/* A new file in place of path, mode 0600, all or nothing. */
static bool write_private(const char *path, const StrBuf *text, Diag *diag)
{
    char *temporary = xasprintf("%s.XXXXXX", path);
    int fd = mkstemp(temporary); /* mode 0600 */
    bool ok = fd >= 0;

    for (size_t done = 0; ok && done < text->len;) {
        ssize_t n = write(fd, text->data + done, text->len - done);

        ok = n > 0;
        done += ok ? (size_t)n : 0;
    }
    ok = ok && fsync(fd) == 0;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    ok = ok && rename(temporary, path) == 0;
    if (!ok) {
        diag_set(diag, EXIT_PGMI_OTHER, "cannot write \"%s\": %s", path, strerror(errno));
        if (fd >= 0)
            unlink(temporary);
    }
    free(temporary);
    return ok;
}

/* The password file's own escapes. */
static void add_field(StrBuf *out, const char *text, char end)
{
    for (; *text; text++) {
        if (*text == ':' || *text == '\\')
            strbuf_addc(out, '\\');
        strbuf_addc(out, *text);
    }
    strbuf_addc(out, end);
}

/* The new entry comes first, as the first that matches counts. */
static bool save_password(const Wizard *wizard, Diag *diag)
{
    const char *named = getenv("PGPASSFILE"), *home = getenv("HOME");
    char *path = named && *named ? xstrdup(named) : xasprintf("%s/.pgpass", home ? home : "");
    StrBuf text = STRBUF_INIT, old = STRBUF_INIT;
    bool ok;

    add_field(&text, *wizard->host == '/' ? "localhost" : wizard->host, ':');
    add_field(&text, wizard->port, ':');
    add_field(&text, wizard->database, ':');
    add_field(&text, wizard->username, ':');
    add_field(&text, wizard->password, '\n');
    ok = strbuf_read_file(&old, path);
    if (ok)
        strbuf_addn(&text, old.data, old.len);
    else if (errno == ENOENT)
        ok = true;
    else /* what it holds must not be lost */
        diag_set(diag, EXIT_PGMI_OTHER, "cannot read \"%s\": %s", path, strerror(errno));
    ok = ok && write_private(path, &text, diag);
    if (ok)
        fprintf(stderr, "Saved the password in %s\n", path);
    memset(text.data, 0, text.len);
    strbuf_free(&text);
    strbuf_free(&old);
    free(path);
    return ok;
}

/* ---- the command ----------------------------------------------------------------------------------- */

static void wizard_free(Wizard *wizard)
{
    free(wizard->host);
    free(wizard->port);
    free(wizard->database);
    free(wizard->username);
    free(wizard->sslmode);
    if (wizard->password)
        memset(wizard->password, 0, strlen(wizard->password));
    free(wizard->password);
    project_config_free(&wizard->old);
}

static bool cancelled(Diag *diag)
{
    return diag_set(diag, EXIT_PGMI_APPROVAL, "cancelled; nothing was written");
}

static bool run_wizard(Wizard *wizard, const char *path, Diag *diag)
{
    StrBuf text = STRBUF_INIT;
    bool ok;

    if (access(path, F_OK) == 0) {
        bool readable = project_config_read(&wizard->old, wizard->root, diag);

        diag_reset(diag);
        if (!yes(readable ? "pgmi.yaml exists. Replace it?"
                          : "pgmi.yaml exists and cannot be read. Replace it?"))
            return cancelled(diag);
    }
    if (!ask_all(wizard))
        return cancelled(diag);
    make_text(wizard, &text);
    ok = write_private(path, &text, diag) && (!wizard->password || save_password(wizard, diag));
    if (ok)
        fprintf(stderr, "Wrote %s\n", path);
    strbuf_free(&text);
    return ok;
}

bool pgmi_config_wizard(Pgmi *pgmi, const char *root, Diag *diag)
{
    Wizard wizard = {.pgmi = pgmi, .root = root};
    char *path = xasprintf("%s/pgmi.yaml", root);
    bool ok;

    project_config_init(&wizard.old);
    ok = run_wizard(&wizard, path, diag);
    wizard_free(&wizard);
    free(path);
    return ok;
}

static int run(Pgmi *pgmi)
{
    Diag diag = DIAG_INIT;
    int code = 0;

    if (!pgmi_interactive())
        diag_set(&diag, EXIT_PGMI_OTHER, "\"pgmi config\" asks questions and needs a terminal");
    else
        pgmi_config_wizard(pgmi, pgmi->args.word_count ? pgmi->args.words[0] : ".", &diag);
    if (diag.code) {
        code = diag.code;
        pgmi_error(pgmi, &diag);
    }
    diag_reset(&diag);
    return code;
}

const PgmiCommand pgmi_command_config = {
    .name = "config",
    .synopsis = "[PATH]",
    .brief = "ask for a connection and write pgmi.yaml",
    .most = 1,
    .files = true,
    .run = run,
};
