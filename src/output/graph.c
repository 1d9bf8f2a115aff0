/*
 * graph.c — the boxes, groups and arrows of a picture, and their two languages.
 *
 * Mermaid's grammar has no escape character, only numbers of characters (#34;), and some versions read
 * HTML, Markdown or their own words in a label: so everything but plain letters, digits and a few harmless signs is
 * written as its number.  Graphviz reads backslash sequences and HTML's entities in a label.
 */
#include "pgmish/graph.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

typedef struct Group {
    char *label;
    size_t parent;
    bool column;
} Group;

typedef struct Node {
    char *label;
    size_t group;
    NodeShape shape;
} Node;

typedef struct Link {
    size_t from, to;
    bool groups;
} Link;

struct Graph {
    Group *groups; /* the first is the picture itself */
    Node *nodes;
    Link *links;
    size_t group_count, node_count, link_count;
};

/* Room for one more; grows by doubling, whenever a power of two is reached. */
static void *room(void *items, size_t count, size_t size)
{
    return count & (count - 1) ? items : xrealloc(items, (count ? 2 * count : 1) * size);
}

Graph *graph_new(const char *title)
{
    Graph *graph = xcalloc(1, sizeof(*graph));

    graph_group(graph, GRAPH_TOP, title, false);
    return graph;
}

void graph_free(Graph *graph)
{
    if (!graph)
        return;
    for (size_t i = 0; i < graph->group_count; i++)
        free(graph->groups[i].label);
    for (size_t i = 0; i < graph->node_count; i++)
        free(graph->nodes[i].label);
    free(graph->groups);
    free(graph->nodes);
    free(graph->links);
    free(graph);
}

size_t graph_group(Graph *graph, size_t parent, const char *label, bool column)
{
    graph->groups = room(graph->groups, graph->group_count, sizeof(Group));
    graph->groups[graph->group_count] = (Group){xstrdup(label), parent, column};
    return graph->group_count++;
}

size_t graph_node(Graph *graph, size_t group, const char *label, NodeShape shape)
{
    graph->nodes = room(graph->nodes, graph->node_count, sizeof(Node));
    graph->nodes[graph->node_count] = (Node){xstrdup(label), group, shape};
    return graph->node_count++;
}

static void add_link(Graph *graph, Link link)
{
    graph->links = room(graph->links, graph->link_count, sizeof(Link));
    graph->links[graph->link_count++] = link;
}

void graph_link_nodes(Graph *graph, size_t from, size_t to)
{
    add_link(graph, (Link){from, to, false});
}

void graph_link_groups(Graph *graph, size_t from, size_t to)
{
    add_link(graph, (Link){from, to, true});
}

static void indent(StrBuf *out, int depth)
{
    for (int i = 0; i < depth; i++)
        strbuf_add(out, "    ");
}

/* ---- Mermaid ------------------------------------------------------------------------------------ */

static void add_mermaid_label(StrBuf *out, const char *label)
{
    StrBuf clean = STRBUF_INIT;

    report_clean(&clean, label);
    for (const char *p = clean.data; *p; p++) {
        unsigned char c = (unsigned char)*p;

        if (isspace(c))
            strbuf_addc(out, ' ');
        else if (c >= 0x80 || isalnum(c) || strchr("_-./,()+=@", c))
            strbuf_addc(out, *p);
        else
            strbuf_addf(out, "#%d;", c);
    }
    strbuf_free(&clean);
}

static void add_mermaid_node(const Graph *graph, size_t i, int depth, StrBuf *out)
{
    static const char *const before[] = {"[\"", "[[\"", "[(\"", "(\""};
    static const char *const after[] = {"\"]", "\"]]", "\")]", "\")"};
    const Node *node = &graph->nodes[i];

    indent(out, depth);
    strbuf_addf(out, "n%zu%s", i, before[node->shape]);
    add_mermaid_label(out, node->label);
    strbuf_addf(out, "%s\n", after[node->shape]);
}

static bool is_inside(const Graph *graph, const Link *link, size_t group)
{
    return !link->groups && graph->nodes[link->from].group == group &&
           graph->nodes[link->to].group == group;
}

static void add_mermaid_group(const Graph *graph, size_t group, int depth, StrBuf *out)
{
    for (size_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].group == group)
            add_mermaid_node(graph, i, depth, out);
    for (size_t i = 1; i < graph->group_count; i++) {
        if (graph->groups[i].parent != group)
            continue;
        indent(out, depth);
        strbuf_addf(out, "subgraph g%zu[\"", i);
        add_mermaid_label(out, graph->groups[i].label);
        strbuf_add(out, "\"]\n");
        if (graph->groups[i].column) {
            indent(out, depth + 1);
            strbuf_add(out, "direction TB\n");
        }
        add_mermaid_group(graph, i, depth + 1, out);
        indent(out, depth);
        strbuf_add(out, "end\n");
    }
    /* a group keeps its direction as long as none of its nodes is linked to the outside */
    for (size_t i = 0; i < graph->link_count; i++)
        if (is_inside(graph, &graph->links[i], group)) {
            indent(out, depth);
            strbuf_addf(out, "n%zu --> n%zu\n", graph->links[i].from, graph->links[i].to);
        }
}

void graph_mermaid(const Graph *graph, StrBuf *out)
{
    strbuf_add(out, "---\ntitle: \"");
    add_mermaid_label(out, graph->groups[GRAPH_TOP].label);
    strbuf_add(out, "\"\n---\nflowchart LR\n");
    add_mermaid_group(graph, GRAPH_TOP, 1, out);
    for (size_t i = 0; i < graph->link_count; i++) {
        const Link *link = &graph->links[i];

        if (link->groups)
            strbuf_addf(out, "    g%zu ==> g%zu\n", link->from, link->to);
        else if (graph->nodes[link->from].group != graph->nodes[link->to].group)
            strbuf_addf(out, "    n%zu --> n%zu\n", link->from, link->to);
    }
}

/* ---- Graphviz ------------------------------------------------------------------------------------ */

static void add_dot_label(StrBuf *out, const char *label)
{
    StrBuf clean = STRBUF_INIT;

    report_clean(&clean, label);
    for (const char *p = clean.data; *p; p++) {
        if (isspace((unsigned char)*p))
            strbuf_addc(out, ' ');
        else if (*p == '&')
            strbuf_add(out, "&amp;");
        else
            strbuf_addf(out, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
    }
    strbuf_free(&clean);
}

static void add_dot_node(const Graph *graph, size_t i, int depth, StrBuf *out)
{
    static const char *const styles[] = {"", " fillcolor=\"#fff4dd\" peripheries=2",
                                         " shape=cylinder fillcolor=\"#e8e3f7\"",
                                         " style=\"rounded,filled\" fillcolor=\"#e2f3e6\""};
    const Node *node = &graph->nodes[i];

    indent(out, depth);
    strbuf_addf(out, "n%zu [label=\"", i);
    add_dot_label(out, node->label);
    strbuf_addf(out, "\"%s];\n", styles[node->shape]);
}

static void add_dot_group(const Graph *graph, size_t group, int depth, StrBuf *out)
{
    bool column = graph->groups[group].column;

    if (column) {
        indent(out, depth);
        strbuf_add(out, "{ rank=same;\n");
    }
    for (size_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].group == group)
            add_dot_node(graph, i, depth, out);
    for (size_t i = 0; i < graph->link_count; i++)
        if (is_inside(graph, &graph->links[i], group)) {
            indent(out, depth);
            /* where ranks go from left to right, a rank is filled from the bottom */
            strbuf_addf(out, "n%zu -> n%zu%s;\n",
                        column ? graph->links[i].to : graph->links[i].from,
                        column ? graph->links[i].from : graph->links[i].to,
                        column ? " [dir=back]" : "");
        }
    if (column) {
        indent(out, depth);
        strbuf_add(out, "}\n");
    }
    for (size_t i = 1; i < graph->group_count; i++) {
        if (graph->groups[i].parent != group)
            continue;
        indent(out, depth);
        strbuf_addf(out, "subgraph cluster_%zu {\n", i);
        indent(out, depth + 1);
        strbuf_add(out, "fontsize=12; color=\"#b8c4d0\"; style=\"rounded,filled\"; "
                        "fillcolor=\"#f7f9fb\"; label=\"");
        add_dot_label(out, graph->groups[i].label);
        strbuf_add(out, "\";\n");
        add_dot_group(graph, i, depth + 1, out);
        indent(out, depth);
        strbuf_add(out, "}\n");
    }
}

/* The node by which an arrow leaves or enters a group: its first one. */
static bool first_node(const Graph *graph, size_t group, size_t *node)
{
    for (*node = 0; *node < graph->node_count; ++*node)
        if (graph->nodes[*node].group == group)
            return true;
    return false;
}

static void add_dot_link(const Graph *graph, const Link *link, StrBuf *out)
{
    size_t from, to;

    if (!link->groups) {
        if (graph->nodes[link->from].group != graph->nodes[link->to].group)
            strbuf_addf(out, "    n%zu -> n%zu;\n", link->from, link->to);
    } else if (first_node(graph, link->from, &from) && first_node(graph, link->to, &to)) {
        strbuf_addf(out,
                    "    n%zu -> n%zu [ltail=cluster_%zu lhead=cluster_%zu penwidth=2 "
                    "weight=8];\n",
                    from, to, link->from, link->to);
    }
}

void graph_dot(const Graph *graph, StrBuf *out)
{
    strbuf_add(
        out, "digraph {\n    rankdir=LR; compound=true; newrank=true; fontname=\"Helvetica\"; "
             "labelloc=t; fontsize=16; pad=0.3;\n"
             "    node [shape=box style=filled fillcolor=\"#e3eefa\" color=\"#5b6b7b\" "
             "fontname=\"Helvetica\" fontsize=11 height=0.3];\n"
             "    edge [color=\"#5b6b7b\" arrowsize=0.7];\n"
             "    label=\"");
    add_dot_label(out, graph->groups[GRAPH_TOP].label);
    strbuf_add(out, "\";\n");
    add_dot_group(graph, GRAPH_TOP, 1, out);
    for (size_t i = 0; i < graph->link_count; i++)
        add_dot_link(graph, &graph->links[i], out);
    strbuf_add(out, "}\n");
}
