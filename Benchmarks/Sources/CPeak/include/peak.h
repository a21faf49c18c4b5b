#ifndef SFG_PEAK_H
#define SFG_PEAK_H

/* Loops of independent instructions on registers: what one core can do at most. */

/* Whether this processor has the instruction of the second loop. */
int peak_has_bfloat16(void);
/* Operations per iteration. */
long peak_fused_operations(void);
long peak_bfloat16_operations(void);
/* Fused multiply-adds of floats in the widest registers; returns a number that depends on all. */
float peak_fused(long iterations);
/* Products of 32 pairs of bfloat16 numbers. */
float peak_bfloat16(long iterations);

#endif
