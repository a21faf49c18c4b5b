#define LAPACK_DISABLE_NAN_CHECK 1
#include <lapacke.h>
