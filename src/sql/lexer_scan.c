/*
 * lexer_scan.c — the rules of SQL text: where statements end, what quotes and comments hide,
 * where variables are put in.  One function per kind of token; text is not copied token by token
 * but in runs, which end only where something is left out or put in.
 */
#include "lexer_private.h"

#include <stdlib.h>
#include <string.h>

typedef enum CharClass {
    CHAR_OTHER, /* operators, commas, brackets: nothing to look at */
    CHAR_BLANK,
    CHAR_WORD,
    CHAR_DIGIT,
    CHAR_DOT,
    CHAR_QUOTE,
    CHAR_DQUOTE,
    CHAR_DOLLAR,
    CHAR_COLON,
    CHAR_OPEN,
    CHAR_CLOSE,
    CHAR_SEMICOLON,
    CHAR_BACKSLASH,
    CHAR_MINUS,
    CHAR_SLASH
} CharClass;

/* Behind the class of the character: how a scanning function wants to go on. */
typedef enum Step {
    STEP_ON,     /* next token */
    STEP_SWITCH, /* another state or another text */
    STEP_SEMICOLON,
    STEP_BACKSLASH
} Step;

static CharClass class_of(char c)
{
    static const unsigned char classes[256] = {
        [' '] = CHAR_BLANK,         ['\t'] = CHAR_BLANK, ['\n'] = CHAR_BLANK,
        ['\r'] = CHAR_BLANK,        ['\f'] = CHAR_BLANK, ['A' ... 'Z'] = CHAR_WORD,
        ['a' ... 'z'] = CHAR_WORD,  ['_'] = CHAR_WORD,   [0x80 ... 0xFF] = CHAR_WORD,
        ['0' ... '9'] = CHAR_DIGIT, ['.'] = CHAR_DOT,    ['\''] = CHAR_QUOTE,
        ['"'] = CHAR_DQUOTE,        ['$'] = CHAR_DOLLAR, [':'] = CHAR_COLON,
        ['('] = CHAR_OPEN,          [')'] = CHAR_CLOSE,  [';'] = CHAR_SEMICOLON,
        ['\\'] = CHAR_BACKSLASH,    ['-'] = CHAR_MINUS,  ['/'] = CHAR_SLASH,
    };

    return (CharClass)classes[(unsigned char)c];
}

static char byte_at(const LexSource *src, size_t pos)
{
    return pos < src->len ? src->text[pos] : '\0';
}

/* Nothing of this statement has been kept so far; blanks and -- comments are dropped then. */
static bool nothing_yet(const Lexer *lexer, const LexSource *src)
{
    return lexer->out->len == 0 && src->run == src->pos;
}

static void skip_to(Lexer *lexer, LexSource *src, size_t end)
{
    if (nothing_yet(lexer, src))
        src->run = end;
    src->pos = end;
}

static size_t line_end(const LexSource *src, size_t pos)
{
    while (pos < src->len && src->text[pos] != '\n' && src->text[pos] != '\r')
        pos++;
    return pos;
}

static bool word_start(const LexSource *src, size_t pos)
{
    return pos < src->len && class_of(src->text[pos]) == CHAR_WORD;
}

/* End of the identifier characters: letters, digits, underscore, dollar. */
static size_t word_end(const LexSource *src, size_t pos)
{
    for (; pos < src->len; pos++) {
        CharClass class = class_of(src->text[pos]);

        if (class != CHAR_WORD && class != CHAR_DIGIT && class != CHAR_DOLLAR)
            break;
    }
    return pos;
}

/* ---- leading words of a statement -------------------------------------------------------- */

static bool is_word(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && ascii_ncasecmp(text, word, len) == 0;
}

/* psql remembers which words a statement begins with by one letter each. */
static char word_letter(const char *text, size_t len)
{
    static const struct {
        const char *word;
        char letter;
    } known[] = {{"create", 'c'}, {"function", 'f'}, {"procedure", 'p'},
                 {"or", 'o'},     {"replace", 'r'},  {"copy", 'C'},
                 {"from", 'F'},   {"stdin", 'S'},    {"stdout", 'S'}};
    size_t i;

    for (i = 0; len <= 9 && i < lengthof(known); i++) {
        if (known[i].word[0] == (text[0] | 0x20) && is_word(text, len, known[i].word))
            return known[i].letter;
    }
    return 0;
}

/* CREATE [OR REPLACE] FUNCTION or PROCEDURE: the body may be BEGIN ATOMIC ... END. */
static bool creates_function(const char *words)
{
    size_t i = words[1] == 'o' && words[2] == 'r' ? 3 : 1;

    return words[0] == 'c' && (words[i] == 'f' || words[i] == 'p');
}

/*
 * Counts BEGIN and CASE against END in the body of an SQL function, whose semicolons do not end
 * the statement.  Words in parentheses do not count.
 */
static void note_word(Lexer *lexer, const char *text, size_t len)
{
    LexerMark *mark = &lexer->mark;

    if (mark->paren_depth > 0)
        return;
    if (mark->word_count == 0)
        memset(mark->words, 0, sizeof(mark->words));
    if (mark->word_count < (int)sizeof(mark->words))
        mark->words[mark->word_count++] = word_letter(text, len);
    if (!creates_function(mark->words))
        return;
    if (is_word(text, len, "begin"))
        mark->begin_depth++;
    else if (is_word(text, len, "case") && mark->begin_depth > 0)
        mark->begin_depth++;
    else if (is_word(text, len, "end") && mark->begin_depth > 0)
        mark->begin_depth--;
}

/* Inside of parentheses or of a function body a semicolon ends nothing. */
static bool ends_here(const LexerMark *mark)
{
    return mark->paren_depth == 0 && mark->begin_depth == 0;
}

/*
 * A statement is over: counts it if it is COPY ... FROM STDIN.  The letters stay until the next
 * word, so that psql counts an empty statement behind a COPY as another one; the same here.
 */
static void end_words(LexerMark *mark)
{
    const char *from = memchr(mark->words + 1, 'F', sizeof(mark->words) - 2);

    if (mark->words[0] == 'C' && from && from[1] == 'S')
        mark->copy_count++;
    mark->word_count = 0;
}

int lexer_count_copy_from_stdin(Lexer *lexer)
{
    if (lexer->mark.word_count > 0)
        end_words(&lexer->mark);
    return lexer->mark.copy_count;
}

/* ---- tokens of plain text ------------------------------------------------------------------ */

static Step enter(Lexer *lexer, LexSource *src, size_t opening, LexState state)
{
    src->pos += opening;
    lexer->state = state;
    return STEP_SWITCH;
}

/* A word, or the letter in front of a string: B'' X'' N'' E'' U&'' U&"". */
static Step scan_word(Lexer *lexer, LexSource *src)
{
    char letter = src->text[src->pos] | 0x20, next = byte_at(src, src->pos + 1);
    size_t end;

    if (next == '\'') {
        if (letter == 'b' || letter == 'x')
            return enter(lexer, src, 2, IN_BITS);
        if (letter == 'e')
            return enter(lexer, src, 2, IN_ESCAPES);
        if (letter == 'n') { /* the string is scanned by itself */
            src->pos++;
            return STEP_ON;
        }
    } else if (next == '&' && letter == 'u') {
        char quote = byte_at(src, src->pos + 2);

        if (quote == '\'')
            return enter(lexer, src, 3, IN_STRING);
        if (quote == '"')
            return enter(lexer, src, 3, IN_IDENTIFIER);
        src->pos++; /* not counted as a word */
        return STEP_ON;
    }
    end = word_end(src, src->pos);
    note_word(lexer, src->text + src->pos, end - src->pos);
    src->pos = end;
    return STEP_ON;
}

static size_t digits_end(const LexSource *src, size_t pos)
{
    while (pos < src->len && class_of(src->text[pos]) == CHAR_DIGIT)
        pos++;
    return pos;
}

static size_t junk_end(const LexSource *src, size_t pos)
{
    return word_start(src, pos) ? word_end(src, pos) : pos;
}

/*
 * A number takes the letters behind it with it ("trailing junk"), so that neither words nor
 * dollar quotes are seen in 1begin or 1e5$$; the longer reading of an exponent wins.
 */
static void scan_number(LexSource *src)
{
    size_t end = digits_end(src, src->pos), exponent;

    if (byte_at(src, end) == '.' && !(end > src->pos && byte_at(src, end + 1) == '.'))
        end = digits_end(src, end + 1);
    exponent = end;
    if ((byte_at(src, end) | 0x20) == 'e') {
        exponent++;
        if (byte_at(src, exponent) == '+' || byte_at(src, exponent) == '-')
            exponent++;
        if (class_of(byte_at(src, exponent)) == CHAR_DIGIT)
            exponent = junk_end(src, digits_end(src, exponent));
    }
    end = junk_end(src, end);
    src->pos = exponent > end ? exponent : end;
}

/* $1, $tag$ or a lone dollar sign. */
static Step scan_dollar(Lexer *lexer, LexSource *src)
{
    size_t end = src->pos + 1;

    if (end < src->len && class_of(src->text[end]) == CHAR_DIGIT) {
        src->pos = junk_end(src, digits_end(src, end));
        return STEP_ON;
    }
    while (end < src->len &&
           (class_of(src->text[end]) == CHAR_WORD || class_of(src->text[end]) == CHAR_DIGIT))
        end++;
    if (byte_at(src, end) != '$') {
        src->pos++;
        return STEP_ON;
    }
    end++;
    lexer->dollar_len = end - src->pos;
    free(lexer->dollar_tag);
    lexer->dollar_tag = xstrndup(src->text + src->pos, lexer->dollar_len);
    return enter(lexer, src, lexer->dollar_len, IN_DOLLAR);
}

/* :name is expanded in place: its value is scanned as if it stood there. */
static Step scan_variable(Lexer *lexer, LexSource *src, size_t end)
{
    char *name = xstrndup(src->orig + src->pos + 1, end - src->pos - 1);
    char *value = lexer_lookup(lexer, name, VAR_PLAIN);

    if (value && !lexer_is_source(lexer, name)) {
        lexer_flush(lexer, src);
        src->pos = src->run = end;
        lexer_push(lexer, value, name);
        return STEP_SWITCH;
    }
    if (value && lexer->hooks.warning) {
        char *message = xasprintf("skipping recursive expansion of variable \"%s\"", name);

        lexer->hooks.warning(lexer->hooks.ctx, message);
        free(message);
    }
    free(value);
    free(name);
    src->pos = end;
    return STEP_ON;
}

static Step scan_colon(Lexer *lexer, LexSource *src)
{
    size_t end = lexer_variable_end(src, src->pos + 1), len;
    char *name = NULL, *value, form;

    if (byte_at(src, src->pos + 1) == ':') { /* a type cast */
        src->pos += 2;
        return STEP_ON;
    }
    if (end > src->pos + 1)
        return scan_variable(lexer, src, end);
    len = lexer_quoted_variable(src, src->pos, &name, &form);
    if (!len) {
        src->pos++;
        return STEP_ON;
    }
    value = lexer_quoted_value(lexer, name, form);
    if (value) {
        lexer_flush(lexer, src);
        lexer_put_value(lexer, src, src->pos, value);
    }
    src->pos += len;
    if (value)
        src->run = src->pos;
    free(value);
    free(name);
    return STEP_ON;
}

/* \; and \: put the bare character in; any other backslash begins a command. */
static Step scan_backslash(Lexer *lexer, LexSource *src)
{
    char next = byte_at(src, src->pos + 1);

    lexer_flush(lexer, src);
    src->run = src->pos + 1;
    if (next != ';' && next != ':') {
        src->pos++;
        return STEP_BACKSLASH;
    }
    src->pos += 2;
    if (next == ';' && ends_here(&lexer->mark))
        end_words(&lexer->mark);
    return STEP_ON;
}

static Step scan_semicolon(Lexer *lexer, LexSource *src)
{
    src->pos++;
    if (!ends_here(&lexer->mark))
        return STEP_ON;
    lexer_flush(lexer, src);
    end_words(&lexer->mark);
    return STEP_SEMICOLON;
}

static Step scan_slash(Lexer *lexer, LexSource *src)
{
    if (byte_at(src, src->pos + 1) == '*') {
        lexer->comment_depth = 0;
        return enter(lexer, src, 2, IN_COMMENT);
    }
    src->pos++;
    return STEP_ON;
}

static void scan_blanks(Lexer *lexer, LexSource *src)
{
    size_t end = src->pos;

    while (end < src->len && class_of(src->text[end]) == CHAR_BLANK)
        end++;
    skip_to(lexer, src, end);
}

static Step scan_token(Lexer *lexer, LexSource *src)
{
    switch (class_of(src->text[src->pos])) {
    case CHAR_BLANK:
        scan_blanks(lexer, src);
        return STEP_ON;
    case CHAR_WORD:
        return scan_word(lexer, src);
    case CHAR_DIGIT:
        scan_number(src);
        return STEP_ON;
    case CHAR_DOT:
        /* .. is one token: the digit behind it starts a number of its own. */
        if (class_of(byte_at(src, src->pos + 1)) == CHAR_DIGIT)
            scan_number(src);
        else
            src->pos += byte_at(src, src->pos + 1) == '.' ? 2 : 1;
        return STEP_ON;
    case CHAR_QUOTE:
        return enter(lexer, src, 1, lexer->std_strings ? IN_STRING : IN_ESCAPES);
    case CHAR_DQUOTE:
        return enter(lexer, src, 1, IN_IDENTIFIER);
    case CHAR_DOLLAR:
        return scan_dollar(lexer, src);
    case CHAR_COLON:
        return scan_colon(lexer, src);
    case CHAR_BACKSLASH:
        return scan_backslash(lexer, src);
    case CHAR_SEMICOLON:
        return scan_semicolon(lexer, src);
    case CHAR_SLASH:
        return scan_slash(lexer, src);
    case CHAR_MINUS:
        if (byte_at(src, src->pos + 1) == '-')
            skip_to(lexer, src, line_end(src, src->pos));
        else
            src->pos++;
        return STEP_ON;
    case CHAR_OPEN:
        lexer->mark.paren_depth++;
        break;
    case CHAR_CLOSE:
        if (lexer->mark.paren_depth > 0) /* an unbalanced one changes nothing */
            lexer->mark.paren_depth--;
        break;
    case CHAR_OTHER:
        break;
    }
    src->pos++;
    return STEP_ON;
}

static Step scan_plain(Lexer *lexer, LexSource *src)
{
    Step step = STEP_ON;

    while (step == STEP_ON && src->pos < src->len)
        step = scan_token(lexer, src);
    return step;
}

/* ---- inside of something -------------------------------------------------------------------- */

/* To the end of a quote of this kind, or of the text. */
static void scan_quoted(Lexer *lexer, LexSource *src, char quote, bool doubling, LexState next)
{
    while (src->pos < src->len) {
        const char *found = memchr(src->text + src->pos, quote, src->len - src->pos);

        if (!found) {
            src->pos = src->len;
            return;
        }
        src->pos = (size_t)(found - src->text) + 1;
        if (!doubling || byte_at(src, src->pos) != quote) {
            lexer->string_state = lexer->state;
            lexer->state = next;
            return;
        }
        src->pos++;
    }
}

static void scan_escapes(Lexer *lexer, LexSource *src)
{
    while (src->pos < src->len) {
        char c = src->text[src->pos++];

        /* A backslash at the very end stands alone: psql does not join lines here. */
        if (c == '\\') {
            src->pos += src->pos < src->len;
        } else if (c == '\'') {
            if (byte_at(src, src->pos) != '\'') {
                lexer->string_state = IN_ESCAPES;
                lexer->state = BEHIND_STRING;
                return;
            }
            src->pos++;
        }
    }
}

/*
 * SQL lets a literal go on after white space that holds a newline.  Only seen when both parts are
 * in one text; otherwise the next quote opens a literal of its own.
 */
static void scan_behind_string(Lexer *lexer, LexSource *src)
{
    size_t pos = src->pos;
    bool newline = false;

    lexer->state = IN_PLAIN;
    for (; pos < src->len; pos++) {
        char c = src->text[pos];

        if (c == '-' && byte_at(src, pos + 1) == '-') {
            pos = line_end(src, pos);
            c = byte_at(src, pos);
        }
        if (c == '\n' || c == '\r') {
            newline = true;
        } else if (c == '\'' && newline) {
            src->pos = pos + 1;
            lexer->state = lexer->string_state;
            return;
        } else if (class_of(c) != CHAR_BLANK) {
            return;
        }
    }
}

static void scan_dollar_body(Lexer *lexer, LexSource *src)
{
    while (src->pos < src->len) {
        const char *rest = src->text + src->pos;
        const char *found = memchr(rest, '$', src->len - src->pos);

        if (!found) {
            src->pos = src->len;
            return;
        }
        src->pos = (size_t)(found - src->text);
        if (src->len - src->pos >= lexer->dollar_len &&
            memcmp(found, lexer->dollar_tag, lexer->dollar_len) == 0) {
            src->pos += lexer->dollar_len;
            lexer->state = IN_PLAIN;
            return;
        }
        src->pos++;
    }
}

static void scan_comment(Lexer *lexer, LexSource *src)
{
    const char *text = src->text;

    while (src->pos < src->len) {
        char c = text[src->pos++];

        if (c == '/' && byte_at(src, src->pos) == '*') {
            src->pos++;
            lexer->comment_depth++;
        } else if (c == '*' && byte_at(src, src->pos) == '/') {
            src->pos++;
            if (lexer->comment_depth == 0) {
                lexer->state = IN_PLAIN;
                return;
            }
            lexer->comment_depth--;
        }
    }
}

static Step scan_some(Lexer *lexer, LexSource *src)
{
    switch (lexer->state) {
    case IN_PLAIN:
        return scan_plain(lexer, src);
    case IN_STRING:
        scan_quoted(lexer, src, '\'', true, BEHIND_STRING);
        break;
    case IN_BITS:
        scan_quoted(lexer, src, '\'', false, BEHIND_STRING);
        break;
    case IN_ESCAPES:
        scan_escapes(lexer, src);
        break;
    case BEHIND_STRING:
        scan_behind_string(lexer, src);
        break;
    case IN_IDENTIFIER:
        scan_quoted(lexer, src, '"', true, IN_PLAIN);
        break;
    case IN_DOLLAR:
        scan_dollar_body(lexer, src);
        break;
    case IN_COMMENT:
        scan_comment(lexer, src);
        break;
    }
    return STEP_SWITCH;
}

/* ---- a line -------------------------------------------------------------------------------- */

static LexOpen what_is_open(const Lexer *lexer)
{
    switch (lexer->state) {
    case IN_STRING:
    case IN_BITS:
    case IN_ESCAPES:
        return OPEN_SINGLE_QUOTE;
    case IN_IDENTIFIER:
        return OPEN_DOUBLE_QUOTE;
    case IN_DOLLAR:
        return OPEN_DOLLAR_QUOTE;
    case IN_COMMENT:
        return OPEN_COMMENT;
    case IN_PLAIN:
    case BEHIND_STRING:
        break;
    }
    if (lexer->mark.paren_depth > 0)
        return OPEN_PAREN;
    if (lexer->mark.begin_depth > 0 || lexer->out->len > 0)
        return OPEN_STATEMENT;
    return OPEN_NOTHING;
}

LexResult lexer_scan(Lexer *lexer, StrBuf *query, LexOpen *open)
{
    LexSource *src;

    lexer->out = query;
    if (query->len == 0)
        lexer->place_len = 0;
    *open = OPEN_NOTHING;
    while ((src = lexer_source(lexer)) != NULL) {
        size_t depth = lexer->depth;
        Step step;

        src->run = src->pos;
        do
            step = scan_some(lexer, src);
        while (step <= STEP_SWITCH && depth == lexer->depth && src->pos < src->len);
        if (step == STEP_SEMICOLON)
            return LEX_SEMICOLON;
        if (step == STEP_BACKSLASH)
            return LEX_BACKSLASH;
        /* A variable was pushed otherwise: src is stale, and copied already. */
        if (depth == lexer->depth)
            lexer_flush(lexer, src);
    }
    *open = what_is_open(lexer);
    /* Complete for SINGLELINE's purposes; an empty buffer is never worth sending. */
    if (*open == OPEN_STATEMENT && lexer->mark.begin_depth == 0)
        return LEX_EOL;
    return LEX_INCOMPLETE;
}
