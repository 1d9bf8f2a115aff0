/*
 * Footers of \d NAME about what acts on a relation: policies, statistics objects, rules,
 * publications, the query of a view, triggers.
 *
 * Each query returns (heading, line); see describe_relation.h.
 */
#include "describe_relation.h"

/* ---- row security ---------------------------------------------------------------------------- */

/* format() of NULL is not NULL, so expressions are joined with ||. */
const SqlPiece relation_policies[] = {
    {"SELECT CASE WHEN NOT c.relrowsecurity THEN 'Policies (row security disabled):'\n"
     "            WHEN p.oid IS NULL AND c.relforcerowsecurity\n"
     "            THEN 'Policies (forced row security enabled): (none)'\n"
     "            WHEN p.oid IS NULL THEN 'Policies (row security enabled): (none)'\n"
     "            WHEN c.relforcerowsecurity THEN 'Policies (forced row security enabled):'\n"
     "            ELSE 'Policies:' END,\n"
     "       '    POLICY \"' || p.polname || '\"'\n"
     "       || CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END\n"
     "       || CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT'\n"
     "                        WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE'\n"
     "                        ELSE '' END\n"
     "       || CASE WHEN p.polroles = '{0}' THEN ''\n"
     "          ELSE E'\\n      TO ' || pg_catalog.array_to_string(ARRAY(\n"
     "               SELECT r.rolname FROM pg_catalog.pg_roles AS r\n"
     "               WHERE r.oid = ANY (p.polroles) ORDER BY 1), ',') END\n"
     "       || COALESCE(E'\\n      USING ('\n"
     "                   || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')', '')\n"
     "       || COALESCE(E'\\n      WITH CHECK ('\n"
     "                   || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')\n"
     "FROM pg_catalog.pg_class AS c\n"
     "     LEFT JOIN pg_catalog.pg_policy AS p ON p.polrelid = c.oid\n"
     "WHERE c.oid = $1 AND (c.relrowsecurity OR p.oid IS NOT NULL)\n"
     "ORDER BY p.polname;"},
    {NULL},
};

/* ---- extended statistics ---------------------------------------------------------------------- */

#define STATISTICS_KINDS                                                                       \
    " (' || pg_catalog.concat_ws(', ',\n"                                                      \
    "            CASE WHEN 'd' = ANY (s.stxkind) THEN 'ndistinct' END,\n"                      \
    "            CASE WHEN 'f' = ANY (s.stxkind) THEN 'dependencies' END,\n"                   \
    "            CASE WHEN 'm' = ANY (s.stxkind) THEN 'mcv' END) || ')"

/* Until 13 all kinds are named. */
#define STATISTICS_BEFORE_14(target)                                                           \
    "SELECT 'Statistics objects:',\n"                                                          \
    "       pg_catalog.format('    \"%s.%s\"', pg_catalog.quote_ident(n.nspname), "            \
    "s.stxname)\n"                                                                             \
    "       || '" STATISTICS_KINDS "'\n"                                                       \
    "       || pg_catalog.format(' ON %s FROM %s',\n"                                          \
    "            (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ')\n"     \
    "             FROM pg_catalog.unnest(s.stxkeys) AS k(attnum)\n"                            \
    "                  JOIN pg_catalog.pg_attribute AS a\n"                                    \
    "                    ON a.attrelid = s.stxrelid AND a.attnum = k.attnum),\n"               \
    "            s.stxrelid::pg_catalog.regclass)\n"                                           \
    "       || " target "\n"                                                                   \
    "FROM pg_catalog.pg_statistic_ext AS s\n"                                                  \
    "     JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace\n"                       \
    "WHERE s.stxrelid = $1\n"                                                                  \
    "ORDER BY s.oid;"

/* The target is said when it is not the default: -1, from 17 on NULL. */
#define STATISTICS_TARGET "COALESCE('; STATISTICS ' || NULLIF(s.stxstattarget, -1), '')"

/* From 14 on the kinds are named when some but not all of the three are there. */
const SqlPiece relation_statistics[] = {
    {STATISTICS_BEFORE_14("''"), .until = 130000},
    {STATISTICS_BEFORE_14(STATISTICS_TARGET), .from = 130000, .until = 140000},
    {"SELECT 'Statistics objects:',\n"
     "       pg_catalog.format('    \"%s.%s\"', pg_catalog.quote_ident(n.nspname), s.stxname)\n"
     "       || CASE WHEN s.stxkind @> '{d,f,m}' OR NOT s.stxkind && '{d,f,m}' THEN ''\n"
     "          ELSE '" STATISTICS_KINDS "' END\n"
     "       || pg_catalog.format(' ON %s FROM %s',\n"
     "            pg_catalog.pg_get_statisticsobjdef_columns(s.oid),\n"
     "            s.stxrelid::pg_catalog.regclass)\n"
     "       || " STATISTICS_TARGET "\n"
     "FROM pg_catalog.pg_statistic_ext AS s\n"
     "     JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace\n"
     "WHERE s.stxrelid = $1\n"
     "ORDER BY pg_catalog.quote_ident(n.nspname), s.stxname;",
     .from = 140000},
    {NULL},
};

/* ---- rules ---------------------------------------------------------------------------------------- */

/* What follows CREATE RULE, without the semicolon. */
#define RULE_LINE                                                                              \
    "pg_catalog.substr(pg_catalog.rtrim("                                                      \
    "pg_catalog.pg_get_ruledef(r.oid, true), ';'), 13)"

/* In groups by when they fire. */
const SqlPiece relation_rules[] = {
    {"SELECT g.heading, '    ' || " RULE_LINE "\n"
     "FROM pg_catalog.pg_rewrite AS r\n"
     "     JOIN (VALUES (1, 'O', 'Rules:'),\n"
     "                  (2, 'D', 'Disabled rules:'),\n"
     "                  (3, 'A', 'Rules firing always:'),\n"
     "                  (4, 'R', 'Rules firing on replica only:')) AS g (rank, enabled, "
     "heading)\n"
     "       ON g.enabled = r.ev_enabled::pg_catalog.text\n"
     "WHERE r.ev_class = $1\n"
     "ORDER BY g.rank, r.rulename;",
     .needs = REL_RULED},
    {NULL},
};

const SqlPiece relation_view[] = {
    {"SELECT 'View definition:', pg_catalog.pg_get_viewdef($1, true);", .needs = REL_PLUS},
    {NULL},
};

/* The view's query is a rule too: _RETURN. */
const SqlPiece relation_view_rules[] = {
    {"SELECT 'Rules:', ' ' || " RULE_LINE "\n"
     "FROM pg_catalog.pg_rewrite AS r\n"
     "WHERE r.ev_class = $1 AND r.rulename <> '_RETURN'\n"
     "ORDER BY r.rulename;",
     .needs = REL_PLUS | REL_RULED},
    {NULL},
};

/* ---- publications ----------------------------------------------------------------------------------- */

/* From 15 on a table may be published with all of its schema, or some columns and rows of it. */
const SqlPiece relation_publications[] = {
    {"SELECT 'Publications:', pg_catalog.format('    \"%s\"', p.pubname)\n"
     "FROM pg_catalog.pg_publication AS p\n"
     "WHERE EXISTS (SELECT 1 FROM pg_catalog.pg_publication_rel AS pr\n"
     "              WHERE pr.prpubid = p.oid AND pr.prrelid = $1)\n"
     "   OR (p.puballtables AND pg_catalog.pg_relation_is_publishable($1))\n"
     "ORDER BY p.pubname;",
     .until = 150000},
    {"SELECT 'Publications:', pg_catalog.format('    \"%s\"', f.pubname)\n"
     "       || COALESCE(' (' || f.columns || ')', '')\n"
     "       || COALESCE(' WHERE ' || f.condition, '')\n"
     "FROM (SELECT p.pubname, NULL AS columns, NULL AS condition\n"
     "      FROM pg_catalog.pg_publication AS p\n"
     "      WHERE pg_catalog.pg_relation_is_publishable($1)\n"
     "        AND (p.puballtables\n"
     "             OR EXISTS (SELECT 1 FROM pg_catalog.pg_publication_namespace AS pn\n"
     "                             JOIN pg_catalog.pg_class AS c\n"
     "                               ON c.relnamespace = pn.pnnspid\n"
     "                        WHERE pn.pnpubid = p.oid AND c.oid = $1))\n"
     "      UNION\n"
     "      SELECT p.pubname,\n"
     "             (SELECT pg_catalog.string_agg(a.attname, ', ' ORDER BY k.position)\n"
     "              FROM pg_catalog.unnest(pr.prattrs::pg_catalog.int2[])\n"
     "                   WITH ORDINALITY AS k(attnum, position)\n"
     "                   JOIN pg_catalog.pg_attribute AS a\n"
     "                     ON a.attrelid = pr.prrelid AND a.attnum = k.attnum),\n"
     "             pg_catalog.pg_get_expr(pr.prqual, pr.prrelid)\n"
     "      FROM pg_catalog.pg_publication AS p\n"
     "           JOIN pg_catalog.pg_publication_rel AS pr ON pr.prpubid = p.oid\n"
     "      WHERE pr.prrelid = $1) AS f\n"
     "ORDER BY f.pubname;",
     .from = 150000},
    {NULL},
};

/* ---- triggers --------------------------------------------------------------------------------------- */

/*
 * Internal triggers (of foreign keys and deferrable constraints) appear only when disabled.
 * A trigger cloned from a partitioned table names the table that it comes from (13).
 */
#define TRIGGERS(shown, parent)                                                                \
    "SELECT g.heading, '    ' || pg_catalog.substr(d.def,\n"                                   \
    "                            pg_catalog.strpos(d.def, ' TRIGGER ') + 9) || " parent "\n"   \
    "FROM pg_catalog.pg_trigger AS t\n"                                                        \
    "     CROSS JOIN LATERAL pg_catalog.pg_get_triggerdef(t.oid, true) AS d(def)\n"            \
    "     JOIN (VALUES (1, 'O', NULL, 'Triggers:'),\n"                                         \
    "                  (2, 'D', false, 'Disabled user triggers:'),\n"                          \
    "                  (3, 'D', true, 'Disabled internal triggers:'),\n"                       \
    "                  (4, 'A', NULL, 'Triggers firing always:'),\n"                           \
    "                  (5, 'R', NULL, 'Triggers firing on replica only:'))\n"                  \
    "          AS g (rank, enabled, internal, heading)\n"                                      \
    "       ON g.enabled = t.tgenabled::pg_catalog.text\n"                                     \
    "          AND COALESCE(g.internal = t.tgisinternal, true)\n"                              \
    "WHERE t.tgrelid = $1 AND (NOT t.tgisinternal OR t.tgenabled = 'D'" shown ")\n"            \
    "ORDER BY g.rank, t.tgname;"

const SqlPiece relation_triggers[] = {
    {TRIGGERS(" OR EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS dep WHERE dep.objid = t.oid"
              " AND dep.refclassid = 'pg_catalog.pg_trigger'::pg_catalog.regclass)",
              "''"),
     .needs = REL_TRIGGERED, .until = 130000},
    {TRIGGERS("", "COALESCE(', ON TABLE ' || (\n"
                  "         SELECT top.tgrelid::pg_catalog.regclass::pg_catalog.text\n"
                  "         FROM pg_catalog.pg_partition_ancestors(t.tgrelid)\n"
                  "                WITH ORDINALITY AS a(relid, depth)\n"
                  "              JOIN pg_catalog.pg_trigger AS top ON top.tgrelid = a.relid\n"
                  "         WHERE t.tgparentid <> 0 AND top.tgname = t.tgname\n"
                  "           AND top.tgparentid = 0\n"
                  "         ORDER BY a.depth LIMIT 1), '')"),
     .needs = REL_TRIGGERED, .from = 130000},
    {NULL},
};
