/* <pgmi-meta id="aaaaaaaa-0000-4000-8000-000000000001" idempotent="true">
     <description>Things one can buy</description>
     <sortKeys><key>010</key></sortKeys>
   </pgmi-meta> */
CREATE TABLE item (id int PRIMARY KEY, label text NOT NULL);
