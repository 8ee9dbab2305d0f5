import { describe, expect, it } from '@jest/globals';
import { PAUSES } from '../../../web/connections/paused-texts.ts';
import { connections as en } from '../../../web/texts/en/connections.ts';
import { LINK_PAUSES } from '../../../workflows/domain/connection-state.ts';
import { PAUSING_KINDS } from '../../../workflows/domain/failure-kinds.ts';

const goOutByThemselves = (reason: keyof typeof PAUSES) => /and go out by themselves/.test(en[PAUSES[reason]]);

describe('a paused connection', () => {
  it('is explained for every reason that there is', () => {
    expect(Object.keys(PAUSES).sort()).toEqual([...PAUSING_KINDS, ...LINK_PAUSES].sort());
  });

  it('promises that answers go out by themselves where they do: not once the owner has ended the link', () => {
    const reasons = Object.keys(PAUSES) as (keyof typeof PAUSES)[];
    expect(reasons.filter((reason) => !goOutByThemselves(reason))).toEqual(['owner-disconnected']);
  });
});
