/*
 * test_support_text.c — letters, decimals, UTF-8, JSON strings, redaction, hashes, and the password prompt on a
 * real pseudo-terminal.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "pgmish/support.h"

/* ---- letters and decimals ---------------------------------------------------------------------- */

/* Every pair of bytes: equal when they are the same letter of ASCII, and ordered as bytes otherwise.
 * (regress/t/locale.t does it again where the C library thinks otherwise.) */
static void letters_of_every_kind(void **state)
{
    (void)state;
    for (int a = 1; a < 256; a++) {
        for (int b = 1; b < 256; b++) {
            const char x[] = {(char)a, 'Q', '\0'}, y[] = {(char)b, 'q', '\0'};
            bool letters = a < 128 && (a | 32) >= 'a' && (a | 32) <= 'z';
            bool same = a == b || (letters && (a | 32) == (b | 32) && b < 128);

            assert_int_equal(ascii_casecmp(x, y) == 0, same);
            assert_int_equal(ascii_casecmp(x, y) < 0, ascii_casecmp(y, x) > 0);
        }
    }
    assert_true(ascii_casecmp("commit", "COMMITTED") < 0);
    assert_true(ascii_casecmp("commit", "") > 0);
    assert_int_equal(ascii_ncasecmp("commit", "COMMITTED", 6), 0);
    assert_int_equal(ascii_ncasecmp("a", "b", 0), 0);
    assert_int_equal(ascii_ncasecmp("a", "A", 10), 0); /* the end of both is within n */
}

static void words_in_a_text(void **state)
{
    const char *text = "a pgm PGMI_test";

    (void)state;
    assert_ptr_equal(ascii_casestr(text, "pgmi_TEST"), text + 6);
    assert_ptr_equal(ascii_casestr(text, ""), text);
    assert_null(ascii_casestr(text, "pgmi_tests"));
    assert_null(ascii_casestr("", "x"));
}

static void decimals(void **state)
{
    static const struct {
        double number;
        int decimals;
        const char *text;
    } cases[] = {{0, 1, "0.0"},
                 {0.04, 1, "0.0"},
                 {0.05, 1, "0.1"},
                 {9.996, 2, "10.00"},
                 {12.3456, 3, "12.346"},
                 {0.000001, 6, "0.000001"},
                 {1e12, 3, "1000000000000.000"}};

    (void)state;
    for (size_t i = 0; i < lengthof(cases); i++) {
        StrBuf out = STRBUF_INIT;

        strbuf_add_decimal(&out, cases[i].number, cases[i].decimals);
        assert_string_equal(out.data, cases[i].text);
        strbuf_free(&out);
    }
}

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

static size_t encode(uint32_t code, unsigned char out[4])
{
    if (code < 0x80) {
        out[0] = (unsigned char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (unsigned char)(0xC0 | code >> 6);
        out[1] = 0x80 | (code & 0x3F);
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (unsigned char)(0xE0 | code >> 12);
        out[1] = 0x80 | (code >> 6 & 0x3F);
        out[2] = 0x80 | (code & 0x3F);
        return 3;
    }
    out[0] = (unsigned char)(0xF0 | code >> 18);
    out[1] = 0x80 | (code >> 12 & 0x3F);
    out[2] = 0x80 | (code >> 6 & 0x3F);
    out[3] = 0x80 | (code & 0x3F);
    return 4;
}

/* Every code point there is, and those that there must not be. */
static void utf8_every_code_point(void **state)
{
    uint32_t code;

    (void)state;
    for (code = 0; code < 0x200000; code++) {
        bool valid = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
        unsigned char bytes[4];
        size_t len = encode(code, bytes), used, cut;

        if (utf8_sequence(bytes, len) != (valid ? len : 0))
            fail_msg("U+%04X", code);
        if (!valid)
            continue;
        if (utf8_decode(bytes, len, &used) != code || used != len)
            fail_msg("U+%04X does not decode", code);
        for (cut = 1; cut < len; cut++)
            assert_int_equal(utf8_sequence(bytes, cut), 0);
    }
}

static void utf8_broken(void **state)
{
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x9F\xBF",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xED\xA0\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "\xC3("};
    size_t i;

    (void)state;
    for (i = 0; i < lengthof(bad); i++) {
        char *text = xasprintf("0123456789\xC3\xA9%s tail", bad[i]);

        assert_int_equal(utf8_valid_prefix(text, strlen(text)), 12);
        free(text);
    }
    assert_int_equal(utf8_valid_prefix("", 0), 0);
}

/* ---- JSON, redaction, hashes ---------------------------------------------------------------------- */

static void json_strings(void **state)
{
    StrBuf out = STRBUF_INIT;

    (void)state;
    json_add_stringn(&out, "a\"b\\c\n\r\t\x01\0\x7f\xC3\xA9\xFF\xE2\x82", 16);
    assert_string_equal(out.data, "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u0000\x7f\xC3\xA9"
                                  "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    strbuf_free(&out);
}

static void no_part_of_a_password_stays(void **state)
{
    static const char *const messages[] = {
        "password='topsecret",
        "password='top\\'secret' host=h",
        "password='top''secret' host=h",
        "password=\"top secret",
        "password=top\\ secret host=h",
        "password=top'secret host=h",
        "PgPassword\t=\n'secret'",
        "postgres://user@tenant:secret@host/db",
        "postgres://:secret@host/db",
        "a://b://c:secret@d",
        "x postgresql://u:sec:ret/@host postgresql://v:secret@host2",
    };
    size_t i;

    (void)state;
    for (i = 0; i < lengthof(messages); i++) {
        char *clean = redact(messages[i]);

        if (strstr(clean, "sec") || !strstr(clean, "[redacted]"))
            fail_msg("%s became %s", messages[i], clean);
        free(clean);
    }
}

static void harmless_text_stays(void **state)
{
    static const char *const messages[] = {"",
                                           "passwords",
                                           "password for user \"x\"",
                                           "://@",
                                           "postgres://host:5432/db",
                                           "user@host: fine"};
    size_t i;

    (void)state;
    for (i = 0; i < lengthof(messages); i++) {
        char *clean = redact(messages[i]);

        assert_string_equal(clean, messages[i]);
        free(clean);
    }
}

static void secret_keys(void **state)
{
    (void)state;
    assert_true(secret_key("admin_PassWord"));
    assert_true(secret_key("api_key"));
    assert_true(secret_key("oauth_id"));
    assert_true(secret_key("CREDENTIALS"));
    assert_false(secret_key("env"));
    assert_false(secret_key(""));
}

static void sha256_known(void **state)
{
    char hex[65];

    (void)state;
    sha256_hex("abc", 3, hex);
    assert_string_equal(hex,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* ---- the password prompt ------------------------------------------------------------------------------ */

static volatile bool interrupted;

static void on_interrupt(int signum)
{
    (void)signum;
    interrupted = true;
}

/* In the child, on its own terminal: asks, and says on fd what it got. */
static void ask(int fd)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
    char *answer;

    sigaction(SIGINT, &action, NULL);
    answer = term_read_secret("Password: ", false, &interrupted);
    dprintf(fd, answer ? "got %s" : "nothing%s", answer ? answer : "");
    free(answer);
}

/* Reads until text has come, into screen. */
static void wait_for(int fd, StrBuf *screen, const char *text)
{
    char buffer[256];

    alarm(20); /* a prompt that never comes ends the test program */
    while (!strstr(screen->data, text)) {
        ssize_t got = read(fd, buffer, sizeof buffer);

        assert_true(got > 0);
        strbuf_addn(screen, buffer, (size_t)got);
    }
    alarm(0);
}

/* Types keys at the prompt; the answer goes to *answer, what the terminal showed to *screen. */
static void answer_prompt(const char *keys, StrBuf *answer, StrBuf *screen)
{
    struct termios mode;
    int channel[2], terminal, status;
    char buffer[64];
    ssize_t got;
    pid_t child;

    assert_int_equal(pipe(channel), 0);
    child = forkpty(&terminal, NULL, NULL, NULL);
    assert_true(child >= 0);
    if (!child) {
        ask(channel[1]);
        pause(); /* keeps the terminal open until its mode has been looked at */
        _exit(0);
    }
    close(channel[1]);
    wait_for(terminal, screen, "Password: ");
    assert_int_equal(write(terminal, keys, strlen(keys)), strlen(keys));
    got = read(channel[0], buffer, sizeof buffer);
    assert_true(got > 0);
    strbuf_addn(answer, buffer, (size_t)got);
    wait_for(terminal, screen, "\n");
    assert_int_equal(tcgetattr(terminal, &mode), 0);
    assert_true(mode.c_lflag & ECHO);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    close(channel[0]);
    close(terminal);
}

static void prompt_does_not_echo(void **state)
{
    StrBuf answer = STRBUF_INIT, screen = STRBUF_INIT;

    (void)state;
    answer_prompt("hush hush\n", &answer, &screen);
    assert_string_equal(answer.data, "got hush hush");
    assert_string_equal(screen.data, "Password: \r\n");
    strbuf_free(&answer);
    strbuf_free(&screen);
}

static void interrupt_ends_the_prompt(void **state)
{
    StrBuf answer = STRBUF_INIT, screen = STRBUF_INIT;

    (void)state;
    answer_prompt("half\003", &answer, &screen);
    assert_string_equal(answer.data, "nothing");
    strbuf_reset(&answer);
    strbuf_reset(&screen);
    answer_prompt("\004", &answer, &screen); /* end of input */
    assert_string_equal(answer.data, "nothing");
    strbuf_free(&answer);
    strbuf_free(&screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_of_every_kind),
        cmocka_unit_test(words_in_a_text),
        cmocka_unit_test(decimals),
        cmocka_unit_test(utf8_every_code_point),
        cmocka_unit_test(utf8_broken),
        cmocka_unit_test(json_strings),
        cmocka_unit_test(no_part_of_a_password_stays),
        cmocka_unit_test(harmless_text_stays),
        cmocka_unit_test(secret_keys),
        cmocka_unit_test(sha256_known),
        cmocka_unit_test(prompt_does_not_echo),
        cmocka_unit_test(interrupt_ends_the_prompt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
