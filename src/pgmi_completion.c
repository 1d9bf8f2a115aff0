/*
 * pgmi_completion.c — completion scripts for four shells, written from the same tables that the
 * parser and --help read.
 */
#include <stdlib.h>
#include <string.h>

#include "pgmi.h"

/* What the words behind an option may be; "": anything, NULL: a file. */
static char *choices(const PgmiOption *option)
{
    StrList names = STRLIST_INIT;
    StrBuf out = STRBUF_INIT;

    if (strcmp(option->name, "sslmode") == 0)
        return xstrdup("disable allow prefer require verify-ca verify-full");
    if (strcmp(option->name, "report") == 0)
        return xstrdup("tap junit json");
    if (strcmp(option->name, "idempotent") == 0)
        return xstrdup("true false");
    if (strcmp(option->name, "template") == 0) {
        template_names(&names);
        for (size_t i = 0; i < names.len; i++)
            strbuf_addf(&out, "%s%s", i ? " " : "", names.items[i]);
        strlist_free(&names);
        return strbuf_detach(&out);
    }
    return option->value && strcmp(option->value, "FILE") == 0 ? NULL : xstrdup("");
}

static void add_option_words(const PgmiOption *table, StrBuf *out)
{
    for (; table && table->name; table++)
        strbuf_addf(out, "%s--%s", out->len ? " " : "", table->name);
}

/* The first words, or the second ones of a group; each once. */
static void add_command_words(const char *group, StrBuf *out)
{
    StrList seen = STRLIST_INIT;
    size_t len = group ? strlen(group) : 0;

    for (const PgmiCommand *const *command = pgmi_commands; *command; command++) {
        const char *name = (*command)->name;
        char *word;

        if (group && (strncmp(name, group, len) != 0 || name[len] != ' '))
            continue;
        word = group ? xstrdup(name + len + 1) : xstrndup(name, strcspn(name, " "));
        if (!strlist_has(&seen, word)) {
            strlist_add(&seen, word);
            strbuf_addf(out, "%s%s", out->len ? " " : "", word);
        }
        free(word);
    }
    strlist_free(&seen);
}

/* Words of which a command takes one. */
static void add_fixed_words(const PgmiCommand *command, StrBuf *out)
{
    static const PgmiOption template = {.name = "template"};

    if (strcmp(command->name, "templates describe") == 0) {
        char *names = choices(&template);

        strbuf_add(out, names);
        free(names);
    }
    if (strcmp(command->name, "completion") == 0)
        strbuf_add(out, "bash zsh fish powershell");
}

/* What may follow a command's name, as one line of words. */
static char *words_of(const PgmiCommand *command)
{
    StrBuf out = STRBUF_INIT;

    add_fixed_words(command, &out);
    add_option_words(command->options, &out);
    add_option_words(pgmi_global_options, &out);
    return strbuf_detach(&out);
}

/* Calls fn for each option whose value has known choices, or is a file. */
typedef void (*ChoiceFn)(const PgmiOption *option, const char *words);

static void each_choice(ChoiceFn fn)
{
    StrList seen = STRLIST_INIT;

    for (const PgmiCommand *const *command = pgmi_commands; *command; command++)
        for (const PgmiOption *o = (*command)->options; o && o->name; o++) {
            char *words;

            if (o->kind == PGMI_FLAG || strlist_has(&seen, o->name))
                continue;
            strlist_add(&seen, o->name);
            words = choices(o);
            fn(o, words);
            free(words);
        }
    strlist_free(&seen);
}

/* ---- bash, and zsh by way of bash's functions --------------------------------------------- */

static void bash_choice(const PgmiOption *option, const char *words)
{
    char letter[8] = "";

    if (option->letter)
        snprintf(letter, sizeof(letter), "|-%c", option->letter);
    if (!words)
        printf("    --%s%s) _pgmi_paths -f \"$cur\"; return ;;\n", option->name, letter);
    else
        printf("    --%s%s) COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")); return ;;\n",
               option->name, letter, words);
}

/* Names may hold blanks: one a line.  zsh has no compopt and quotes them itself. */
static const char bash_paths[] =
    "_pgmi_paths()\n{\n  local path\n"
    "  while IFS= read -r path; do COMPREPLY+=(\"$path\"); done < <(compgen \"$1\" -- \"$2\")\n"
    "  compopt -o filenames 2>/dev/null\n}\n";

static void bash_functions(void)
{
    StrBuf first = STRBUF_INIT;
    StrList groups = STRLIST_INIT;

    add_command_words(NULL, &first);
    printf("%s_pgmi_words()\n{\n  local cur=\"${COMP_WORDS[COMP_CWORD]}\" "
           "prev=\"${COMP_WORDS[COMP_CWORD-1]}\" words\n  COMPREPLY=()\n"
           "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "    COMPREPLY=($(compgen -W \"%s --help --version\" -- \"$cur\")); return\n  fi\n"
           "  case \"$prev\" in\n",
           bash_paths, first.data);
    each_choice(bash_choice);
    printf("  esac\n  case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
    for (const PgmiCommand *const *command = pgmi_commands; *command; command++) {
        char *words = words_of(*command);
        const char *name = (*command)->name, *space = strchr(name, ' ');

        printf("    \"%s\"*) words=\"%s\" ;;\n", name, words);
        if (space) {
            char *group = xstrndup(name, (size_t)(space - name));

            if (!strlist_has(&groups, group))
                strlist_add(&groups, group);
            free(group);
        }
        free(words);
    }
    for (size_t i = 0; i < groups.len; i++) {
        StrBuf words = STRBUF_INIT;

        add_command_words(groups.items[i], &words);
        printf("    \"%s \"*) words=\"%s\" ;;\n", groups.items[i], words.data);
        strbuf_free(&words);
    }
    printf("  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
           "  case \"$cur\" in -*) ;; *) _pgmi_paths -d \"$cur\" ;; esac\n}\n"
           "complete -F _pgmi_words pgmi\n");
    strlist_free(&groups);
    strbuf_free(&first);
}

static void bash(void)
{
    printf(
        "# bash completion for pgmi: source it, or put it into bash-completion's directory\n");
    bash_functions();
}

/* As a file _pgmi on the fpath it is run as the function of that name when it is first needed,
 * and must then also complete. */
static void zsh(void)
{
    printf(
        "#compdef pgmi\n# zsh completion for pgmi: source it, or put it as _pgmi on the fpath\n"
        "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }\n"
        "autoload -U +X bashcompinit && bashcompinit\n");
    bash_functions();
    printf("[[ ${funcstack[1]} = _pgmi ]] && _bash_complete -F _pgmi_words\n");
}

/* ---- fish --------------------------------------------------------------------------------------- */

/* In single quotes. */
static void fish_quoted(const char *text)
{
    putchar('\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    putchar('\'');
}

static void fish_options(const char *first, const PgmiOption *table)
{
    for (; table && table->name; table++) {
        char *words = table->kind == PGMI_FLAG ? NULL : choices(table);

        printf("complete -c pgmi -n '__fish_seen_subcommand_from %s' -l %s", first,
               table->name);
        if (table->letter)
            printf(" -s %c", table->letter);
        if (table->kind != PGMI_FLAG)
            printf(words ? " -x" : " -r");
        if (words && *words)
            printf(" -a '%s'", words);
        printf(" -d ");
        fish_quoted(table->help);
        putchar('\n');
        free(words);
    }
}

/* "templates list": list, behind templates, while none of that group's words is there yet. */
static void fish_second_word(const PgmiCommand *command, const char *group)
{
    StrBuf words = STRBUF_INIT;

    add_command_words(group, &words);
    printf("complete -c pgmi -f -n '__fish_seen_subcommand_from %s; and not "
           "__fish_seen_subcommand_from %s' -a '%s' -d ",
           group, words.data, command->name + strlen(group) + 1);
    fish_quoted(command->brief);
    putchar('\n');
    strbuf_free(&words);
}

static void fish_command(const PgmiCommand *command)
{
    const char *space = strchr(command->name, ' ');
    char *word = xstrndup(command->name, strcspn(command->name, " "));
    StrBuf first = STRBUF_INIT;

    if (space)
        fish_second_word(command, word);
    add_fixed_words(command, &first);
    if (first.len)
        printf("complete -c pgmi -f -n '__fish_seen_subcommand_from %s' -a '%s'\n",
               space ? space + 1 : word, first.data);
    fish_options(word, command->options);
    strbuf_free(&first);
    free(word);
}

static void fish(void)
{
    printf("# fish completion for pgmi\n");
    for (const PgmiCommand *const *command = pgmi_commands; *command; command++)
        if (!strchr((*command)->name, ' ')) {
            printf("complete -c pgmi -f -n '__fish_use_subcommand' -a '%s' -d ",
                   (*command)->name);
            fish_quoted((*command)->brief);
            putchar('\n');
        }
    printf("complete -c pgmi -f -n '__fish_use_subcommand' -a 'templates metadata'\n"
           "complete -c pgmi -l help -d 'show help'\n"
           "complete -c pgmi -s v -l verbose -d 'say more'\n");
    for (const PgmiCommand *const *command = pgmi_commands; *command; command++)
        fish_command(*command);
}

/* ---- PowerShell -------------------------------------------------------------------------------- */

static void powershell_words(const char *key, const char *words)
{
    char *copy = xstrdup(words), *save = NULL;

    printf("  '%s' = @(", key);
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
        printf("%s'%s'", word == copy ? "" : ", ", word);
    printf(")\n");
    free(copy);
}

static void powershell_choice(const PgmiOption *option, const char *words)
{
    char key[64];

    snprintf(key, sizeof(key), "--%s", option->name);
    if (words && *words)
        powershell_words(key, words);
}

static void powershell(void)
{
    StrBuf first = STRBUF_INIT;

    add_command_words(NULL, &first);
    printf("# PowerShell completion for pgmi\n$pgmiWords = @{\n");
    powershell_words("", first.data);
    for (const PgmiCommand *const *command = pgmi_commands; *command; command++) {
        char *words = words_of(*command);

        powershell_words((*command)->name, words);
        free(words);
    }
    each_choice(powershell_choice);
    printf("}\nRegister-ArgumentCompleter -Native -CommandName pgmi -ScriptBlock {\n"
           "  param($wordToComplete, $commandAst, $cursorPosition)\n"
           "  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |"
           " ForEach-Object { \"$_\" })\n"
           "  if ($wordToComplete) { $words = @($words | Select-Object -SkipLast 1) }\n"
           "  $key = ''\n"
           "  foreach ($k in $pgmiWords.Keys) {\n"
           "    if ((($words -join ' ') + ' ').StartsWith($k + ' ') -and"
           " $k.Length -gt $key.Length) { $key = $k }\n  }\n"
           "  if ($words.Count -and $pgmiWords.ContainsKey($words[-1]) -and"
           " $words[-1].StartsWith('--')) { $key = $words[-1] }\n"
           "  $pgmiWords[$key] | Where-Object { $_ -like \"$wordToComplete*\" } |"
           " ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n}\n");
    strbuf_free(&first);
}

/* ---- the command ----------------------------------------------------------------------------------- */

static int run(Pgmi *pgmi)
{
    static const struct {
        const char *name;
        void (*write)(void);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}, {"powershell", powershell}};
    Diag diag = DIAG_INIT;

    for (size_t i = 0; i < lengthof(shells); i++)
        if (strcmp(shells[i].name, pgmi->args.words[0]) == 0) {
            shells[i].write();
            return 0;
        }
    diag_set(&diag, EXIT_PGMI_USAGE, "there is no completion for shell \"%s\"",
             pgmi->args.words[0]);
    diag_hint(&diag, "Shells are bash, zsh, fish and powershell.");
    pgmi_error(pgmi, &diag);
    diag_reset(&diag);
    return EXIT_PGMI_USAGE;
}

const PgmiCommand pgmi_command_completion = {
    .name = "completion",
    .synopsis = "bash|zsh|fish|powershell",
    .brief = "print a completion script",
    .least = 1,
    .most = 1,
    .run = run,
};
