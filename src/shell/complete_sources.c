/*
 * complete_sources.c — the catalog queries of tab completion, one row each.
 *
 * Every name is qualified, whatever the user's search_path.  Parameters, all text:
 *   $1 beginning of the name, $2 schema typed in front of it (NULL: none),
 *   $3 and $4 name and schema of the word that the rule captured ($4 NULL: none typed)
 * Only $3 and $4 are for rows; complete_objects.c wraps each row and filters by $1 and $2.
 */
#include "complete_objects.h"

#define PC "pg_catalog."

/* Relations of some kinds; system tables appear only for a prefix that asks for them. */
#define RELATIONS(where)                                                                       \
    "SELECT c.relname, c.relnamespace, " PC "pg_table_is_visible(c.oid)"                       \
    " FROM " PC "pg_class c WHERE " where " AND (c.relnamespace <> 'pg_catalog'::regnamespace" \
    " OR $2 = 'pg_catalog' OR pg_catalog.left($1, 3) = 'pg_')"
#define KINDS(kinds) RELATIONS("c.relkind IN (" kinds ")")

/* The captured relation as `c`. */
#define REFERRED(alias, name, schema, visible)                                                 \
    alias "." name " = $3 AND CASE WHEN $4 IS NULL THEN " PC visible "(" alias                 \
          ".oid) ELSE " alias "." schema " = (SELECT n.oid FROM " PC                           \
          "pg_namespace n WHERE n.nspname = $4) END"
#define REFERRED_TABLE REFERRED("c", "relname", "relnamespace", "pg_table_is_visible")
#define REFERRED_TYPE  REFERRED("t", "typname", "typnamespace", "pg_type_is_visible")
#define OF_TABLE(column, catalog, reference)                                                   \
    "SELECT x." column " FROM " PC catalog " x JOIN " PC "pg_class c ON c.oid = x." reference  \
    " WHERE " REFERRED_TABLE
/* Tables that have a trigger, rule, policy or constraint of the captured name. */
#define TABLES_WITH(catalog, reference, column)                                                \
    "SELECT c.relname, c.relnamespace, " PC "pg_table_is_visible(c.oid) FROM " PC "pg_class c" \
    " JOIN " PC catalog " x ON x." reference " = c.oid WHERE x." column " = $3"

#define ROUTINES(where)                                                                        \
    "SELECT p.proname, p.pronamespace, " PC "pg_function_is_visible(p.oid) FROM " PC           \
    "pg_proc p"                                                                                \
    " WHERE " where
#define TYPES(where)                                                                           \
    "SELECT t.typname, t.typnamespace, " PC "pg_type_is_visible(t.oid) FROM " PC "pg_type t"   \
    " WHERE (t.typrelid = 0 OR (SELECT c.relkind = 'c' FROM " PC "pg_class c WHERE c.oid ="    \
    " t.typrelid)) AND t.typname !~ '^_' AND " where
/* a setting's name may have a dot: plpgsql.variable_conflict */
#define REFERRED_SETTING PC "lower(name) = " PC "lower(" PC "concat_ws('.', $4, $3))"
#define SETTINGS(where)  "SELECT " PC "lower(name) FROM " PC "pg_settings WHERE " where

const CompleteSource complete_sources[] = {
    /* relations */
    {"relations", IN_SCHEMA, RELATIONS("true")},
    {"tables", IN_SCHEMA, KINDS("'r', 'p'")},
    {"partitioned_tables", IN_SCHEMA, KINDS("'p'")},
    {"partitioned_indexes", IN_SCHEMA, KINDS("'I'")},
    {"partitioned_relations", IN_SCHEMA, KINDS("'p', 'I'")},
    {"foreign_tables", IN_SCHEMA, KINDS("'f'")},
    {"views", IN_SCHEMA, KINDS("'v'")},
    {"matviews", IN_SCHEMA, KINDS("'m'")},
    {"indexes", IN_SCHEMA, KINDS("'i', 'I'")},
    {"sequences", IN_SCHEMA, KINDS("'S'")},
    {"selectables", IN_SCHEMA, KINDS("'r', 'S', 'v', 'm', 'f', 'p'")},
    {"grantables", IN_SCHEMA, KINDS("'r', 'S', 'v', 'm', 'f', 'p'")},
    {"updatables", IN_SCHEMA, KINDS("'r', 'f', 'v', 'p'")},
    {"truncatables", IN_SCHEMA, KINDS("'r', 'f', 'p'")},
    {"vacuumables", IN_SCHEMA, KINDS("'r', 'p', 'm', 't'")},
    {"indexables", IN_SCHEMA, KINDS("'r', 'p', 'm'")},
    {"clusterables", IN_SCHEMA, KINDS("'r', 'm', 'p'")},
    {"triggerables", IN_SCHEMA, KINDS("'r', 'p', 'v', 'f'")},
    {"statisticables", IN_SCHEMA, KINDS("'r', 'p', 'm', 'f'")},
    {"views_and_matviews", IN_SCHEMA, KINDS("'v', 'm'")},
    {"composite_types", IN_SCHEMA, KINDS("'c'")},
    {"partitions_of", IN_SCHEMA,
     "SELECT k.relname, k.relnamespace, " PC "pg_table_is_visible(k.oid) FROM " PC
     "pg_inherits i"
     " JOIN " PC "pg_class k ON k.oid = i.inhrelid JOIN " PC "pg_class c ON c.oid = i.inhparent"
     " WHERE k.relispartition AND " REFERRED_TABLE},
    {"parents_of", IN_SCHEMA,
     "SELECT k.relname, k.relnamespace, " PC "pg_table_is_visible(k.oid) FROM " PC
     "pg_inherits i"
     " JOIN " PC "pg_class k ON k.oid = i.inhparent JOIN " PC "pg_class c ON c.oid = i.inhrelid"
     " WHERE " REFERRED_TABLE},
    {"indexes_of", IN_SCHEMA,
     "SELECT k.relname, k.relnamespace, " PC "pg_table_is_visible(k.oid) FROM " PC "pg_index i"
     " JOIN " PC "pg_class k ON k.oid = i.indexrelid JOIN " PC
     "pg_class c ON c.oid = i.indrelid"
     " WHERE " REFERRED_TABLE},
    {"unique_indexes_of", IN_SCHEMA,
     "SELECT k.relname, k.relnamespace, " PC "pg_table_is_visible(k.oid) FROM " PC "pg_index i"
     " JOIN " PC "pg_class k ON k.oid = i.indexrelid JOIN " PC
     "pg_class c ON c.oid = i.indrelid"
     " WHERE i.indisunique AND " REFERRED_TABLE},
    {"tables_with_trigger", IN_SCHEMA, TABLES_WITH("pg_trigger", "tgrelid", "tgname")},
    {"tables_with_rule", IN_SCHEMA, TABLES_WITH("pg_rewrite", "ev_class", "rulename")},
    {"tables_with_policy", IN_SCHEMA, TABLES_WITH("pg_policy", "polrelid", "polname")},
    {"tables_with_constraint", IN_SCHEMA, TABLES_WITH("pg_constraint", "conrelid", "conname")},

    /* parts of a relation */
    {"columns_of", GLOBAL,
     OF_TABLE("attname", "pg_attribute",
              "attrelid") " AND x.attnum > 0 AND NOT x.attisdropped"},
    {"triggers_of", GLOBAL,
     OF_TABLE("tgname", "pg_trigger", "tgrelid") " AND NOT x.tgisinternal"},
    {"rules_of", GLOBAL, OF_TABLE("rulename", "pg_rewrite", "ev_class")},
    {"policies_of", GLOBAL, OF_TABLE("polname", "pg_policy", "polrelid")},
    {"constraints_of", GLOBAL, OF_TABLE("conname", "pg_constraint", "conrelid")},
    {"unvalidated_constraints_of", GLOBAL,
     OF_TABLE("conname", "pg_constraint", "conrelid") " AND NOT x.convalidated"},
    {"column_numbers_of", RAW,
     "SELECT a.attnum::text FROM " PC "pg_attribute a JOIN " PC
     "pg_class c ON c.oid = a.attrelid"
     " WHERE a.attnum > 0 AND NOT a.attisdropped AND " REFERRED_TABLE},
    {"triggers", GLOBAL, "SELECT tgname FROM " PC "pg_trigger WHERE NOT tgisinternal"},
    {"rules", GLOBAL, "SELECT rulename FROM " PC "pg_rewrite WHERE rulename <> '_RETURN'"},
    {"policies", GLOBAL, "SELECT polname FROM " PC "pg_policy"},
    {"constraints", GLOBAL, "SELECT conname FROM " PC "pg_constraint WHERE conrelid <> 0"},
    {"constraints_and_schemas", IN_SCHEMA,
     "SELECT conname, connamespace, true FROM " PC "pg_constraint WHERE conrelid <> 0"},
    {"domain_constraints_of", GLOBAL,
     "SELECT x.conname FROM " PC "pg_constraint x JOIN " PC "pg_type t ON t.oid = x.contypid"
     " WHERE " REFERRED_TYPE},
    {"domains_with_constraint", IN_SCHEMA,
     "SELECT t.typname, t.typnamespace, " PC "pg_type_is_visible(t.oid) FROM " PC "pg_type t"
     " JOIN " PC "pg_constraint x ON x.contypid = t.oid WHERE x.conname = $3"},

    /* routines */
    {"functions", IN_SCHEMA, ROUTINES("p.prokind <> 'p'")},
    {"procedures", IN_SCHEMA, ROUTINES("p.prokind = 'p'")},
    {"routines", IN_SCHEMA, ROUTINES("true")},
    {"aggregates", IN_SCHEMA, ROUTINES("p.prokind = 'a'")},
    {"trigger_functions", IN_SCHEMA,
     ROUTINES("p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype)")},
    {"function_arguments_of", RAW,
     "SELECT pg_catalog.oidvectortypes(p.proargtypes) || ')' FROM " PC "pg_proc p"
     " WHERE " REFERRED("p", "proname", "pronamespace", "pg_function_is_visible")},

    /* types */
    {"types", IN_SCHEMA, TYPES("true")},
    {"domains", IN_SCHEMA, TYPES("t.typtype = 'd'")},
    {"enums", IN_SCHEMA, TYPES("t.typtype = 'e'")},
    {"attributes_of", GLOBAL,
     OF_TABLE("attname", "pg_attribute",
              "attrelid") " AND x.attnum > 0 AND NOT x.attisdropped"},
    {"enum_literals_of", LITERAL,
     "SELECT e.enumlabel FROM " PC "pg_enum e JOIN " PC "pg_type t ON t.oid = e.enumtypid"
     " WHERE " REFERRED_TYPE},

    /* other objects in schemas */
    {"collations", IN_SCHEMA,
     "SELECT o.collname, o.collnamespace, " PC "pg_collation_is_visible(o.oid) FROM " PC
     "pg_collation o WHERE o.collencoding IN (-1, " PC "pg_char_to_encoding(" PC
     "getdatabaseencoding()))"},
    {"conversions", IN_SCHEMA,
     "SELECT o.conname, o.connamespace, " PC "pg_conversion_is_visible(o.oid) FROM " PC
     "pg_conversion o"},
    {"statistics", IN_SCHEMA,
     "SELECT o.stxname, o.stxnamespace, " PC "pg_statistics_obj_is_visible(o.oid) FROM " PC
     "pg_statistic_ext o"},
    {"operator_classes", IN_SCHEMA,
     "SELECT o.opcname, o.opcnamespace, " PC "pg_opclass_is_visible(o.oid) FROM " PC
     "pg_opclass o"},
    {"operator_families", IN_SCHEMA,
     "SELECT o.opfname, o.opfnamespace, " PC "pg_opfamily_is_visible(o.oid) FROM " PC
     "pg_opfamily o"},
    {"ts_configurations", IN_SCHEMA,
     "SELECT o.cfgname, o.cfgnamespace, " PC "pg_ts_config_is_visible(o.oid) FROM " PC
     "pg_ts_config o"},
    {"ts_dictionaries", IN_SCHEMA,
     "SELECT o.dictname, o.dictnamespace, " PC "pg_ts_dict_is_visible(o.oid) FROM " PC
     "pg_ts_dict o"},
    {"ts_parsers", IN_SCHEMA,
     "SELECT o.prsname, o.prsnamespace, " PC "pg_ts_parser_is_visible(o.oid) FROM " PC
     "pg_ts_parser o"},
    {"ts_templates", IN_SCHEMA,
     "SELECT o.tmplname, o.tmplnamespace, " PC "pg_ts_template_is_visible(o.oid) FROM " PC
     "pg_ts_template o"},

    /* objects of the database and the cluster */
    {"databases", GLOBAL, "SELECT datname FROM " PC "pg_database"},
    {"template_databases", GLOBAL,
     "SELECT datname FROM " PC "pg_database WHERE datistemplate OR " PC
     "pg_has_role(datdba, 'USAGE')"},
    {"search_path_schemas", GLOBAL,
     "SELECT nspname FROM " PC "pg_namespace WHERE nspname !~ '^pg_(toast|temp)'"},
    {"own_schemas", GLOBAL, "SELECT nspname FROM " PC "pg_namespace WHERE nspname !~ '^pg_'"},
    {"schemas", GLOBAL, "SELECT nspname FROM " PC "pg_namespace"},
    {"roles", GLOBAL, "SELECT rolname FROM " PC "pg_roles"},
    {"languages", GLOBAL, "SELECT lanname FROM " PC "pg_language WHERE lanname <> 'internal'"},
    {"extensions", GLOBAL, "SELECT extname FROM " PC "pg_extension"},
    {"available_extensions", GLOBAL,
     "SELECT name FROM " PC "pg_available_extensions WHERE installed_version IS NULL"},
    {"extension_version_names_of", GLOBAL,
     "SELECT version FROM " PC "pg_available_extension_versions WHERE name = $3"},
    {"extension_versions_of", LITERAL,
     "SELECT version FROM " PC "pg_available_extension_versions WHERE name = $3"},
    {"tablespaces", GLOBAL, "SELECT spcname FROM " PC "pg_tablespace"},
    {"access_methods", GLOBAL, "SELECT amname FROM " PC "pg_am"},
    {"index_access_methods", GLOBAL, "SELECT amname FROM " PC "pg_am WHERE amtype = 'i'"},
    {"table_access_methods", GLOBAL, "SELECT amname FROM " PC "pg_am WHERE amtype = 't'"},
    {"event_triggers", GLOBAL, "SELECT evtname FROM " PC "pg_event_trigger"},
    {"wrappers", GLOBAL, "SELECT fdwname FROM " PC "pg_foreign_data_wrapper"},
    {"servers", GLOBAL, "SELECT srvname FROM " PC "pg_foreign_server"},
    {"user_mappings", GLOBAL, "SELECT usename FROM " PC "pg_user_mappings"},
    {"publications", GLOBAL, "SELECT pubname FROM " PC "pg_publication"},
    {"subscriptions", GLOBAL,
     "SELECT s.subname FROM " PC "pg_subscription s JOIN " PC
     "pg_database d ON d.oid = s.subdbid"
     " WHERE d.datname = " PC "current_database()"},

    /* what the session has */
    {"prepared_statements", GLOBAL, "SELECT name FROM " PC "pg_prepared_statements"},
    {"cursors", GLOBAL, "SELECT name FROM " PC "pg_cursors WHERE name <> ''"},
    {"channels", GLOBAL, "SELECT " PC "pg_listening_channels()"},
    {"prepared_transactions", LITERAL,
     "SELECT gid FROM " PC "pg_prepared_xacts WHERE database = " PC "current_database()"},

    /* settings and texts */
    {"settings", RAW, SETTINGS("true")},
    {"changeable_settings", RAW, SETTINGS("context IN ('user', 'superuser')")},
    {"system_settings", RAW, SETTINGS("context <> 'internal'")},
    {"values_of_setting", RAW,
     "SELECT " PC "quote_ident(v) FROM " PC "pg_settings, " PC
     "unnest(enumvals) v WHERE " REFERRED_SETTING},
    {"booleans_of_setting", KEYWORD,
     "SELECT v FROM " PC "pg_settings, " PC
     "unnest('{on,off,true,false,yes,no,1,0}'::text[]) v WHERE vartype = 'bool' "
     "AND " REFERRED_SETTING},
    {"timezones", LITERAL_ANY_CASE, "SELECT name FROM " PC "pg_timezone_names()"},
    {"encodings", RAW,
     "SELECT DISTINCT " PC "pg_encoding_to_char(conforencoding) FROM " PC
     "pg_conversion WHERE conforencoding <> 0"},
    {"encoding_literals", LITERAL_ANY_CASE,
     "SELECT DISTINCT " PC "pg_encoding_to_char(conforencoding) FROM " PC "pg_conversion"},
    {NULL, GLOBAL, NULL},
};
