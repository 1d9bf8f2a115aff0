/*
 * xml.c — the one file that reads XML: metadata blocks, by libxml2.
 *
 * The library is loaded when the first block is met.  What a block may do is limited by how it is
 * parsed: its text becomes the content of an element of our own, where XML allows no
 * DOCTYPE, so there is no DTD, no entity but the five predefined ones and nothing to fetch; and
 * the parser is stopped at the end of the block's first element, so that what follows in the
 * comment may be anything (contract M3).
 */
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

#include "internal.h"

/* The functions used, resolved from the loaded library. */
typedef struct Library {
    void (*init)(void);
    xmlParserCtxtPtr (*create)(xmlSAXHandlerPtr, void *, const char *, int, const char *);
    int (*use_options)(xmlParserCtxtPtr, int);
    int (*parse_chunk)(xmlParserCtxtPtr, const char *, int, int);
    void (*stop)(xmlParserCtxtPtr);
    void (*release)(xmlParserCtxtPtr);
} Library;

/* Where in the block the parser is.  Depth 0: inside our wrapper, 1: inside <pgmi-meta>. */
typedef enum Place { PLACE_OTHER, PLACE_DESCRIPTION, PLACE_SORT_KEYS, PLACE_KEY } Place;

typedef struct Parse {
    const Library *library;
    xmlParserCtxtPtr context;
    XmlBlock *block;
    int depth;        /* open elements, the wrapper not counted */
    bool wrapped;     /* the wrapper has been opened */
    bool done;        /* the first element is complete */
    Place child;      /* which child of <pgmi-meta> is open */
    Place grandchild; /* which child of <sortKeys> is open */
    StrBuf text;      /* own text of the description or key that is open */
    Diag *diag;
} Parse;

/* ---- the library -------------------------------------------------------------------------- */

static bool load_library(Library *library, Diag *diag)
{
    const XmlSymbol symbols[] = {
        {"xmlInitParser", &library->init},
        {"xmlCreatePushParserCtxt", &library->create},
        {"xmlCtxtUseOptions", &library->use_options},
        {"xmlParseChunk", &library->parse_chunk},
        {"xmlStopParser", &library->stop},
        {"xmlFreeParserCtxt", &library->release},
    };

    return xml_library(symbols, lengthof(symbols), "read the metadata block", diag);
}

/* ---- messages -------------------------------------------------------------------------------- */

static void give_hint(Diag *diag)
{
    diag_hint(diag, "A block looks like <pgmi-meta id=\"UUID\" idempotent=\"true\"/>; \"pgmi "
                    "metadata scaffold\" writes one.");
}

/* Owned text of an error: our own for the commonest mistakes, whose texts in libxml2 speak of its
 * grammar, else libxml2's on one line and without a capital in front. */
static char *describe(const xmlError *error, int depth)
{
    const char *said = error->message ? error->message : "unknown error";
    const char *value;
    char *text;

    if (error->code == XML_ERR_ATTRIBUTE_NOT_STARTED)
        return xstrdup("attribute value is not in quotes");
    if (error->code == XML_ERR_NAME_REQUIRED && strstr(said, "EntityRef"))
        return xstrdup("\"&\" must be written &amp;");
    if (error->code == XML_ERR_NAME_REQUIRED && strstr(said, "StartTag"))
        return xstrdup("\"<\" that begins no element must be written &lt;");
    if (error->code == XML_ERR_INVALID_CHAR && (value = strstr(said, "alue ")) != NULL)
        return xasprintf("character U+%04lX is not allowed in XML",
                         strtoul(value + 5, NULL, 10));
    if (error->code == XML_ERR_DOCUMENT_END && depth > 0)
        return xstrdup("an element is not closed");
    if (error->code == XML_ERR_INTERNAL_ERROR && strstr(said, "element content"))
        return xstrdup("\"<!\" may only begin a comment or a CDATA section");
    text = xstrndup(said, strcspn(said, "\r\n"));
    if (text[0] >= 'A' && text[0] <= 'Z' &&
        strcspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ") == strcspn(text + 1, " "))
        text[0] = (char)(text[0] - 'A' + 'a');
    return text;
}

static void on_error(void *user, xmlErrorPtr error)
{
    Parse *parse = user;
    char *text;

    /* Prefixes without a declaration are fine: M4 ignores name spaces. */
    if (parse->done || parse->diag->code || error->level < XML_ERR_ERROR ||
        error->domain == XML_FROM_NAMESPACE)
        return;
    text = describe(error, parse->depth);
    diag_set(parse->diag, EXIT_PGMI_CONFIG, "malformed XML in metadata block: %s", text);
    diag_at(parse->diag, NULL, error->line, 0);
    give_hint(parse->diag);
    free(text);
}

/* ---- events ------------------------------------------------------------------------------------ */

static bool is_named(const xmlChar *name, const char *wanted)
{
    return strcmp((const char *)name, wanted) == 0;
}

/* attributes: five pointers each: local name, prefix, name space, value, end of value. */
static void take_attributes(XmlBlock *block, int count, const xmlChar **attributes)
{
    for (int i = 0; i < count; i++) {
        const xmlChar **a = attributes + (ptrdiff_t)i * 5;
        char **field = is_named(a[0], "id")           ? &block->id
                       : is_named(a[0], "idempotent") ? &block->idempotent
                                                      : NULL;

        if (!field)
            continue;
        free(*field);
        *field = xstrndup((const char *)a[3], (size_t)(a[4] - a[3]));
    }
}

static void refuse_element(Parse *parse, const xmlChar *name)
{
    diag_set(parse->diag, EXIT_PGMI_CONFIG,
             "metadata block begins with element <%s>, not with <pgmi-meta>",
             (const char *)name);
    give_hint(parse->diag);
    parse->library->stop(parse->context);
}

static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count,
                     int defaulted_count, const xmlChar **attributes)
{
    Parse *parse = user;

    (void)prefix, (void)uri, (void)namespace_count, (void)namespaces, (void)defaulted_count;
    if (!parse->wrapped) {
        parse->wrapped = true;
        return;
    }
    switch (++parse->depth) {
    case 1:
        if (is_named(name, "pgmi-meta"))
            take_attributes(parse->block, attribute_count, attributes);
        else
            refuse_element(parse, name);
        break;
    case 2:
        parse->child = is_named(name, "description") ? PLACE_DESCRIPTION
                       : is_named(name, "sortKeys")  ? PLACE_SORT_KEYS
                                                     : PLACE_OTHER;
        strbuf_reset(&parse->text);
        break;
    case 3:
        parse->grandchild = PLACE_OTHER;
        if (parse->child == PLACE_SORT_KEYS && is_named(name, "key")) {
            parse->grandchild = PLACE_KEY;
            strbuf_reset(&parse->text);
        }
        break;
    default:
        break;
    }
}

static void on_text(void *user, const xmlChar *text, int len)
{
    Parse *parse = user;

    /* own text only, not that of nested elements (M4) */
    if ((parse->depth == 2 && parse->child == PLACE_DESCRIPTION) ||
        (parse->depth == 3 && parse->grandchild == PLACE_KEY))
        strbuf_addn(&parse->text, (const char *)text, (size_t)len);
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    Parse *parse = user;

    (void)name, (void)prefix, (void)uri;
    if (parse->depth == 3 && parse->grandchild == PLACE_KEY) {
        strlist_add(&parse->block->keys, parse->text.data);
        parse->grandchild = PLACE_OTHER;
    } else if (parse->depth == 2) {
        if (parse->child == PLACE_DESCRIPTION) {
            free(parse->block->description);
            parse->block->description = xstrdup(parse->text.data);
        }
        parse->child = PLACE_OTHER;
    } else if (parse->depth == 1) {
        parse->done = true;
        parse->library->stop(parse->context);
    }
    parse->depth--;
}

/* ---- the block ------------------------------------------------------------------------------------ */

/*
 * An XML declaration is legal only at the very start of a document, which the block is not any
 * more once it is wrapped: it is checked (M3: other encodings than UTF-8 fail) and blanked.
 */
static bool blank_declaration(char *text, size_t len, Diag *diag)
{
    char *end, *encoding;

    if (len < 6 || memcmp(text, "<?xml", 5) != 0 || !strchr(" \t\r\n", text[5]))
        return true;
    end = memmem(text, len, "?>", 2);
    if (!end)
        return true; /* the parser says it better */
    encoding = memmem(text, (size_t)(end - text), "encoding", 8);
    if (encoding) {
        encoding += 8 + strspn(encoding + 8, " \t\r\n=\"'");
        if (ascii_ncasecmp(encoding, "utf-8", 5) != 0 || !strchr("\"'", encoding[5])) {
            diag_set(diag, EXIT_PGMI_CONFIG,
                     "metadata block declares an encoding that is not UTF-8");
            return diag_hint(diag, "Remove the XML declaration: project files are UTF-8.");
        }
    }
    for (char *p = text; p < end + 2; p++)
        if (*p != '\n')
            *p = ' ';
    return true;
}

/* The document that is parsed: line feeds, so that the parser counts the file's lines; the
 * wrapper's start; the text. */
static void build_document(const char *text, size_t len, int line, StrBuf *out)
{
    for (int i = 1; i < line; i++)
        strbuf_addc(out, '\n');
    strbuf_add(out, "<comment>");
    strbuf_addn(out, text, len);
}

static void run_parser(Parse *parse, const StrBuf *document)
{
    xmlSAXHandler sax = {0};

    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = on_start;
    sax.endElementNs = on_end;
    sax.characters = on_text;
    sax.cdataBlock = on_text;
    sax.ignorableWhitespace = on_text;
    sax.serror = on_error;
    parse->library->init();
    parse->context = parse->library->create(&sax, parse, NULL, 0, NULL);
    if (!parse->context) {
        diag_set(parse->diag, EXIT_PGMI_OTHER, "out of memory in libxml2");
        return;
    }
    parse->library->use_options(parse->context, XML_PARSE_NONET);
    parse->library->parse_chunk(parse->context, document->data, (int)document->len, 1);
    parse->library->release(parse->context);
}

bool xml_block_parse(const char *text, size_t len, int line, XmlBlock *block, Diag *diag)
{
    Library library;
    StrBuf document = STRBUF_INIT;
    Parse parse = {.library = &library, .block = block, .text = STRBUF_INIT, .diag = diag};

    *block = (XmlBlock){.keys = STRLIST_INIT};
    build_document(text, len, line, &document);
    if (blank_declaration(document.data + document.len - len, len, diag) &&
        load_library(&library, diag)) {
        run_parser(&parse, &document);
        if (!parse.done && !diag->code) {
            diag_set(diag, EXIT_PGMI_CONFIG,
                     "malformed XML in metadata block: no element is complete");
            give_hint(diag);
        }
    }
    strbuf_free(&document);
    strbuf_free(&parse.text);
    if (!diag->code)
        return true;
    if (!diag->line)
        diag_at(diag, NULL, line, 0);
    xml_block_free(block);
    return false;
}

void xml_block_free(XmlBlock *block)
{
    free(block->id);
    free(block->idempotent);
    free(block->description);
    strlist_free(&block->keys);
    *block = (XmlBlock){.keys = STRLIST_INIT};
}
