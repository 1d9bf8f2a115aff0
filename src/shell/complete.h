/*
 * complete.h — tab completion's engine: from the text before the cursor to candidates.
 *
 * The engine knows no terminal; editing_tab.c shows what it finds.  What may stand where is data:
 * rows of complete_rules*.c (SQL), complete_slash.c (backslash commands) and complete_objects.c
 * (catalog queries).  A reader adds a rule by adding a row.
 */
#ifndef PGMISH_COMPLETE_H
#define PGMISH_COMPLETE_H

#include "pgmish/meta.h"

typedef struct Completion {
    size_t start;    /* offset in the line of the word that a match replaces */
    StrList matches; /* whole replacements of the word */
    bool files;    /* file names: unquoted, shown without their directories, quoted where needed
                      * when one is inserted */
    bool literals; /* string literals whose opening quote was typed: shown without quotes */
    char quote;    /* of file names: quotes that they are given in any case; 0: none */
    char suffix;   /* goes behind a sole match; 0: nothing */
} Completion;

/* query: statement typed in earlier lines; line[0, point) is the text before the cursor, what
 * follows is looked at for the tables it names. */
void complete_text(Shell *shell, const char *query, const char *line, size_t point,
                   Completion *completion);
void completion_free(Completion *completion);
/* What \step's prompt takes besides (step_complete.c).  False: the line is not for it. */
bool step_complete(Shell *shell, const char *line, size_t point, Completion *completion);

/* ---- words of a statement (complete_words.c) ------------------------------------------------ */

typedef enum WordPlace {
    PLACE_SQL,
    PLACE_STRING,   /* inside '...' */
    PLACE_VARIABLE, /* behind a colon */
    PLACE_SLASH,    /* behind a backslash */
    PLACE_NOWHERE   /* comment, or a word begun on an earlier line */
} WordPlace;

/*
 * The words before the cursor: an identifier with its dots and quotes is one word, a balanced pair
 * of parentheses is the word "()", a comma and a run of operator characters are words.
 */
typedef struct Words {
    StrList list; /* of the current statement */
    WordPlace place;
    char *current; /* the word being typed, "" behind a blank; owned */
    size_t start;  /* its offset in the scanned text */
} Words;

void words_scan(const char *text, size_t len, Words *words);
void words_free(Words *words);
/* Lists shrink to their last item ("a , b" is "b"); a comma at the end stays. */
void words_fold_lists(StrList *list);
/* How many words stand before the list item that ends with word `end`. */
size_t words_before_item(const StrList *list, size_t end);

/* ---- rules (complete_match.c) ------------------------------------------------------------------ */

/*
 * `when` says what the words before the cursor are:
 *   WORD     this keyword, in any case       A|B   one of these       !A|B  one word, but not these
 *   _        one word, whatever it is        @     the same, and it is what an @source refers to
 *   [A B]    may be there                    ...   any number of words
 *   WORD...  this keyword, then words up to the cursor that begin no other clause
 *   ^        the statement begins here; without it a pattern describes the last words
 * `offer` is a list of candidates, separated by ", ".  A candidate is a keyword (or several: each
 * of its words is offered when those before it were typed), or @SOURCE of complete_objects.c.
 * What begins with "?" is ours and not psql's: it is offered only where the beginning of a word was
 * typed with which no other candidate begins, so that psql's answers stay as they are.  An offer
 * that begins with "~" holds texts whose case is not changed.  The first row that matches counts,
 * rows with ^ before those without.
 */
typedef struct CompleteRule {
    const char *when, *offer;
} CompleteRule;

/* Storage parameters of tables, for CREATE TABLE and ALTER TABLE. */
#define COMPLETE_TABLE_PARAMETERS                                                              \
    "autovacuum_analyze_scale_factor, autovacuum_analyze_threshold, "                          \
    "autovacuum_enabled, autovacuum_freeze_max_age, autovacuum_freeze_min_age, "               \
    "autovacuum_freeze_table_age, autovacuum_multixact_freeze_max_age, "                       \
    "autovacuum_multixact_freeze_min_age, autovacuum_multixact_freeze_table_age, "             \
    "autovacuum_vacuum_cost_delay, autovacuum_vacuum_cost_limit, "                             \
    "autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_insert_threshold, "              \
    "autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, fillfactor, "                \
    "log_autovacuum_min_duration, parallel_workers, toast.autovacuum_enabled, "                \
    "toast.autovacuum_freeze_max_age, toast.autovacuum_freeze_min_age, "                       \
    "toast.autovacuum_freeze_table_age, toast.autovacuum_multixact_freeze_max_age, "           \
    "toast.autovacuum_multixact_freeze_min_age, "                                              \
    "toast.autovacuum_multixact_freeze_table_age, toast.autovacuum_vacuum_cost_delay, "        \
    "toast.autovacuum_vacuum_cost_limit, toast.autovacuum_vacuum_insert_scale_factor, "        \
    "toast.autovacuum_vacuum_insert_threshold, toast.autovacuum_vacuum_scale_factor, "         \
    "toast.autovacuum_vacuum_threshold, toast.log_autovacuum_min_duration, "                   \
    "toast.vacuum_index_cleanup, toast.vacuum_truncate, toast_tuple_target, "                  \
    "user_catalog_table, vacuum_index_cleanup, vacuum_truncate"

/* What psql lists behind SET and RESET, of whatever these are part. */
#define SETTABLE                                                                               \
    "CONSTRAINTS, TRANSACTION, SESSION, ROLE, TABLESPACE, ALL, @changeable_settings"
/* What a setting may be set to. */
#define SETTING_VALUES "@values_of_setting, @booleans_of_setting, DEFAULT"

/* Ends with a row of NULLs.  Tried in the order of the list in complete_match.c. */
extern const CompleteRule complete_rules_create[], complete_rules_alter[],
    complete_rules_drop[], complete_rules_misc[], complete_rules_query[];

/* exact: case matters, as in backslash commands. */
bool rule_matches(const char *when, const StrList *words, size_t count, bool exact,
                  const char **captured);
/* Adds what may stand at the cursor.  all: words of the whole statement, for tables it names. */
void complete_sql(Shell *shell, const StrList *words, const StrList *all, const char *current,
                  StrList *matches);
/* Adds a keyword, in the case that COMP_KEYWORD_CASE asks for, when it begins like current. */
void complete_keyword(Shell *shell, const char *keyword, const char *current, StrList *matches);
/* Adds the candidates of one `offer`. */
void complete_offer(Shell *shell, const char *offer, const char *captured, const StrList *all,
                    const char *current, StrList *matches);

/* ---- objects (complete_objects.c) ----------------------------------------------------------------- */

/* Adds names from the catalogs that begin with `current`; silent when there is no connection or
 * the transaction has failed.  captured: the word that the source refers to, or NULL. */
void complete_objects(Shell *shell, const char *source, const char *captured,
                      const StrList *words, const char *current, StrList *matches);
/* True: an offer may name it. */
bool complete_source_known(const char *source);
/* Splits an identifier as typed: owned parts, folded and without quotes; *schema NULL: none. */
void split_identifier(const char *text, char **schema, char **name, bool *quoted);

/* ---- tables that a statement names (complete_tables.c) ------------------------------------------------ */

typedef struct NamedTable {
    char *name;  /* as typed, with schema; owned */
    char *alias; /* owned or NULL */
} NamedTable;

typedef struct NamedTables {
    NamedTable *items;
    size_t len, cap;
} NamedTables;

void named_tables_find(const StrList *words, NamedTables *tables);
void named_tables_free(NamedTables *tables);

/* ---- backslash commands, files, variables --------------------------------------------------------------- */

/* text: from the last backslash command's name up to the cursor.  Sets start relative to text. */
void complete_slash(Shell *shell, const char *text, Completion *completion);
/* Names that begin like `current` (which may begin with a quote), unquoted. */
void complete_file_names(const char *current, Completion *completion);
/* Owned: a file name, or the beginning of some (not whole), as it is to stand in the line. */
char *complete_quote_file(const Completion *completion, const char *name, size_t len,
                          bool whole);
void complete_variable_names(Shell *shell, const char *current, const char *before,
                             const char *after, bool only_set, StrList *matches);
/* :name, :'name', :"name", :{?name}, as far as typed in current. */
void complete_variable_reference(Shell *shell, const char *current, StrList *matches);
void complete_file_literals(const char *current, StrList *matches);
void complete_environment(const char *current, StrList *matches);
/* True: the candidate may be offered for what was typed (ASCII case ignored). */
bool complete_begins(const char *candidate, const char *typed);

#endif
