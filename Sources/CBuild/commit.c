#include "CBuild.h"

#ifndef SFG_COMMIT
#define SFG_COMMIT ""
#endif

const char *sfg_commit(void) { return SFG_COMMIT; }
