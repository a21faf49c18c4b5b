#ifndef SFG_PEAK_H
#define SFG_PEAK_H

/* Loops of independent instructions on registers, 16 per iteration: what one core can do at most. */

/* Whether this processor has the instruction of the second loop. */
int peak_has_bfloat16(void);
/* Fused multiply-adds of 16 floats, 32 operations each; returns a number that depends on all. */
float peak_fused(long iterations);
/* Products of 32 pairs of bfloat16 numbers, 64 operations each. */
float peak_bfloat16(long iterations);

#endif
