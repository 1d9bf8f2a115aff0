/*
 * tutorial_course.c — the course as data: step files into structures (tutorial.h has the format).
 *
 * The files are part of the program, so an error in one is a mistake of whoever wrote it: the unit
 * test reads them all, and a step with an error is left out of the course.
 */
#include "pgmish/tutorial.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "pgmish/meta.h"

#define ROOT "src/shell/tutorial/"

/* ---- conditions --------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    TutorialKind kind;
    bool named; /* a name comes first, else all is the value */
} kinds[] = {
    {"var", TUTORIAL_VAR, true}, {"same", TUTORIAL_SAME, true}, {"sql", TUTORIAL_SQL, false},
    {"txn", TUTORIAL_TXN, true}, {"file", TUTORIAL_FILE, true},
};

/* The next word of a text, which moves behind it and the blanks that follow.  Owned, "" at the
 * end. */
static char *take_word(const char **text)
{
    size_t len = strcspn(*text, " ");
    char *word = xstrndup(*text, len);

    *text += len;
    *text += strspn(*text, " ");
    return word;
}

static void condition_free(TutorialCondition *condition)
{
    free(condition->name);
    free(condition->value);
    free(condition->remark);
}

/* What may stand behind the name: a comparison, for "same" a query. */
static bool condition_rest(TutorialCondition *condition, const char *rest)
{
    switch (condition->kind) {
    case TUTORIAL_VAR:
    case TUTORIAL_FILE:
        if (!*rest)
            return condition->kind == TUTORIAL_VAR;
        condition->compare = rest[0];
        if ((rest[0] != '=' && rest[0] != '~') || rest[1] != ' ')
            return false;
        rest += 2;
        break;
    case TUTORIAL_TXN:
        return !*rest &&
               (strcmp(condition->name, "idle") == 0 || strcmp(condition->name, "open") == 0 ||
                strcmp(condition->name, "failed") == 0);
    case TUTORIAL_SAME:
    case TUTORIAL_SQL:
        if (!*rest)
            return false;
        break;
    }
    condition->value = xstrdup(rest);
    return true;
}

static bool condition_read(TutorialCondition *condition, const char *text)
{
    char *word = take_word(&text);
    size_t i = 0;

    *condition = (TutorialCondition){0};
    while (i < lengthof(kinds) && strcmp(kinds[i].word, word) != 0)
        i++;
    free(word);
    if (i == lengthof(kinds))
        return false;
    condition->kind = kinds[i].kind;
    if (kinds[i].named)
        condition->name = take_word(&text);
    return condition_rest(condition, text);
}

static bool add_condition(TutorialCondition **list, size_t *count, const char *text)
{
    *list = xrealloc(*list, (*count + 1) * sizeof **list);
    return condition_read(&(*list)[(*count)++], text);
}

/* ---- sections ----------------------------------------------------------------------------------- */

/* body: the lines below the keyword's, owned by the caller. */
typedef bool (*SectionReader)(TutorialStep *step, const char *rest, const char *body);

static bool read_title(TutorialStep *step, const char *rest, const char *body)
{
    (void)body;
    step->title = xstrdup(rest);
    return *rest != '\0';
}

static bool read_needs(TutorialStep *step, const char *rest, const char *body)
{
    (void)body;
    step->needs = xstrdup(rest);
    return *rest != '\0';
}

static bool read_unset(TutorialStep *step, const char *rest, const char *body)
{
    (void)body;
    while (*rest)
        strlist_take(&step->unset, take_word(&rest));
    return step->unset.len > 0;
}

static bool read_file(TutorialStep *step, const char *rest, const char *body)
{
    TutorialFile *file;

    step->files = xrealloc(step->files, (step->file_count + 1) * sizeof *step->files);
    file = &step->files[step->file_count++];
    *file = (TutorialFile){xstrdup(rest), xstrdup(body)};
    /* below the course's directory, and nowhere else */
    return *rest && *rest != '/' && !strstr(rest, "..");
}

static bool read_text(TutorialStep *step, const char *rest, const char *body)
{
    step->text = xstrdup(body);
    return !*rest && *body;
}

static bool read_check(TutorialStep *step, const char *rest, const char *body)
{
    return add_condition(&step->checks, &step->check_count, rest) && !*body;
}

static bool read_wrong(TutorialStep *step, const char *rest, const char *body)
{
    bool ok = add_condition(&step->wrongs, &step->wrong_count, rest);

    step->wrongs[step->wrong_count - 1].remark = xstrdup(body);
    return ok && *body;
}

static bool read_hint(TutorialStep *step, const char *rest, const char *body)
{
    strlist_add(&step->hints, body);
    return !*rest && *body;
}

static bool read_answer(TutorialStep *step, const char *rest, const char *body)
{
    step->answer = xstrdup(body);
    return !*rest && *body;
}

static bool read_done(TutorialStep *step, const char *rest, const char *body)
{
    step->done = xstrdup(body);
    return !*rest && *body;
}

static const struct {
    const char *keyword;
    SectionReader read;
    bool once;
} sections[] = {
    {"title", read_title, true},  {"needs", read_needs, true}, {"unset", read_unset, true},
    {"file", read_file, false},   {"text", read_text, true},   {"check", read_check, false},
    {"wrong", read_wrong, false}, {"hint", read_hint, false},  {"answer", read_answer, true},
    {"done", read_done, true},
};

/* Length of the lines up to the next section. */
static size_t body_length(const char *text)
{
    const char *p = text;

    while (*p && *p != '@') {
        p += strcspn(p, "\n");
        p += *p == '\n';
    }
    return (size_t)(p - text);
}

static bool read_section(TutorialStep *step, const char *head, const char *body, unsigned *seen)
{
    char *keyword = take_word(&head);
    bool ok = false;

    for (unsigned i = 0; i < lengthof(sections); i++) {
        if (strcmp(sections[i].keyword, keyword) != 0)
            continue;
        ok = !(sections[i].once && (*seen & 1u << i)) && sections[i].read(step, head, body);
        *seen |= 1u << i;
    }
    free(keyword);
    return ok;
}

bool tutorial_step_read(TutorialStep *step, const char *text, Diag *diag)
{
    unsigned seen = 0;
    int line = 1;

    *step = (TutorialStep){.unset = STRLIST_INIT, .hints = STRLIST_INIT};
    while (*text) {
        size_t head_length = strcspn(text, "\n"), length;
        char *head = xstrndup(text, head_length), *body;
        bool ok;

        text += head_length + (text[head_length] == '\n');
        length = body_length(text);
        body = xstrndup(text, length);
        ok = *head == '@' && read_section(step, head + 1, body, &seen);
        if (!ok)
            diag_set(diag, EXIT_PGMI_OTHER, "line %d: \"%s\" cannot be read", line, head);
        for (text += length, line++; length; length--)
            line += body[length - 1] == '\n';
        free(head);
        free(body);
        if (!ok)
            return false;
    }
    if (step->title && step->text && step->check_count && step->hints.len && step->answer &&
        step->done)
        return true;
    return diag_set(diag, EXIT_PGMI_OTHER,
                    "a step has a title, text, check, hint, answer and done");
}

void tutorial_step_free(TutorialStep *step)
{
    free(step->title);
    free(step->needs);
    free(step->text);
    free(step->answer);
    free(step->done);
    strlist_free(&step->unset);
    strlist_free(&step->hints);
    for (size_t i = 0; i < step->file_count; i++) {
        free(step->files[i].path);
        free(step->files[i].text);
    }
    for (size_t i = 0; i < step->check_count; i++)
        condition_free(&step->checks[i]);
    for (size_t i = 0; i < step->wrong_count; i++)
        condition_free(&step->wrongs[i]);
    free(step->files);
    free(step->checks);
    free(step->wrongs);
    *step = (TutorialStep){.unset = STRLIST_INIT, .hints = STRLIST_INIT};
}

/* ---- the course --------------------------------------------------------------------------------- */

static bool is_step(const EmbeddedFile *file)
{
    size_t len = strlen(file->path);

    return strncmp(file->path, ROOT, sizeof(ROOT) - 1) == 0 && len > 5 &&
           strcmp(file->path + len - 5, ".step") == 0;
}

static const char *text_of(const char *path)
{
    const EmbeddedFile *file = embedded_file(path);

    return file ? file->data : "";
}

void tutorial_course_read(TutorialCourse *course, bool all)
{
    *course = (TutorialCourse){text_of(ROOT "begin.txt"), text_of(ROOT "end.txt"), NULL, 0};
    for (const EmbeddedFile *file = embedded_files; file->path; file++) {
        Diag diag = DIAG_INIT;
        TutorialStep step;

        if (!is_step(file))
            continue;
        if (tutorial_step_read(&step, file->data, &diag) &&
            (all || !step.needs || meta_find(step.needs))) {
            course->steps = xrealloc(course->steps,
                                     (course->count + 1) * sizeof *course->steps);
            course->steps[course->count++] = step;
        } else {
            tutorial_step_free(&step);
        }
        diag_reset(&diag);
    }
}

void tutorial_course_free(TutorialCourse *course)
{
    for (size_t i = 0; i < course->count; i++)
        tutorial_step_free(&course->steps[i]);
    free(course->steps);
    *course = (TutorialCourse){0};
}
