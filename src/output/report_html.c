/*
 * report_html.c — a run as one page of HTML: plan, durations, tests, failures with their source.
 *
 * The page stands alone: its style is inside, there is no script and nothing to fetch, and a content
 * security policy says so to the browser.  Every text is escaped on its way out, by two functions only.
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>

/* Lines of source around a failure. */
enum { LINES_BEFORE = 4, LINES_AFTER = 3 };
/* More passed tests than this are folded up. */
enum { MOST_OPEN = 60 };

void page_free(Page *page)
{
    for (size_t i = 0; i < page->file_count; i++) {
        for (size_t k = 0; k < page->files[i].statement_count; k++)
            free(page->files[i].statements[k].text);
        free(page->files[i].statements);
        free(page->files[i].path);
        free(page->files[i].sort_key);
    }
    free(page->files);
    free(page->project);
    free(page->root);
    free(page->server);
    free(page->version);
    free(page->deployment.how);
    free(page->deployment.remark);
    test_failure_free(page->deployment.failure);
    strlist_free(&page->parameters);
    *page = (Page){0};
}

/* ---- escaping ---------------------------------------------------------------------------------- */

static void add_textn(StrBuf *out, const char *text, size_t len)
{
    char *copy = xstrndup(text, len);
    StrBuf clean = STRBUF_INIT;

    report_clean(&clean, copy);
    for (const char *p = clean.data; *p; p++) {
        const char *name = *p == '<'    ? "&lt;"
                           : *p == '>'  ? "&gt;"
                           : *p == '&'  ? "&amp;"
                           : *p == '"'  ? "&quot;"
                           : *p == '\'' ? "&#39;"
                                        : NULL;

        if (name)
            strbuf_add(out, name);
        else
            strbuf_addc(out, *p);
    }
    strbuf_free(&clean);
    free(copy);
}

static void add_text(StrBuf *out, const char *text)
{
    add_textn(out, text ? text : "", text ? strlen(text) : 0);
}

/* <TAG class="CLASS">text</TAG>; tag and class are words of ours. */
static void add_element(StrBuf *out, const char *tag, const char *class_name, const char *text)
{
    strbuf_addf(out, class_name ? "<%s class=\"%s\">" : "<%s>", tag, class_name);
    add_text(out, text);
    strbuf_addf(out, "</%s>", tag);
}

/* With a point in any locale: a style sheet takes nothing else. */
static void add_decimal(StrBuf *out, double number, int decimals, const char *unit)
{
    strbuf_add_decimal(out, number, decimals);
    strbuf_add(out, unit);
}

static void add_duration(StrBuf *out, double milliseconds)
{
    if (milliseconds < 0)
        strbuf_add(out, "\xe2\x80\x93");
    else if (milliseconds < 1000)
        add_decimal(out, milliseconds, 1, " ms");
    else if (milliseconds < 60000)
        add_decimal(out, milliseconds / 1000, 2, " s");
    else
        strbuf_addf(out, "%d min %02d s", (int)(milliseconds / 60000),
                    (int)(milliseconds / 1000) % 60);
}

static void add_bar(StrBuf *out, double milliseconds, double longest, bool bad)
{
    strbuf_add(out, "<td class=\"bar\">");
    if (milliseconds >= 0 && longest > 0) {
        strbuf_addf(out, "<i%s style=\"width:", bad ? " class=\"bad\"" : "");
        add_decimal(out, 100 * milliseconds / longest, 1, "%\"></i>");
    }
    strbuf_add(out, "</td><td class=\"n\">");
    add_duration(out, milliseconds);
    strbuf_add(out, "</td>");
}

/* ---- head --------------------------------------------------------------------------------------- */

static bool page_failed(const Page *page)
{
    return (page->deployment.how && !page->deployment.ok) ||
           (page->tests && page->tests->failed);
}

static void add_head(const Page *page, StrBuf *out)
{
    const EmbeddedFile *style = embedded_file("src/output/page/report.css");
    bool ran = page->deployment.how || page->tests;
    const char *word = page_failed(page) ? "bad" : ran ? "good" : "idle";
    char when[32];

    strbuf_add(out,
               "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
               "style-src 'unsafe-inline'\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
               "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    add_text(out, page->project);
    strbuf_addf(out, " \xc2\xb7 %s</title>\n<style>\n",
                page_failed(page) ? "failed" : "report");
    if (style)
        strbuf_addn(out, style->data, style->len);
    strbuf_add(out, "</style>\n</head>\n<body>\n<main>\n<header>\n");
    add_element(out, "h1", NULL, page->project);
    strbuf_addf(out, "<span class=\"pill %s\">%s</span>\n<p>", word,
                page_failed(page) ? "failed"
                : ran             ? "passed"
                                  : "nothing has run");
    add_text(out, page->root);
    if (page->server) {
        strbuf_add(out, " \xc2\xb7 ");
        add_text(out, page->server);
    }
    report_time(page->when, when);
    when[10] = ' ';
    strbuf_addf(out, " \xc2\xb7 %s UTC</p>\n</header>\n", when);
}

static void add_fact(StrBuf *out, const char *name, const char *class_name, const char *value,
                     const char *remark)
{
    strbuf_add(out, "<div class=\"card\">");
    add_element(out, "dt", NULL, name);
    add_element(out, "dd", class_name, value);
    if (remark) {
        strbuf_truncate(out, out->len - strlen("</dd>"));
        add_element(out, "small", NULL, remark);
        strbuf_add(out, "</dd>");
    }
    strbuf_add(out, "</div>\n");
}

static void add_deployment_fact(const PageDeployment *deployment, StrBuf *out)
{
    StrBuf remark = STRBUF_INIT;

    if (!deployment->how)
        return;
    strbuf_addf(&remark, "%s%s%s \xc2\xb7 ", deployment->how, deployment->remark ? ", " : "",
                deployment->remark ? deployment->remark : "");
    add_duration(&remark, deployment->milliseconds);
    add_fact(out, "Deployment", deployment->ok ? "good" : "bad",
             deployment->ok ? "succeeded" : "failed", remark.data);
    strbuf_free(&remark);
}

static void add_test_facts(const TestRun *run, StrBuf *out)
{
    StrBuf duration = STRBUF_INIT;
    char number[24];

    snprintf(number, sizeof(number), "%zu", run->passed);
    add_fact(out, "Tests passed", run->passed ? "good" : NULL, number, NULL);
    snprintf(number, sizeof(number), "%zu", run->failed);
    add_fact(out, "Failed", run->failed ? "bad" : NULL, number, NULL);
    if (run->not_run) {
        snprintf(number, sizeof(number), "%zu", run->not_run);
        add_fact(out, "Not run", "idle", number, NULL);
    }
    add_duration(&duration, run->milliseconds);
    add_fact(out, "Test time", NULL, duration.data, NULL);
    strbuf_free(&duration);
}

static void add_part(StrBuf *out, char class_letter, size_t part, double all)
{
    strbuf_addf(out, "<i class=\"%c\" style=\"width:", class_letter);
    add_decimal(out, 100 * (double)part / all, 2, "%\"></i>");
}

static void add_share(const TestRun *run, StrBuf *out)
{
    double all = (double)(run->passed + run->failed + run->not_run);

    if (all <= 0)
        return;
    strbuf_add(out, "<div class=\"share\">");
    add_part(out, 'p', run->passed, all);
    add_part(out, 'f', run->failed, all);
    add_part(out, 'n', run->not_run, all);
    strbuf_add(out, "</div>\n");
}

static void add_facts(const Page *page, StrBuf *out)
{
    char number[24];

    strbuf_add(out, "<dl class=\"facts\">\n");
    add_deployment_fact(&page->deployment, out);
    if (page->tests)
        add_test_facts(page->tests, out);
    snprintf(number, sizeof(number), "%zu", page->file_count);
    add_fact(out, "Files in the plan", NULL, number, NULL);
    strbuf_add(out, "</dl>\n");
    if (page->tests)
        add_share(page->tests, out);
}

/* ---- failures -------------------------------------------------------------------------------------- */

static void add_source_line(StrBuf *out, int number, const char *line, size_t len, bool hit)
{
    while (len && line[len - 1] == '\r')
        len--;
    strbuf_addf(out, "<span class=\"l%s\"><b>%d</b>", hit ? " hit" : "", number);
    add_textn(out, line, len);
    strbuf_add(out, "</span>");
}

/* The caret stands behind the same text as the place, unseen: right under whatever its width. */
static void add_caret(StrBuf *out, const char *line, size_t len, int column)
{
    const char *p = line;

    for (int i = 1; i < column && p < line + len; i++) {
        size_t used = utf8_sequence((const unsigned char *)p, (size_t)(line + len - p));

        p += used ? used : 1;
    }
    strbuf_add(out, "<span class=\"l caret\"><b></b><u aria-hidden=\"true\">");
    add_textn(out, line, (size_t)(p - line));
    strbuf_add(out, "</u>^</span>");
}

/* Lines around the place, from the whole text of the file. */
static void add_excerpt(StrBuf *out, const char *text, int line, int column)
{
    int number = 1;

    strbuf_add(out, "<pre>");
    for (const char *p = text; *p; number++) {
        size_t len = strcspn(p, "\n");

        if (number >= line - LINES_BEFORE && number <= line + LINES_AFTER) {
            add_source_line(out, number, p, len, number == line);
            if (number == line && column)
                add_caret(out, p, len, column);
        }
        p += len + (p[len] == '\n');
    }
    strbuf_add(out, "</pre>\n");
}

static void add_source(const Page *page, const TestFailure *failure, StrBuf *out)
{
    char *text = failure->file && failure->line && page->source
                     ? page->source(page->ctx, failure->file)
                     : NULL;

    if (text) {
        add_excerpt(out, text, failure->line, failure->column);
    } else if (failure->source) {
        strbuf_add(out, "<pre>");
        add_source_line(out, failure->line, failure->source, strlen(failure->source), true);
        if (failure->column)
            add_caret(out, failure->source, strlen(failure->source), failure->column);
        strbuf_add(out, "</pre>\n");
    }
    free(text);
}

static void add_detail(StrBuf *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    add_element(out, "dt", NULL, name);
    add_element(out, "dd", NULL, text);
}

static void add_list(StrBuf *out, const char *name, const StrList *list, const char *between)
{
    StrBuf text = STRBUF_INIT;

    for (size_t i = 0; i < list->len; i++)
        strbuf_addf(&text, "%s%s", i ? between : "", list->items[i]);
    add_detail(out, name, text.data);
    strbuf_free(&text);
}

static void add_failure(const Page *page, const char *title, const TestFailure *failure,
                        const StrList *notices, StrBuf *out)
{
    StrBuf place = STRBUF_INIT;
    bool elsewhere;

    report_place(&place, failure);
    elsewhere = strncmp(place.data, title, strlen(title)) != 0;
    strbuf_add(out, "<article class=\"card failure\">\n");
    add_element(out, "h3", "path", elsewhere ? title : place.data);
    strbuf_add(out, "<p class=\"message\">");
    add_text(out, failure->message);
    if (*failure->sqlstate)
        strbuf_addf(out, " <code>%s</code>", failure->sqlstate);
    strbuf_add(out, "</p>\n");
    add_source(page, failure, out);
    strbuf_add(out, "<dl>\n");
    if (elsewhere)
        add_detail(out, "Place", place.data);
    if (failure->chain.len > 1)
        add_list(out, "Reached by", &failure->chain, " \xe2\x86\x92 ");
    add_detail(out, "Detail", failure->detail);
    add_detail(out, "Hint", failure->hint);
    if (notices)
        add_list(out, "Said before", notices, "\n");
    strbuf_add(out, "</dl>\n</article>\n");
    strbuf_free(&place);
}

static void add_failures(const Page *page, StrBuf *out)
{
    const TestRun *run = page->tests;

    if (page->deployment.failure) {
        strbuf_add(out, "<h2>The deployment failed</h2>\n");
        add_failure(page,
                    page->deployment.failure->file ? page->deployment.failure->file
                                                   : page->deployment.how,
                    page->deployment.failure, NULL, out);
    }
    if (!run || !run->failed)
        return;
    strbuf_addf(out, "<h2>Failures <small>%zu</small></h2>\n", run->failed);
    for (size_t i = 0; i < run->count; i++)
        if (run->cases[i].failure)
            add_failure(page, run->cases[i].path ? run->cases[i].path : run->origin,
                        run->cases[i].failure, &run->cases[i].notices, out);
}

/* ---- tests ------------------------------------------------------------------------------------------ */

static void add_case(const TestCase *test, double longest, StrBuf *out)
{
    static const char *const classes[] = {"s idle", "s good", "s bad"};
    static const char *const words[] = {"not run", "passed", "failed"};

    strbuf_add(out, "<tr>");
    add_element(out, "td", classes[test->status], words[test->status]);
    strbuf_add(out, "<td class=\"path\">");
    add_text(out, test->path ? test->path : test_case_name(test));
    if (test->kind == CASE_FIXTURE)
        strbuf_add(out, " <small>fixture</small>");
    if (test->reason) {
        strbuf_addc(out, ' ');
        add_element(out, "small", NULL, test->reason);
    }
    strbuf_add(out, "</td>");
    add_bar(out, test->milliseconds, longest, test->status == CASE_FAILED);
    strbuf_add(out, "</tr>\n");
}

static void add_cases(const TestRun *run, bool passed, StrBuf *out)
{
    double longest = 0;

    for (size_t i = 0; i < run->count; i++)
        if (run->cases[i].milliseconds > longest)
            longest = run->cases[i].milliseconds;
    strbuf_add(out, "<table>\n");
    for (size_t i = 0; i < run->count; i++)
        if (passed || run->cases[i].status == CASE_FAILED)
            add_case(&run->cases[i], longest, out);
    strbuf_add(out, "</table>\n");
}

static void add_tests(const TestRun *run, StrBuf *out)
{
    bool fold = run->count > MOST_OPEN;

    strbuf_add(out, "<h2>Tests <small>");
    add_text(out, run->origin);
    if (run->pattern) {
        strbuf_add(out, ", pattern ");
        add_text(out, run->pattern);
    }
    strbuf_add(out, "</small></h2>\n<div class=\"card\">\n");
    if (fold && run->failed)
        add_cases(run, false, out);
    if (fold)
        strbuf_addf(out, "<details><summary>All %zu fixtures and tests</summary>\n",
                    run->count);
    add_cases(run, true, out);
    strbuf_add(out, fold ? "</details>\n</div>\n" : "</div>\n");
}

/* ---- plan ---------------------------------------------------------------------------------------------- */

static void add_file_name(const PageFile *file, StrBuf *out)
{
    add_text(out, file->path);
    if (file->sort_key) {
        strbuf_addc(out, ' ');
        add_element(out, "small", NULL, file->sort_key);
    }
    if (file->once)
        strbuf_add(out, " <small>once</small>");
}

static void add_statements(const PageFile *file, StrBuf *out)
{
    strbuf_add(out, "<details><summary>");
    add_file_name(file, out);
    strbuf_add(out, "</summary><table>\n");
    for (size_t i = 0; i < file->statement_count; i++) {
        const PageStatement *statement = &file->statements[i];

        strbuf_addf(out, "<tr><td class=\"n\">line %u</td><td><code>", statement->line);
        add_text(out, statement->text);
        strbuf_addf(out, "</code></td><td class=\"n\">%llu\xc3\x97</td><td class=\"n\">",
                    (unsigned long long)statement->calls);
        add_duration(out, statement->milliseconds);
        strbuf_add(out, "</td></tr>\n");
    }
    strbuf_add(out, "</table></details>");
}

static void add_file(const PageFile *file, size_t number, double longest, StrBuf *out)
{
    strbuf_addf(out, "<tr><td class=\"n\">%zu</td><td class=\"path\">", number);
    if (file->statement_count)
        add_statements(file, out);
    else
        add_file_name(file, out);
    strbuf_add(out, "</td>");
    add_bar(out, file->milliseconds, longest, false);
    strbuf_add(out, "</tr>\n");
}

static void add_plan(const Page *page, StrBuf *out)
{
    double longest = 0;
    bool fold = page->file_count > MOST_OPEN;

    for (size_t i = 0; i < page->file_count; i++)
        if (page->files[i].milliseconds > longest)
            longest = page->files[i].milliseconds;
    strbuf_add(out, "<h2>Plan <small>files in the order in which they run</small></h2>\n");
    if (!page->traced)
        strbuf_add(out, "<p class=\"note\">Durations of files and statements are noted while "
                        "<code>\\trace on</code> is in force before the deployment.</p>\n");
    strbuf_add(out, "<div class=\"card\">\n");
    if (fold)
        strbuf_addf(out, "<details><summary>All %zu rows</summary>\n", page->file_count);
    strbuf_add(out, "<table>\n");
    for (size_t i = 0; i < page->file_count; i++)
        add_file(&page->files[i], i + 1, longest, out);
    strbuf_add(out, fold ? "</table></details>\n</div>\n" : "</table>\n</div>\n");
}

/* ---- the whole ------------------------------------------------------------------------------------------- */

void page_html(const Page *page, StrBuf *out)
{
    add_head(page, out);
    add_facts(page, out);
    add_failures(page, out);
    if (page->tests && page->tests->count)
        add_tests(page->tests, out);
    if (page->file_count)
        add_plan(page, out);
    if (page->parameters.len) {
        strbuf_add(out, "<h2>Parameters <small>names only</small></h2>\n<p class=\"path\">");
        for (size_t i = 0; i < page->parameters.len; i++) {
            strbuf_add(out, i ? ", " : "");
            add_text(out, page->parameters.items[i]);
        }
        strbuf_add(out, "</p>\n");
    }
    strbuf_add(out, "<footer>Written by ");
    add_text(out, page->version);
    strbuf_add(out, "</footer>\n</main>\n</body>\n</html>\n");
}
