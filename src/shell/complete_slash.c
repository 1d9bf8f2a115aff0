/*
 * complete_slash.c — backslash commands: names from the registry, arguments from the command's
 * own completer, else from the rows below.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "complete.h"

/*
 * First word: the command without its modifiers S and +; then the arguments before the cursor.
 * Sources besides the catalogs': @files, @variables, @set_variables, @environment, @commands, and @statement (the
 * arguments are the beginning of an SQL statement).
 */
static const CompleteRule slash_rules[] = {
    {"^ ?", "~commands, options, variables, pgmi"},
    {"^ connect|c", "@databases"},
    {"^ connect|c _", "@roles"},
    {"^ cd|e|edit|g|gx|i|include|ir|include_relative|o|out|s|w|write|lo_import", "@files"},
    {"^ lo_export _", "@files"},
    {"^ copy", "@tables, (, ?@selectables"},
    {"^ copy ()", "FROM, TO"},
    {"^ copy _ [()]", "FROM, TO"},
    {"^ copy _ [()] FROM|TO|from|to", "@files"},
    {"^ copy () TO|to", "@files"},
    {"^ copy _ [()] FROM|from _", "WITH (, WHERE"},
    {"^ copy _ [()] TO|to _", "WITH ("},
    {"^ copy _ [()] FROM|TO|from|to _ WITH|with", "("},
    {"^ d", "@relations"},
    {"^ da", "@aggregates"},
    {"^ dA|dAc|dAf|dAo|dAp", "@access_methods"},
    {"^ dAc|dAf _", "@types"},
    {"^ dAo|dAp _", "@operator_families"},
    {"^ db", "@tablespaces"},
    {"^ dc", "@conversions"},
    {"^ dconfig", "@settings"},
    {"^ dC", "@types"},
    {"^ dd", "@relations"},
    {"^ dD", "@domains"},
    {"^ ddp|dn", "@schemas"},
    {"^ des", "@servers"},
    {"^ det|dE", "@foreign_tables"},
    {"^ deu", "@user_mappings"},
    {"^ dew", "@wrappers"},
    {"^ df|dfn|dfa|dfw|dft|ef|sf", "@routines"},
    {"^ dfp", "@procedures"},
    {"^ df ...", "@types"},
    {"^ dF", "@ts_configurations"},
    {"^ dFd", "@ts_dictionaries"},
    {"^ dFp", "@ts_parsers"},
    {"^ dFt", "@ts_templates"},
    {"^ dg|du|drg|password", "@roles"},
    {"^ di", "@indexes"},
    {"^ dL", "@languages"},
    {"^ dm", "@matviews"},
    {"^ do _", "@types"},
    {"^ dO", "@collations"},
    {"^ dp|z", "@grantables"},
    {"^ dP", "@partitioned_relations"},
    {"^ dPi", "@partitioned_indexes"},
    {"^ dPt", "@partitioned_tables"},
    {"^ drds", "@roles"},
    {"^ drds _", "@databases"},
    {"^ dRp", "@publications"},
    {"^ dRs", "@subscriptions"},
    {"^ ds", "@sequences"},
    {"^ dt", "@tables"},
    {"^ dti|dit", "@indexables"},
    {"^ dT", "@types"},
    {"^ dv|ev|sv", "@views"},
    {"^ dx", "@extensions"},
    {"^ dX", "@statistics"},
    {"^ dy", "@event_triggers"},
    {"^ l|list", "@databases"},
    {"^ encoding", "@encodings"},
    {"^ h|help ...", "@statement"},
    {"^ getenv", "@variables"},
    {"^ getenv _", "@environment"},
    {"^ setenv", "@environment"},
    {"^ unset", "@set_variables"},
    {"^ gset|prompt", "@variables"},
    {"^ prompt _", "@variables"},
    {"^ set", "@variables"},
    {"^ set AUTOCOMMIT|ON_ERROR_STOP|QUIET|SINGLELINE|SINGLESTEP|SHOW_ALL_RESULTS|HIDE_TABLEAM|"
     "HIDE_TOAST_COMPRESSION|PGMI_VERBOSE",
     "~on, off"},
    {"^ set COMP_KEYWORD_CASE", "~lower, upper, preserve-lower, preserve-upper"},
    {"^ set ECHO", "~errors, queries, all, none"},
    {"^ set ECHO_HIDDEN", "~noexec, off, on"},
    {"^ set ON_ERROR_ROLLBACK", "~on, off, interactive"},
    {"^ set HISTCONTROL", "~ignorespace, ignoredups, ignoreboth, none"},
    {"^ set SHOW_CONTEXT", "~never, errors, always"},
    {"^ set VERBOSITY", "~default, verbose, terse, sqlstate"},
    {"^ pset",
     "~border, columns, csv_fieldsep, expanded, fieldsep, fieldsep_zero, footer, format, "
     "linestyle, null, numericlocale, pager, pager_min_lines, recordsep, recordsep_zero, "
     "tableattr, title, tuples_only, unicode_border_linestyle, unicode_column_linestyle, "
     "unicode_header_linestyle"},
    {"^ pset format",
     "~aligned, asciidoc, csv, html, latex, latex-longtable, troff-ms, unaligned, wrapped"},
    {"^ pset expanded|x|vertical", "~auto, on, off"},
    {"^ pset footer|numericlocale|tuples_only|t|fieldsep_zero|recordsep_zero", "~on, off"},
    {"^ pset linestyle", "~ascii, old-ascii, unicode"},
    {"^ pset pager", "~on, off, always"},
    {"^ pset unicode_border_linestyle|unicode_column_linestyle|unicode_header_linestyle",
     "~single, double"},
    {"^ pset border", "~0, 1, 2, 3"},
    {"^ x", "~auto, on, off"},
    {"^ t|timing|a|trace", "~on, off"},
    {"^ lo_list", ""},
    {"^ pgmi",
     "~load, reload, status, unload, set, params, check, deploy, init, templates, test, watch, "
     "plan, tests, source, run, expand, step, trace, help"},
    {"^ pgmi load|check|deploy|init", "@files"},
    {"^ pgmi init _", "~basic, advanced"},
    {"^ pgmi source|run|plan", "@project_paths"},
    {"^ pgmi trace", "~on, off"},
    {"^ pgmi help", "@commands"},
    {"^ source|run|plan", "@project_paths"},
    {"^ expand|step", "@files"},
    {"^ bind_named|close_prepared", "@prepared_statements"},
    {NULL, NULL},
};

/* ---- names of commands --------------------------------------------------------------------------- */

/*
 * A spelling that psql does not list: with a modifier ("dt+", "dfS"), or of one letter where there
 * is a word ("i include").  Some of \df and \dP that it lacks are listed here, not there.
 */
static bool is_short_form(const char *names, const char *spelling, size_t len)
{
    static const char *const lacking[] = {"dfa", "dfn", "dfp", "dft", "dfw", "dPn"};
    bool word = false;

    for (size_t i = 0; i < lengthof(lacking); i++)
        if (strlen(lacking[i]) == len && memcmp(lacking[i], spelling, len) == 0)
            return true;
    if (len > 1 && strchr("+S", spelling[len - 1]))
        return true;
    for (const char *p = names; *p && len == 1;) {
        size_t other = strcspn(p, " ");

        word = word || (other > 1 && strcspn(p, "{+ ") == other);
        p += other + strspn(p + other, " ");
    }
    return word;
}

typedef struct NameSearch {
    const char *before, *typed;
    bool any_case, all; /* all: what psql does not list too */
    bool as_psql;
} NameSearch;

static void add_names(const NameSearch *search, StrList *matches)
{
    size_t typed_len = strlen(search->typed);

    for (size_t i = 0; meta_commands[i]; i++) {
        const MetaCommand *command = meta_commands[i];
        bool ours = search->as_psql &&
                    (command->group == HELP_PGMI || command->flags & META_NEWER);

        for (const char *p = command->names; *p && !(command->flags & META_UNLISTED);) {
            size_t len = strcspn(p, " "), plain = strcspn(p, " {"); /* without its modifiers */

            if (plain && typed_len <= plain &&
                (search->any_case ? ascii_ncasecmp : strncmp)(p, search->typed, typed_len) ==
                    0 &&
                (search->all || !(ours || is_short_form(command->names, p, plain))))
                strlist_take(matches, xasprintf("%s%.*s", search->before, (int)plain, p));
            p += len + strspn(p + len, " ");
        }
    }
}

/* First the names that psql lists, then all.  Case matters, but where it leaves nothing the names
 * are tried without it: \DRD becomes \drds. */
static void complete_command_names(Shell *shell, const char *before, const char *typed,
                                   StrList *matches)
{
    NameSearch search = {.before = before, .typed = typed, .as_psql = shell->as_psql};
    size_t found = matches->len;

    for (int round = 0; round < 4 && matches->len == found; round++) {
        search.any_case = round >= 2;
        search.all = round % 2;
        add_names(&search, matches);
    }
}

/* ---- arguments ---------------------------------------------------------------------------------------- */

typedef struct SlashLine {
    StrList words; /* command without backslash, arguments before the cursor as typed */
    const char *current;
} SlashLine;

/* Length of an argument: quoted parts may hold blanks, parentheses may too. */
static size_t argument_length(const char *s)
{
    size_t n = 0;
    char quote = 0;
    int depth = 0;

    for (; s[n]; n++) {
        if (quote)
            quote = (char)(s[n] == quote ? 0 : quote);
        else if (strchr("'\"`", s[n]))
            quote = s[n];
        else if (s[n] == '(')
            depth++;
        else if (s[n] == ')')
            depth -= depth > 0;
        else if (isspace((unsigned char)s[n]) && !depth)
            break;
    }
    return n;
}

static void split_line(const char *text, SlashLine *line)
{
    const char *p = text + 1;

    *line = (SlashLine){.words = STRLIST_INIT};
    for (;;) {
        size_t len = argument_length(p);

        /* A backslash ends one command's arguments and begins the next command. */
        if (*p == '\\') {
            strlist_free(&line->words);
            p++;
            continue;
        }
        if (!p[len]) {
            line->current = p;
            return;
        }
        if (line->words.len && *p == '(')
            strlist_add(&line->words, "()");
        else
            strlist_take(&line->words, xstrndup(p, len));
        p += len;
        p += strspn(p, " \t\r\n\f\v");
    }
}

/* "dtS+" is looked up as "dt". */
static void strip_modifiers(char *name)
{
    size_t len = strlen(name);

    while (len > 1 && (name[len - 1] == '+' || name[len - 1] == 'S'))
        name[--len] = '\0';
}

/* Candidates of a command's own completer come unquoted. */
static void complete_with(Shell *shell, MetaComplete complete, const SlashLine *line,
                          Completion *completion)
{
    size_t count = line->words.len - 1;
    MetaArg *args = xcalloc(count + 1, sizeof *args);
    MetaCall call = {
        .name = line->words.items[0], .args = args, .count = count, .active = true};
    bool quoted = *line->current && strchr("'\"", *line->current);
    StrList found = STRLIST_INIT;

    for (size_t i = 0; i < count; i++)
        args[i].text = line->words.items[i + 1];
    complete(shell, &call, count, line->current + (quoted ? 1 : 0), &found);
    for (size_t i = 0; i < found.len; i++) {
        if (quoted || found.items[i][strcspn(found.items[i], " \t'")])
            strlist_take(&completion->matches,
                         xasprintf("%c%s%s", quoted ? *line->current : '\'', found.items[i],
                                   quoted && *line->current == '"' ? "\"" : "'"));
        else
            strlist_add(&completion->matches, found.items[i]);
    }
    strlist_free(&found);
    free(args);
}

static bool is_combined(const char *name)
{
    return *name == 'd' && strlen(name) > 2 && !name[1 + strspn(name + 1, "tvmsEi")];
}

static void complete_by_rule(Shell *shell, SlashLine *line, Completion *completion)
{
    const char *captured, *offer = NULL;
    StrList none = STRLIST_INIT;

    strip_modifiers(line->words.items[0]);
    for (const CompleteRule *rule = slash_rules; rule->when && !offer; rule++)
        if (rule_matches(rule->when, &line->words, line->words.len, true, &captured))
            offer = rule->offer;
    /* \dtv: several kinds in one; the first counts, as in psql. */
    if (!offer && is_combined(line->words.items[0])) {
        line->words.items[0][2] = '\0';
        complete_by_rule(shell, line, completion);
        return;
    }
    if (!offer)
        return;
    if (strcmp(offer, "@files") == 0) {
        complete_file_names(line->current, completion);
    } else if (strcmp(offer, "@variables") == 0) {
        complete_variable_names(shell, line->current, "", "", false, &completion->matches);
    } else if (strcmp(offer, "@set_variables") == 0) {
        complete_variable_names(shell, line->current, "", "", true, &completion->matches);
    } else if (strcmp(offer, "@environment") == 0) {
        complete_environment(line->current, &completion->matches);
    } else if (strcmp(offer, "@statement") == 0) {
        StrList rest = {line->words.items + 1, line->words.len - 1, 0};

        complete_sql(shell, &rest, &none, line->current, &completion->matches);
    } else if (strcmp(offer, "@commands") == 0) {
        complete_command_names(shell, "", line->current, &completion->matches);
    } else {
        complete_offer(shell, offer, captured, &none, line->current, &completion->matches);
    }
}

/* Last character of a sole match that means: more of the same word follows. */
static bool goes_on(const StrList *matches)
{
    const char *only = matches->len == 1 ? matches->items[0] : "";

    return *only && strchr("/.(:", only[strlen(only) - 1]);
}

/* The rows below know more of psql's own commands than the completers that commands share. */
static bool is_shared(MetaComplete complete)
{
    return complete == complete_file || complete == complete_variable;
}

static void complete_argument(Shell *shell, SlashLine *line, Completion *completion)
{
    const MetaCommand *command = meta_find(line->words.items[0]);
    MetaComplete own = command ? command->complete : NULL;

    if (!own || is_shared(own))
        complete_by_rule(shell, line, completion);
    if (completion->matches.len || !own)
        return;
    if (own == complete_file) {
        complete_file_names(line->current, completion);
    } else {
        complete_with(shell, own, line, completion);
    }
}

void complete_slash(Shell *shell, const char *text, Completion *completion)
{
    SlashLine line;

    split_line(text, &line);
    completion->suffix = ' ';
    completion->start = (size_t)(line.current - text);
    if (!line.words.len) {
        completion->start--;
        complete_command_names(shell, "\\", line.current, &completion->matches);
    } else if (*line.current == ':' && line.current[1] != ':') {
        complete_variable_reference(shell, line.current, &completion->matches);
    } else {
        complete_argument(shell, &line, completion);
    }
    if (goes_on(&completion->matches))
        completion->suffix = 0;
    strlist_free(&line.words);
}
