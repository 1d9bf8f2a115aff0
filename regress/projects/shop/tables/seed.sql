/* <pgmi-meta id="aaaaaaaa-0000-4000-8000-000000000002" idempotent="false">
     <description>First items, and once more at the end</description>
     <sortKeys><key>020</key><key>zzz</key></sortKeys>
   </pgmi-meta> */
INSERT INTO item VALUES (1, 'one'), (2, 'two') ON CONFLICT DO NOTHING;
