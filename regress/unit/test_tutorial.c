/*
 * test_tutorial.c — the course's step files: every one is in the course, and what is no step file is
 * refused with its line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pgmish/tutorial.h"

#define REST "@text\ntext\n@hint\nhint\n@answer\nSELECT 1;\n@done\ndone\n"

static void every_file_is_a_step(void **state)
{
    TutorialCourse course;
    size_t files = 0;

    (void)state;
    for (const EmbeddedFile *file = embedded_files; file->path; file++) {
        size_t len = strlen(file->path);
        TutorialStep step;
        Diag diag = DIAG_INIT;

        if (len < 5 || strcmp(file->path + len - 5, ".step") != 0)
            continue;
        files++;
        if (!tutorial_step_read(&step, file->data, &diag))
            fail_msg("%s: %s", file->path, diag.message);
        tutorial_step_free(&step);
    }
    tutorial_course_read(&course, true);
    assert_true(files >= 12);
    assert_int_equal(course.count, files);
    assert_non_null(strstr(course.begin, "hint"));
    assert_non_null(strstr(course.end, "\\pgmi init"));
    tutorial_course_free(&course);
}

static void a_step_is_read(void **state)
{
    static const char text[] =
        "@title A title\n@needs step\n@unset a b\n@file x/y.sql\nSELECT 1;\n\nSELECT 2;\n"
        "@check var a\n@check var b = two words\n@check same n SELECT 1\n@check sql SELECT "
        "true\n"
        "@check txn idle\n@check file x/y.sql ~ ^a|b\n@wrong var a ~ c\nNo, "
        ":a.\n@hint\nanother\n" REST;
    TutorialStep step;
    Diag diag = DIAG_INIT;

    (void)state;
    assert_true(tutorial_step_read(&step, text, &diag));
    assert_string_equal(step.title, "A title");
    assert_string_equal(step.needs, "step");
    assert_int_equal(step.unset.len, 2);
    assert_int_equal(step.file_count, 1);
    assert_string_equal(step.files[0].text, "SELECT 1;\n\nSELECT 2;\n");
    assert_int_equal(step.check_count, 6);
    assert_null(step.checks[0].value);
    assert_string_equal(step.checks[1].value, "two words");
    assert_int_equal(step.checks[1].compare, '=');
    assert_string_equal(step.checks[2].value, "SELECT 1");
    assert_string_equal(step.checks[5].value, "^a|b");
    assert_string_equal(step.wrongs[0].remark, "No, :a.\n");
    assert_int_equal(step.hints.len, 2);
    tutorial_step_free(&step);
}

static void mistakes_are_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"@title\n" REST, "line 1"},
        {"@title A\n@title B\n@check var a\n" REST, "line 2"},
        {"title A\n", "line 1"},
        {"@title A\n@nosuch\n" REST, "line 2"},
        {"@title A\n@check\n" REST, "line 2"},
        {"@title A\n@check nosuch a\n" REST, "line 2"},
        {"@title A\n@check var a b\n" REST, "line 2"},
        {"@title A\n@check var a =b\n" REST, "line 2"},
        {"@title A\n@check same n\n" REST, "line 2"},
        {"@title A\n@check sql\n" REST, "line 2"},
        {"@title A\n@check txn closed\n" REST, "line 2"},
        {"@title A\n@check file x\n" REST, "line 2"},
        {"@title A\n@file /etc/passwd\nx\n" REST, "line 2"},
        {"@title A\n@file a/../../b\nx\n" REST, "line 2"},
        {"@title A\n@file a\nx\ny\n@wrong var a\n" REST, "line 5"},
        {"@title A\n" REST, "has a title"},
        {"@title A\n@check var a\n@text\ntext\n", "has a title"},
        {"", "has a title"},
    };

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++) {
        TutorialStep step;
        Diag diag = DIAG_INIT;

        assert_false(tutorial_step_read(&step, cases[i].text, &diag));
        if (!strstr(diag.message, cases[i].message))
            fail_msg("case %zu: %s", i, diag.message);
        diag_reset(&diag);
        tutorial_step_free(&step);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_a_step),
        cmocka_unit_test(a_step_is_read),
        cmocka_unit_test(mistakes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
