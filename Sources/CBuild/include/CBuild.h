/* The commit that the program was built from, or an empty text. */
const char *sfg_commit(void);
