-- Each test file runs after the fixtures of its directory and is rolled back afterwards.  A test
-- fails by raising an error; ASSERT is enough.
DO $$
DECLARE
    v_project jsonb := (SELECT content::jsonb FROM pg_temp.pgmi_source_view
                         WHERE path = './project.json');
BEGIN
    ASSERT v_project ->> 'app_name' <> '', 'project.json must name the application';
END
$$;

-- lookup
DO $$
BEGIN
    ASSERT (get_user('ada@example.com')).name = 'Ada', 'a fixture user must be found';
    ASSERT (get_user('nobody@example.com')) IS NULL, 'a missing user must give a NULL row';
    ASSERT (get_user('nameless@example.com')).id IS NOT NULL, 'a user may have no name';
END
$$;

-- insert, then update
DO $$
DECLARE
    v_new   "user" := upsert_user('linus@example.com', 'Linus');
    v_again "user";
BEGIN
    ASSERT v_new.id IS NOT NULL AND v_new.name = 'Linus', 'a new user must be stored';
    v_again := upsert_user('linus@example.com', 'Linus T.');
    ASSERT v_again.id = v_new.id, 'storing a user again must keep the id';
    ASSERT v_again.name = 'Linus T.', 'a name given must replace the stored one';
    v_again := upsert_user('linus@example.com');
    ASSERT v_again.name = 'Linus T.', 'no name given must keep the stored one';
END
$$;

-- delete
DO $$
BEGIN
    ASSERT delete_user('grace@example.com'), 'deleting a user must say true';
    ASSERT NOT delete_user('grace@example.com'), 'deleting nobody must say false';
    ASSERT (get_user('grace@example.com')) IS NULL, 'a deleted user must be gone';
END
$$;
