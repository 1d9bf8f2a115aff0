/* <pgmi-meta id="aaaaaaaa-0000-4000-8000-000000000003" idempotent="true">
     <sortKeys><key>015</key></sortKeys>
   </pgmi-meta> */
CREATE FUNCTION label(p_id int) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT label FROM item WHERE id = p_id $$;
