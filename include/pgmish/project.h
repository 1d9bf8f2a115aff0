/*
 * project.h — what a project is, with no server and no terminal: files, checksums,
 * metadata, configuration, parameters.
 *
 * Rules named D, C, M, P are those of the session contract.  Contents are never kept: a file
 * is read, checked, hashed and forgotten, and read again when it is sent, so memory is bounded
 * by the largest file.
 */
#ifndef PGMISH_PROJECT_H
#define PGMISH_PROJECT_H

#include "pgmish/support.h"

/* ---- metadata (section 4) ------------------------------------------------------- */

typedef struct Metadata {
    char *id; /* canonical lower-case UUID */
    bool idempotent;
    char *description; /* "" when absent */
    StrList sort_keys; /* may be empty */
    int line;          /* of the block in the file */
} Metadata;

typedef enum MetadataStatus { METADATA_NONE, METADATA_OK, METADATA_ERROR } MetadataStatus;

/* path is only for messages ("./a/b.sql").  On METADATA_OK *meta is owned by the caller. */
MetadataStatus metadata_parse(const char *path, const char *text, size_t len, Metadata **meta,
                              Diag *diag);
void metadata_free(Metadata *meta); /* NULL is fine */

/* M7: MD5 of the path's bytes as a UUID, into uuid (37 bytes). */
void generic_id(const char *path, char uuid[37]);

/* ---- the scanned project (section 2) -------------------------------------------------- */

typedef enum FileRole {
    FILE_SOURCE,    /* a row of _pgmi_source */
    FILE_TEST,      /* a row of _pgmi_test_source */
    FILE_FIXTURE,   /* the same, is_fixture */
    FILE_TEST_OTHER /* below a test directory, no SQL extension: counted, not loaded */
} FileRole;

typedef struct ProjectFile {
    char *path; /* "./a/b.sql" (D9) */
    FileRole role;
    bool is_sql;            /* D12 */
    uint64_t size;          /* bytes after D7 */
    char checksum[65];      /* raw (C1), hex */
    char pgmi_checksum[65]; /* normalised; "" for test files */
    Metadata *meta;         /* NULL: none */
} ProjectFile;

typedef struct TestDirectory {
    char *path;        /* "./a/__test__/" */
    char *parent_path; /* NULL: none recorded above it */
    int depth;         /* D14 */
} TestDirectory;

typedef struct Project {
    char *root;                      /* as the user typed it */
    char *root_path;                 /* absolute, links resolved */
    char *name;                      /* last component of root_path */
    ProjectFile *files;              /* sorted by the bytes of path */
    size_t file_count;               /* every discovered file (D17) */
    TestDirectory *test_directories; /* sorted by path */
    size_t test_directory_count;
    size_t source_count;  /* FILE_SOURCE */
    size_t test_count;    /* FILE_TEST, fixtures not among them */
    size_t fixture_count; /* FILE_FIXTURE */
    size_t sql_count;     /* source files with an SQL extension */
    uint64_t total_bytes; /* of what is loaded */
    bool has_deploy_sql;  /* a regular file of exactly that name at the root */
} Project;

typedef struct ScanOptions {
    bool require_deploy_sql;
    /* Called now and then with files and bytes so far (total unknown); may be NULL. */
    void (*progress)(void *ctx, size_t files, uint64_t bytes);
    void *progress_ctx;
    bool allow_duplicate_ids; /* the caller looks for them itself (D18) */
} ScanOptions;

/*
 * Scans and checks the whole tree: D1 to D18, metadata, duplicate ids.  Every problem found is
 * added to *problems (each names its file); returns NULL when there is at least one.  Problems
 * of single files do not stop the scan, so that a user sees them all.
 */
Project *project_scan(const char *dir, const ScanOptions *options, DiagList *problems);
void project_free(Project *project);                                       /* NULL is fine */
const ProjectFile *project_file(const Project *project, const char *path); /* NULL: none */

/* M8: the rows of pgmi_plan_view in its order, without a server.  Owned array; what it points to
 * belongs to the project. */
typedef struct PlanRow {
    const ProjectFile *file;
    const char *sort_key;
} PlanRow;
PlanRow *project_plan(const Project *project, size_t *count);

/* Reads one file again, byte-order mark removed, and checks that its hash is still the scanned
 * one (a changed file is an error naming it). */
bool project_read(const Project *project, const ProjectFile *file, StrBuf *content, Diag *diag);
/* Reads the root deploy.sql: BOM removed, valid UTF-8 without NUL (X1). */
bool project_read_deploy_sql(const char *root, StrBuf *content, Diag *diag);
/* True when the file at path is the root deploy.sql of the project rooted at root
 * (same device and inode; path relative to the current directory). */
bool project_is_deploy_sql(const char *root_path, const char *path);

/* Owned copy of a path fit for a terminal: control characters, text-reordering characters and
 * bytes that are not UTF-8 appear as \xNN or \uNNNN.  Every Diag of this room is shown so. */
char *project_show_path(const char *path);

bool has_sql_extension(const char *name);     /* D12 */
const char *file_extension(const char *name); /* D13: pointer into name, or "" */

/* ---- watching a project for changes (inotify) --------------------------------------------- */

/*
 * Watches every directory of a tree but the excluded ones (D2).  What editors leave beside a file while
 * they save it (backups, a rename over the old one) counts as one change of that file; what they
 * only leave lying about does not count.  Directories made later are watched too.
 */
typedef struct ProjectWatch ProjectWatch;
/* root is an absolute path.  NULL: *diag. */
ProjectWatch *project_watch_begin(const char *root, Diag *diag);
void project_watch_end(ProjectWatch *watch); /* NULL is fine */
/* To be polled for reading. */
int project_watch_fd(const ProjectWatch *watch);
/*
 * Takes in what has happened, without waiting; adds the paths ("./a/b.sql") to changed, each once.
 * Events that the kernel had no room for are one change of "./".  False: the watch is of no use
 * any more (*diag: the directory is gone, the limit of watches is reached).
 */
bool project_watch_read(ProjectWatch *watch, StrList *changed, Diag *diag);

/* ---- parameters (section 6) ------------------------------------------------------------- */

typedef struct Params {
    StrMap map; /* folded key -> owned char * value */
} Params;

void params_init(Params *params);
void params_free(Params *params);
void params_copy(Params *to, const Params *from); /* `to` is initialised by this call */
/* P4, P5, P6 checked, key folded, later wins.  Messages name the key, never the value. */
bool params_set(Params *params, const char *key, const char *value, Diag *diag);
/* The same for a value that may hold zero bytes (it is refused then). */
bool params_set_text(Params *params, const char *key, const char *value, size_t len,
                     Diag *diag);
bool params_set_pair(Params *params, const char *pair, Diag *diag); /* key=value (P2) */
/* Syntax of P3 alone: calls fn for every pair in order, key as written, value unquoted but not
 * NUL-terminated; fn returns false (with *diag) to stop. */
typedef bool (*ParamPairFn)(void *ctx, const char *key, const char *value, size_t len,
                            Diag *diag);
bool params_file_pairs(const char *name, const char *text, size_t len, ParamPairFn fn,
                       void *ctx, Diag *diag);
bool params_read_file(Params *params, const char *path, Diag *diag); /* P3 */
bool params_parse(Params *params, const char *name, const char *text, size_t len, Diag *diag);
const char *params_get(const Params *params, const char *key); /* folded key; NULL: none */

/* ---- pgmi.yaml, .env, durations (section 7) ---------------------------------------------- */

typedef struct ProjectConfig {
    /* every text is owned, NULL: not given */
    char *host, *username, *database, *maintenance_database;
    char *sslmode, *sslcert, *sslkey, *sslrootcert;
    char *auth_method, *azure_tenant_id, *azure_client_id, *aws_region, *google_instance;
    int port; /* 0: not given */
    Params params;
    char *timeout;
    int timeout_line, timeout_column; /* where it stands in pgmi.yaml, 0: not from there */
} ProjectConfig;

void project_config_init(ProjectConfig *config);
void project_config_free(ProjectConfig *config);
/* name is for messages; errors carry line and column. */
bool project_config_parse(ProjectConfig *config, const char *name, const char *text, size_t len,
                          Diag *diag);
/* Reads ROOT/pgmi.yaml; a missing file is an empty configuration. */
bool project_config_read(ProjectConfig *config, const char *root, Diag *diag);

/* Grammar of 7.1 into env (owned char * values); false: the whole text is to be ignored. */
bool dotenv_parse(const char *text, size_t len, StrMap *env);
/* Reads ROOT/.env; a missing file is fine.  False: *diag is the warning to print, env is empty and
 * the run goes on.  The caller sets only variables that the environment does not have. */
bool dotenv_read(const char *root, StrMap *env, Diag *diag);
/* 7.3, nanoseconds. */
bool duration_parse(const char *text, int64_t *nanoseconds);

/* ---- templates (section 17) ------------------------------------------------------------------ */

/* Names of the embedded templates, "basic" first. */
void template_names(StrList *names);
/* One line about a template, NULL: unknown. */
const char *template_purpose(const char *name);
/* Writes the template into dir (made if missing; must be empty but for pgmi.yaml and .env, which
 * are kept).  created gets the paths written, relative to dir, sorted. */
bool template_write(const char *name, const char *dir, StrList *created, Diag *diag);

/* ---- connection settings of the pgmi command line (section 8) -------------------------------- */

typedef struct ConnectionString {
    char *host, *database, *username, *password, *sslmode, *sslcert, *sslkey, *sslrootcert,
        *sslpassword, *application_name;
    int port;
    char *ports; /* "5432,5433", where more than one is given, or NULL; port is the first */
    int connect_timeout; /* seconds, -1: not given */
    StrMap other;        /* passed through */
} ConnectionString;

void connection_string_free(ConnectionString *cs);
/* R7.  Host, port and database are filled in with the built-in defaults when the string does not
 * name them (R2), unless it names a service: then what it leaves out is NULL, 0 or "" (database).
 * Everything else is NULL, 0 or -1 then.  Messages never quote the string. */
bool connection_string_parse(const char *text, ConnectionString *cs, Diag *diag);

/* The command line's connection options, borrowed; NULL, 0, false: not given. */
typedef struct ConnectionFlags {
    const char *connection; /* --connection */
    const char *host, *username, *database, *sslmode, *sslcert, *sslkey, *sslrootcert;
    int port;
    bool azure, aws, google;
    const char *azure_tenant_id, *azure_client_id, *aws_region, *google_instance;
} ConnectionFlags;

typedef enum AuthMethod { AUTH_PASSWORD, AUTH_AZURE, AUTH_AWS, AUTH_GOOGLE } AuthMethod;

/* What to connect with.  Texts are owned; NULL: not given (libpq's own default applies).  Hosts may be a
 * list with commas, as in libpq. */
typedef struct Resolved {
    char *host; /* with AUTH_GOOGLE neither host nor port is used */
    int port;
    char *ports;    /* one for each host, instead of port; NULL: they share it */
    char *username; /* NULL: libpq takes the operating system's user */
    char *password; /* NULL: libpq looks into the password file */
    char *target_database, *maintenance_database; /* never NULL */
    char *application_name;                       /* never NULL */
    char *sslmode;                                /* NULL: the service's */
    char *sslcert, *sslkey, *sslrootcert, *sslpassword;
    int connect_timeout; /* seconds, -1: not given */
    StrMap other;        /* further libpq keywords of a connection string */
    AuthMethod auth;
    char *azure_tenant_id, *azure_client_id, *azure_client_secret;
    char *aws_region;
    char *google_instance;
} Resolved;

/* Section 8 and the inputs of section 15 as a pure function: env maps names to char * and stands
 * for the whole environment (.env included); config may be NULL. */
bool connection_resolve(const ConnectionFlags *flags, const StrMap *env,
                        const ProjectConfig *config, Resolved *resolved, Diag *diag);
void resolved_free(Resolved *resolved);

/* 7.3: --timeout (NULL: not given), else the configuration's, else 3 minutes.  0: no limit.  A bad
 * option is a usage error, a bad or negative value otherwise a configuration error. */
bool timeout_resolve(const char *flag, const ProjectConfig *config, int64_t *nanoseconds,
                     Diag *diag);
/* True for the six words that sslmode may be. */
bool sslmode_valid(const char *mode);

/* ---- \pgmi check ------------------------------------------------------------------------------- */

/*
 * Everything that can be checked without a server: the scan, deploy.sql, pgmi.yaml, .env, and
 * where CALL pgmi_test stands in deploy.sql and in the SQL files.  Adds to both lists;
 * *project (may be NULL) gets the scanned project, owned, or NULL when it has problems.
 */
void project_check(const char *dir, DiagList *problems, DiagList *warnings, Project **project);

#endif
